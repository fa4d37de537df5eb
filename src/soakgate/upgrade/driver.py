"""What performs the upgrade that a run watches; the seam for drivers of other projects.

Registered by the entry point group `soakgate.drivers`. A driver starts its upgrade and returns at
once; whatever happens is posted into the run's inbox by threads or processes of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from soakgate.adapters.process import Inbox

__all__ = ["Driver", "Running", "Scene", "Stopped", "UpgradeEnd"]

UPGRADE = "upgrade"
"""Name under which a driver's end arrives in the inbox."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a driver may use: its folder below collect/, the run's folder and id, the inbox, and
    `note(event, **fields)`, which writes an event of the run."""

    folder: Path
    run_folder: Path
    run: str
    inbox: Inbox
    note: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why we ended an upgrade. `failed`: that is its own fault (it outlived its time-out)."""

    why: str
    failed: bool


@dataclass(frozen=True, slots=True)
class UpgradeEnd:
    """How an upgrade ended. `ok` None: it cannot be told."""

    ok: bool | None
    detail: str
    facts: Mapping[str, Any]


class Running(Protocol):
    """An upgrade under way."""

    timeout: int  # ns from its start

    @property
    def alive(self) -> bool:
        """Whether anything of it is left that `kill` would end."""

    def stop(self) -> None:
        """Ask it to end (TERM)."""

    def kill(self) -> None:
        """End it at once."""

    def finish(self, code: int, *, stopped: Stopped | None) -> UpgradeEnd:
        """Say how it ended, given its code and why it was stopped, and keep its output."""


class Driver(Protocol):
    """A module with these names is a driver."""

    OPTIONS: type[BaseModel]

    start: Callable[[Any, Scene], Running]
