"""A run from preflight to report."""
