"""The chart of a run, or of a slice of it: one time axis under everything that happened."""

from dataclasses import dataclass

from soakgate.report._html import lanes, panels
from soakgate.report._html.frame import Frame, Shelf, ticks
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
    for band in view.bands:
        place = frame.span(band.start, band.end)
        if place is not None:
            drawing.rect(place[0], top, place[1], bottom - top, tone=Tone.BAD, opacity=0.09)


def _gaps(drawing: Drawing, frame: Frame, view: View, top: float, bottom: float) -> None:
    for gap in view.gaps:
        place = frame.span(gap.start, gap.end)
        if place is not None:
            drawing.hatch(place[0], top, place[1], bottom - top, opacity=0.5, title=gap.text)


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
    """Draw grid lines and elapsed time, and say in UTC where the axis begins."""
    shelf = Shelf(0 if frame.left else frame.left, frame.width)
    if frame.left:
        drawing.text(frame.left - 10, y + 14, "elapsed", size=10, tone=Tone.DIM, anchor="end")
    for moment, text in ticks(frame, room=74 if frame.left else 58):
        x = frame.x(moment)
        drawing.line(x, top, x, y + 3, tone=Tone.GRID)
        middle = shelf.around(x, text, size=10)
        if middle is not None:
            drawing.text(middle, y + 14, text, size=10, tone=Tone.DIM, anchor="middle")
    note = f"+0 is {view.started} (UTC)"
    drawing.text(frame.left, y + 28, note, size=10, tone=Tone.DIM)
    return y + 34
