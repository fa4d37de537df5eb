"""What an outage coincided with: nearest first, never more than "coincided with"."""

from collections.abc import Sequence
from dataclasses import dataclass

from soakgate.model.evidence import Event, Phase
from soakgate.model.times import NS

__all__ = ["Happening", "happenings", "near"]

BEFORE = 60 * NS  # what came longer before hardly explains anything
AFTER = 2 * NS  # our stamp of an event may lag what it tells
MOST = 5


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that may coincide with an outage, at a monotonic moment (ns)."""

    at: int
    what: str
    object: str
    message: str


def happenings(events: Sequence[Event], phases: Sequence[Phase]) -> tuple[Happening, ...]:
    """Give what happened in a run: marks, the parts of the upgrade and its end."""
    found = [
        Happening(p.start, "phase", p.name, f"{p.name} began")
        for p in phases
        if p.name.startswith("upgrade")
    ]
    for event in events:
        if event.name == "mark":
            found.append(Happening(event.at, "mark", "", str(event.fields.get("text", ""))))
        elif event.name == "upgrade-ended":
            detail = str(event.fields.get("detail", ""))
            found.append(Happening(event.at, "upgrade", "", detail))
    return tuple(sorted(found, key=lambda h: h.at))


def near(found: Sequence[Happening], start: int, end: int) -> tuple[Happening, ...]:
    """Give what an outage from `start` to `end` coincided with, nearest to its start first.

    What began it must have come before it or hardly after; of the rest only what lies inside.
    """
    close = [h for h in found if start - BEFORE <= h.at <= max(end, start + AFTER)]
    return tuple(sorted(close, key=lambda h: (_distance(h.at, start), h.at))[:MOST])


def _distance(at: int, start: int) -> int:
    """Give the distance from the start; what came after it is as good as twice as far away."""
    return start - at if at <= start else 2 * (at - start)
