"""From samples to bounds: pure functions over plain arrays."""
