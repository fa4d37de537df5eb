"""Suites of tests that read like the criteria; plain pytest."""
