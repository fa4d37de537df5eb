"""Values that every other part speaks in; pure, no I/O."""
