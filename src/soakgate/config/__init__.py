"""Scenario files, settings and their JSON Schemas."""
