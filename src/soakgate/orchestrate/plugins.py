"""Registered criteria, drivers and writers, loaded by name when they are needed."""

from collections.abc import Callable
from typing import Protocol, cast

from soakgate import registry
from soakgate.analysis.timeline import Timeline
from soakgate.model.result import RunResult
from soakgate.registry import Group
from soakgate.upgrade.driver import Driver
from soakgate.verdict.criterion import Criterion

__all__ = ["Writer", "criteria", "driver", "writers"]


class Writer(Protocol):
    """A module with these names writes one format."""

    FILENAME: str

    write: Callable[[RunResult, Timeline], bytes]


def criteria() -> dict[str, Criterion]:
    """Load all registered criteria. Raises HarnessError for a broken one."""
    known = registry.plugins(Group.CRITERIA)
    return {
        name: cast("Criterion", registry.load(Group.CRITERIA, name, known=known)) for name in known
    }


def driver(name: str) -> Driver:
    """Load one upgrade driver. Raises UsageError for a name that nobody registered."""
    return cast("Driver", registry.load(Group.DRIVERS, name))


def writers() -> dict[str, Writer]:
    """Load all registered writers."""
    known = registry.plugins(Group.WRITERS)
    return {name: cast("Writer", registry.load(Group.WRITERS, name, known=known)) for name in known}
