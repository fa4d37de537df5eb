"""Helpers shared by tests and benches; one module per subject."""
