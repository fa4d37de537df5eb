"""Extension points: what installed packages register, found by name and imported only when used.

A plugin is an entry point of a group `soakgate.KIND`; the built-in ones register the same way, in
soakgate's own package metadata. Nothing is imported until `load`, so that listing stays fast and a
broken plugin harms only those who name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from typing import Any

from soakgate.errors import HarnessError, UsageError, suggestion

__all__ = ["Group", "Plugin", "load", "plugins"]


class Group(StrEnum):
    """Kinds of plugins."""

    CRITERIA = "criteria"
    PROBES = "probes"
    DRIVERS = "drivers"
    WRITERS = "writers"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One registered name: `value` is what is imported, `origin` the package that registered it."""

    group: Group
    name: str
    value: str
    origin: str


def plugins(group: Group | str) -> dict[str, Plugin]:
    """Give the plugins of one group by name, sorted; imports none of them.

    Raises HarnessError if two packages claim one name or soakgate itself is not installed.
    """
    kind = Group(group)
    found: dict[str, Plugin] = {}
    for point in metadata.entry_points(group=f"soakgate.{kind}"):
        plugin = Plugin(kind, point.name, point.value, _origin(point))
        other = found.setdefault(plugin.name, plugin)
        if other.value != plugin.value:
            raise HarnessError(
                f'two packages register "{plugin.name}" as soakgate.{kind}',
                found=f"{other.origin} ({other.value}) and {plugin.origin} ({plugin.value})",
                hint="uninstall one of them",
            )
    if not any(plugin.origin.startswith("soakgate ") for plugin in found.values()):
        _check_installed()
    return {name: found[name] for name in sorted(found)}


def load(group: Group | str, name: str, *, known: Mapping[str, Plugin] | None = None) -> Any:
    """Import one plugin and give its module or object; `known` saves reading metadata again.

    Raises UsageError for a name that nobody registered, HarnessError for a broken plugin.
    """
    kind, known = Group(group), plugins(group) if known is None else known
    if name not in known:
        near = suggestion(name, known)
        raise UsageError(
            f'nothing is registered as "{name}" in soakgate.{kind}',
            hint=near or f"there are: {', '.join(known) or 'none'}",
        )
    plugin = known[name]
    point = metadata.EntryPoint(plugin.name, plugin.value, f"soakgate.{kind}")
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        raise HarnessError(
            f'plugin "{name}" of soakgate.{kind} cannot be imported',
            where=f"{plugin.origin}, {plugin.value}",
            found=f"{type(error).__name__}: {error}",
            hint="repair or uninstall that package",
        ) from error


def _origin(point: metadata.EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist is not None else "unknown package"


def _check_installed() -> None:
    """Say clearly that a bare source tree registers nothing."""
    try:
        metadata.distribution("soakgate")
    except metadata.PackageNotFoundError:
        raise HarnessError(
            "soakgate is not installed, so nothing is registered",
            hint="install it (in a checkout: pip install -e .)",
        ) from None
