"""From one result to bytes: a writer per format, none knows another."""
