"""The pytest plugin: fixtures, options and the outcome `inconclusive`; thin, imports late."""
