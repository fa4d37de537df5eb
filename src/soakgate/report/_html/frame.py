"""Geometry of a chart: a time window on a number of pixels, its ticks, and room for labels."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from soakgate.analysis.timeline import Span
from soakgate.model.times import MS, NS
from soakgate.report.svg import text_width

__all__ = ["Box", "Frame", "Shelf", "boxes", "ticks"]

TICKS = (
    *(MS * n for n in (10, 20, 50, 100, 200, 500)),
    *(NS * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800)),
    *(NS * 3600 * n for n in (1, 2, 3, 6, 12, 24, 48, 168)),
)
SMALL = 3.0  # px; a narrower box is hit by no pointer and may melt into its neighbour
GAP = 4.0  # px between neighbouring labels


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels of a chart: plot from `left` to `width - right`, time from `start` to `end` (ns)."""

    width: float
    left: float
    right: float
    start: int
    end: int

    @property
    def edge(self) -> float:
        """Right edge of the plot, px."""
        return self.width - self.right

    def x(self, moment: int) -> float:
        """Give the place of a moment (ns since the run's start), px, inside the plot."""
        share = (moment - self.start) / max(1, self.end - self.start)
        return self.left + (self.edge - self.left) * min(1.0, max(0.0, share))

    def span(self, start: int, end: int) -> tuple[float, float] | None:
        """Give left edge and width of a stretch, or None if no part of it is in the window."""
        if end < self.start or start > self.end:
            return None
        x = self.x(start)
        return x, self.x(end) - x


@dataclass(frozen=True, slots=True)
class Box:
    """A span on the plot, px; `text` is empty if it stands for several."""

    x: float
    width: float
    text: str


def boxes(frame: Frame, spans: Iterable[Span]) -> list[Box]:
    """Place spans of one kind; those that overlap, and small ones side by side, share a box.

    So thousands of short ones cost no more than the plot has pixels, and tints never add up.
    """
    found: list[Box] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        place = frame.span(span.start, span.end)
        if place is None:
            continue
        x, width = place[0], max(1.0, place[1])
        end = found[-1].x + found[-1].width if found else -math.inf
        small = bool(found) and min(width, found[-1].width) < SMALL
        if x < end - 0.5 or (small and x <= end + 1):
            last = found.pop()
            found.append(Box(last.x, max(end, x + width) - last.x, ""))
        else:
            found.append(Box(x, width, span.text))
    return found


def ticks(frame: Frame, *, room: float = 74) -> Iterator[tuple[int, str]]:
    """Give moments and labels such as `+2m`, at least `room` px apart."""
    length = max(1, frame.end - frame.start)
    most = max(1.0, (frame.edge - frame.left) / room)
    step = next((s for s in TICKS if length / s <= most), TICKS[-1])
    while length / step > most:
        step *= 2
    moment = -(-frame.start // step) * step
    while moment <= frame.end:
        yield moment, _elapsed(moment, step)
        moment += step


def _elapsed(moment: int, step: int) -> str:
    whole, rest = divmod(moment, NS)
    hours, minutes, seconds = whole // 3600, whole % 3600 // 60, whole % 60
    if step < NS:
        digits = f"{rest / NS:.3f}"[1:].rstrip("0").rstrip(".")
        seconds_text = f"{seconds}{digits}s"
    else:
        seconds_text = f"{seconds}s" if step < 60 * NS else ""
    text = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "") + seconds_text
    if not whole and not rest:
        return "+0"
    return f"+{text}"


@dataclass(slots=True)
class Shelf:
    """One line of text in a chart: takes a label only where it overlaps none, else says no."""

    left: float
    right: float
    taken: list[tuple[float, float]] = field(default_factory=list)

    def block(self, start: float, end: float) -> None:
        """Keep labels away from a stretch."""
        self.taken.append((start, end))

    def beside(
        self, start: float, end: float, text: str, *, size: float, bold: bool = False
    ) -> tuple[float, str] | None:
        """Find room right of a stretch, or else left of it: (x, anchor), or None."""
        width = text_width(text, size, bold=bold)
        if self._take(end + GAP, end + GAP + width):
            return end + GAP, "start"
        if self._take(start - GAP - width, start - GAP):
            return start - GAP, "end"
        return None

    def around(self, middle: float, text: str, *, size: float, bold: bool = False) -> float | None:
        """Find room centred on a place, shifted inside the edges: the centre's x, or None."""
        half = text_width(text, size, bold=bold) / 2
        middle = min(max(middle, self.left + half), self.right - half)
        return middle if self._take(middle - half, middle + half) else None

    def _take(self, start: float, end: float) -> bool:
        if start < self.left - 0.01 or end > self.right + 0.01:
            return False
        if any(start < b + GAP / 2 and end > a - GAP / 2 for a, b in self.taken):
            return False
        self.taken.append((start, end))
        return True
