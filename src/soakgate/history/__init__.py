"""From many results to comparisons and trends; pure."""
