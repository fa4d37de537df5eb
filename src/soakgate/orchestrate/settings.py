"""The settings in force: flags, environment, `./soakgate.yaml`. Light, for hurried verbs."""

import os
from collections.abc import Mapping
from pathlib import Path

from soakgate.config.load import read_file
from soakgate.config.settings import HERE, Effective, Settings, SettingsFile, resolve

__all__ = ["settings_here"]


def settings_here(flags: Mapping[str, object]) -> tuple[Settings, tuple[Effective, ...]]:
    """Give the settings in force with their origins; a flag of None is not given. UsageError."""
    here = Path(HERE)
    found = SettingsFile(HERE, read_file(here)) if here.is_file() else None
    return resolve(flags, env=os.environ, here=found)
