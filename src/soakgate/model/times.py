"""Clocks: everything is int nanoseconds of CLOCK_MONOTONIC; wall time only through one anchor."""

from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["MS", "NS", "Anchor", "Window", "overlap", "parse_rfc3339", "rfc3339", "seconds"]

NS = 1_000_000_000  # nanoseconds in a second
MS = 1_000_000  # nanoseconds in a millisecond


def seconds(ns: int | float) -> float:
    """Turn nanoseconds into seconds with the six digits that are kept in files."""
    return round(float(ns) / NS, 6)


def rfc3339(wall: int) -> str:
    """Write ns since the epoch as RFC 3339 UTC with microseconds and `Z`."""
    whole, micro = divmod(wall // 1000, 1_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{micro:06d}Z"


def parse_rfc3339(text: str) -> int:
    """Read RFC 3339 as ns since the epoch. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * NS + delta.microseconds * 1000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The one pair of readings that ties a run's monotonic clock (ns) to wall time (ns, epoch)."""

    monotonic: int
    wall: int

    def utc(self, moment: int) -> str:
        """Write a monotonic moment (ns) as RFC 3339 UTC."""
        return rfc3339(self.wall + moment - self.monotonic)

    def moment(self, text: str) -> int:
        """Read RFC 3339 as a monotonic moment (ns) of this run. Raises ValueError."""
        return parse_rfc3339(text) - self.wall + self.monotonic


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of monotonic time, `start <= t <= end`, ns."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Length in ns."""
        return self.end - self.start

    def clip(self, other: "Window") -> "Window | None":
        """Give the part inside `other`, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if end > start else None


def overlap(a: Window, b: Window) -> int:
    """Give the ns that two windows share."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))
