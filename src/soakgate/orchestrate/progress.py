"""What a run tells while it lasts; consoles subscribe, the run knows none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Beat", "Listener", "PhaseBegan", "Progress", "RunBegan", "RunEnded", "Said"]


@dataclass(frozen=True, slots=True)
class RunBegan:
    """Measuring starts; phases with their lengths in ns (None: as long as the upgrade takes)."""

    at: int
    folder: str
    name: str
    phases: tuple[tuple[str, int | None], ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """A phase starts at `at` (monotonic ns)."""

    at: int
    phase: str
    length: int | None


@dataclass(frozen=True, slots=True)
class Beat:
    """Progress of one collector, once a second, as it said it."""

    at: int
    child: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """Something worth a line: a death, the upgrade's end, a signal."""

    at: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Measuring is over; judging follows."""

    at: int


Progress = RunBegan | PhaseBegan | Beat | Said | RunEnded
Listener = Callable[[Progress], None]
