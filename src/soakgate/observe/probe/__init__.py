"""The open-loop prober."""
