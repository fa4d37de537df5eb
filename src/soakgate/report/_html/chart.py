"""The chart of a run, or of a slice of it: one time axis under everything that happened."""

from dataclasses import dataclass

from soakgate.model.times import NS, rfc3339
from soakgate.report._html import lanes, panels
from soakgate.report._html.frame import Frame, Shelf, boxes, ticks
from soakgate.report._html.view import View
from soakgate.report.svg import Drawing, Tone

__all__ = ["NARROW", "WIDE", "Size", "draw"]


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a chart; without a `left` column labels stand above their lanes."""

    width: float
    left: float
    right: float


WIDE = Size(1160, 150, 40)
NARROW = Size(360, 0, 30)


def draw(view: View, *, start: int, end: int, size: Size, key: str, label: str) -> str:
    """Draw the window from `start` to `end` (ns since the run's start) as one SVG element."""
    frame = Frame(size.width, size.left, size.right, start, end)
    body = Drawing(key)
    y = lanes.phase_strips(body, frame, view, 4.0)
    top = y
    y = lanes.swim_lanes(body, frame, view.lanes, y + 4)
    if view.graph is not None:
        if panels.coarse(frame, view):
            y += 4
        else:
            y = panels.error_panel(body, frame, view, view.graph, y)
        y = panels.latency_panel(body, frame, view, view.graph, y)
        y = panels.rate_panel(body, frame, view, view.graph, y)
    bottom = y
    back, front = Drawing(key), Drawing(key)
    _bands(back, frame, view, top, bottom)
    _gaps(front, frame, view, top, bottom)
    bottom = _gap_labels(front, frame, view, bottom)
    bottom = _axis(back, frame, view, top, bottom)
    whole = Drawing(key, [*back.parts, *body.parts, *front.parts])
    return whole.render(size.width, bottom, label=label)


def _bands(drawing: Drawing, frame: Frame, view: View, top: float, bottom: float) -> None:
    for box in boxes(frame, view.bands):
        drawing.rect(box.x, top, box.width, bottom - top, tone=Tone.BAD, opacity=0.09)


def _gaps(drawing: Drawing, frame: Frame, view: View, top: float, bottom: float) -> None:
    for box in boxes(frame, view.gaps):
        drawing.hatch(box.x, top, box.width, bottom - top, opacity=0.5, title=box.text)


def _gap_labels(drawing: Drawing, frame: Frame, view: View, y: float) -> float:
    """Write what was blind under its hatching, longest first, as far as there is room."""
    shelf = Shelf(frame.left, frame.width)
    written = False
    for gap in sorted(view.gaps, key=lambda g: (g.start - g.end, g.start)):
        place = frame.span(gap.start, gap.end)
        if place is None:
            continue
        x = shelf.around(place[0] + place[1] / 2, gap.text, size=10)
        if x is not None:
            written = True
            drawing.text(x, y + 11, gap.text, size=10, tone=Tone.BLIND, anchor="middle")
    return y + 15 if written else y


def _axis(drawing: Drawing, frame: Frame, view: View, top: float, y: float) -> float:
    """Draw grid lines, and under each the elapsed time and the time of day in UTC."""
    above, below = (Shelf(max(0.0, frame.left - 20), frame.width) for _ in range(2))
    if frame.left:
        for text, down in (("elapsed", 14), ("UTC", 27)):
            drawing.text(frame.left - 34, y + down, text, size=10, tone=Tone.DIM, anchor="end")
    found = list(ticks(frame, room=78 if frame.left else 62))
    moments_apart = found[1][0] - found[0][0] if len(found) > 1 else NS
    for moment, text in found:
        x = frame.x(moment)
        drawing.line(x, top, x, y + 3, tone=Tone.GRID)
        # ticks closer than a second would all show the same one
        clock = rfc3339(view.wall + moment)[11 : 19 if moments_apart >= NS else 21]
        for shelf, words, down in ((above, text, 14), (below, clock, 27)):
            middle = shelf.around(x, words, size=10)
            if middle is not None:
                drawing.text(middle, y + down, words, size=10, tone=Tone.DIM, anchor="middle")
    return y + 33
