"""The only place that touches files, processes and clocks."""
