"""From the flags of a verb to the settings in force."""

from soakgate.cli.options import Common
from soakgate.config.settings import Effective, Settings
from soakgate.orchestrate.settings import settings_here

__all__ = ["effective_settings", "wants_json"]


def effective_settings(common: Common, **more: object) -> tuple[Settings, tuple[Effective, ...]]:
    """Give the settings in force with their origins. Raises UsageError."""
    flags = {
        "kubeconfig": common.kubeconfig,
        "context": common.context,
        "namespace": common.namespace,
        "output": common.output,
        "color": common.color,
        **more,
    }
    return settings_here(flags)


def wants_json(common: Common) -> bool:
    """Tell whether stdout is to be one JSON document. Raises UsageError for bad settings."""
    return effective_settings(common)[0].output == "json"
