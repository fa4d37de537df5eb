"""Collectors: each a child process with its own folder, log and heartbeat."""
