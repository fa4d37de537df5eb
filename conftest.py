"""Enables soakgate's pytest plugin where it is not installed; never a second time."""

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the plugin unless its entry point (or `-p`) has done so already."""
    from soakgate.pytest_plugin import plugin

    if not pluginmanager.is_registered(plugin):
        pluginmanager.register(plugin, "soakgate")
        plugin.add_short_names(parser)  # what the plugin does itself where it is loaded in time
