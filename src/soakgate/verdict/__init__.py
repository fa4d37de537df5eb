"""From bounds to findings to one verdict; pure."""
