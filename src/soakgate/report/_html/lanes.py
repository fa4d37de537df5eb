"""Phases and swim lanes of a chart. Height tells a state as well as colour does."""

from collections.abc import Sequence

from soakgate.analysis.timeline import Lane, Look, Span
from soakgate.report._html.frame import Box, Frame, Shelf, boxes
from soakgate.report._html.view import View
from soakgate.report.svg import Drawing, Tone, text_width
from soakgate.report.width import cut_middle

__all__ = ["lane_label", "phase_strips", "swim_lanes"]

HEIGHT = 19.0  # px of a lane
NAME = 17  # columns of a label in the left column
TONES = {
    Look.GOOD: (Tone.GOOD, 0.5, 5.0),
    Look.IDLE: (Tone.IDLE, 0.4, 2.0),
    Look.CHANGING: (Tone.LINE, 0.6, 8.0),
    Look.SLOW: (Tone.SLOW, 0.95, 10.0),
    Look.BAD: (Tone.BAD, 1.0, 17.0),
}
SUB = 23  # columns of the smaller line under it
LOOKS = (Look.GOOD, Look.IDLE, Look.CHANGING, Look.SLOW, Look.BAD, Look.BLIND)  # drawn in turn
MANY = 3  # spans of a look in one lane; more share one label


def lane_label(drawing: Drawing, frame: Frame, y: float, name: str, sub: str = "") -> float:
    """Name a lane whose middle is at `y` + 9: left of it, or above it; give the lane's top."""
    if frame.left:
        short = cut_middle(name, NAME)
        drawing.text(
            frame.left - 10, y + 13, short, size=11.5, anchor="end", bold=True,
            title=name if short != name else "",
        )  # fmt: skip
        if sub:
            drawing.text(
                frame.left - 10, y + 25, cut_middle(sub, SUB), size=10, tone=Tone.DIM, anchor="end"
            )
        return y
    short = cut_middle(name, 30)
    drawing.text(0, y + 12, short, size=11.5, bold=True, title=name if short != name else "")
    used = text_width(short, 11.5, bold=True)
    if sub and used + 8 + text_width(sub, 10) < frame.width:
        drawing.text(used + 8, y + 12, sub, size=10, tone=Tone.DIM)
    return y + 16


def phase_strips(drawing: Drawing, frame: Frame, view: View, y: float) -> float:
    """Draw the phases, and under them their steps (control plane, nodes) if there are any."""
    if view.phases:
        y = lane_label(drawing, frame, y, "phase")
        _strip(drawing, frame, view.phases, y, Tone.IDLE)
        y += 21
    steps = [s for s in view.steps if frame.span(s.start, s.end)]
    if steps:
        y = lane_label(drawing, frame, y, "step")
        _strip(drawing, frame, steps, y, Tone.LINE)
        y += 21
    return y


def _strip(drawing: Drawing, frame: Frame, spans: Sequence[Span], y: float, tone: Tone) -> None:
    for index, span in enumerate(spans):
        place = frame.span(span.start, span.end)
        if place is None:
            continue
        x, width = place
        drawing.rect(
            x + 0.5, y, width - 1, 18, tone=tone, opacity=0.18 + 0.14 * (index % 2), radius=2,
            title=span.text,
        )  # fmt: skip
        text = cut_middle(span.text, int((width - 6) / 6.5))
        if len(text) >= min(4, len(span.text)) and text:
            drawing.text(x + width / 2, y + 13, text, size=10.5, anchor="middle")


def swim_lanes(drawing: Drawing, frame: Frame, lanes: Sequence[Lane], y: float) -> float:
    """Draw lanes below each other; give the y below the last."""
    for lane in lanes:
        y = lane_label(drawing, frame, y, lane.label, "" if frame.left else lane.group)
        if frame.left and lane.group in ("new", "reused"):
            y = _side_label(drawing, frame, y, lane.group)
        shelf = Shelf(frame.left, frame.width)
        visible = [s for s in lane.spans if frame.span(s.start, s.end)]
        for look in LOOKS:
            for box in boxes(frame, (s for s in visible if s.level is look)):
                _box(drawing, look, box, y)
                if look is not Look.GOOD and look is not Look.IDLE:
                    shelf.block(box.x, box.x + box.width)
        _words(drawing, frame, visible, shelf, y)
        y += HEIGHT + 4
    return y + 4


def _side_label(drawing: Drawing, frame: Frame, y: float, text: str) -> float:
    drawing.text(frame.left - 10, y + 24, text, size=10, tone=Tone.DIM, anchor="end")
    return y + 2


def _box(drawing: Drawing, look: Look, box: Box, y: float) -> None:
    if look is Look.BLIND:
        drawing.hatch(box.x, y + 1, box.width, 17, title=box.text)
        return
    tone, opacity, height = TONES[look]
    title = "" if look is Look.GOOD else box.text
    drawing.rect(box.x, y + 18 - height, box.width, height, tone=tone, opacity=opacity, title=title)


def _words(drawing: Drawing, frame: Frame, spans: Sequence[Span], shelf: Shelf, y: float) -> None:
    """Write spans' words above the strip, the worst and longest first, where there is room."""
    for look in (Look.BAD, Look.SLOW, Look.CHANGING):
        told = _apart([s for s in spans if s.level is look and s.text])
        if len(told) > MANY:
            longest = max(told, key=lambda s: (s.end - s.start, -s.start))
            text = f"{len(told)} ×, longest {longest.text}"
            told = [Span(told[0].start, max(s.end for s in told), look, text)]
        for span in sorted(told, key=lambda s: (s.start - s.end, s.start)):
            _word(drawing, frame, span, shelf, y)


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Keep one of those that overlap, the longest: a fault of both connections is told once."""
    found: list[Span] = []
    reach = 0
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if not found or span.start >= reach:
            found.append(span)
        elif span.end - span.start > found[-1].end - found[-1].start:
            found[-1] = span
        reach = max(reach, span.end)
    return found


def _word(drawing: Drawing, frame: Frame, span: Span, shelf: Shelf, y: float) -> None:
    x, width = frame.span(span.start, span.end) or (0.0, 0.0)
    size, bold = 10.5, span.level is Look.BAD
    place = shelf.beside(x, x + max(1.0, width), span.text, size=size, bold=bold)
    if place is not None:
        drawing.text(
            place[0], y + 10, span.text, size=size, tone=TONES[span.level][0], anchor=place[1],
            bold=bold,
        )  # fmt: skip
