"""The effective scenario as text: all defaults filled in, secrets named, never written."""

from typing import Any

import yaml

from soakgate.config.scalars import plain
from soakgate.config.scenario import Scenario

__all__ = ["effective_yaml", "to_yaml"]


class _Dumper(yaml.SafeDumper):
    """Quotes each text that our own reader, or a YAML 1.1 one, would take for something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        bare = plain(text) == text and text.isascii() and text.isprintable()
    except ValueError:
        bare = False
    style = None if bare else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _float(dumper: _Dumper, value: float) -> yaml.ScalarNode:
    """Write 10.0 as 10, as people do; all else as PyYAML does."""
    if value.is_integer() and abs(value) < 1e15:
        return dumper.represent_int(int(value))
    return dumper.represent_float(value)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)


def to_yaml(data: Any) -> str:
    """Write plain data as YAML that `yamlfile` reads back the same."""
    return yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=None,
        width=100,
        allow_unicode=False,
    )


def effective_yaml(scenario: Scenario) -> str:
    """Write a scenario so that reading it without flags gives an equal one."""
    return to_yaml(scenario.model_dump(mode="json", exclude_none=True))
