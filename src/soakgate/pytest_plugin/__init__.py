"""Suites: fixtures, options and the fourth outcome."""
