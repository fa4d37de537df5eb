"""Panels of a chart: share of errors, latency on a logarithmic axis, and the rate of the load."""

import math
from collections.abc import Callable, Iterator, Sequence

from soakgate.model.times import NS
from soakgate.report import format as words
from soakgate.report._html.frame import Frame
from soakgate.report._html.lanes import lane_label
from soakgate.report._html.view import Graph, View
from soakgate.report.svg import Drawing, Tone, number, text_width

__all__ = ["coarse", "error_panel", "latency_panel", "rate_panel"]

SHARES = (0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)  # tops of the error axis
CURVES = (("p99", 0.55, 1.0), ("p95", 0.8, 1.2), ("p50", 1.0, 1.8))
Place = Callable[[int], float]  # ns to y
POINTS = 800  # of a curve, more would be less than 1.3 px apart
MINOR = 9.0  # px between labels at the right edge


def _visible(frame: Frame, view: View, size: int) -> range:
    first = max(0, frame.start // view.bucket)
    return range(first, min(size, -(-frame.end // view.bucket)))


def coarse(frame: Frame, view: View) -> bool:
    """Tell whether single probes say more in this window than its few buckets would."""
    return bool(view.dots) and (frame.end - frame.start) < 12 * view.bucket


def _base(drawing: Drawing, frame: Frame, y: float) -> None:
    drawing.line(frame.left, y, frame.edge, y, tone=Tone.GRID)


def _axis_words(drawing: Drawing, frame: Frame, y: float, text: str) -> None:
    """Write a number of the y axis inside the plot, on paper, so that lines do not cross it."""
    width = text_width(text, 9) + 4
    drawing.rect(frame.left + 2, y - 8, width, 10, tone=Tone.PAPER, opacity=0.8)
    drawing.text(frame.left + 4, y, text, size=9, tone=Tone.DIM)


def error_panel(drawing: Drawing, frame: Frame, view: View, graph: Graph, y: float) -> float:
    """Draw the share that failed, one bar per bucket; the smallest still has 2 px."""
    height = 48.0
    y = lane_label(
        drawing,
        frame,
        y + 4,
        "errors",
        graph.what if " of " in graph.what else f"share of {graph.what}",
    )
    buckets = _visible(frame, view, len(graph.failed))
    worst = max((graph.failed[k] or 0.0 for k in buckets), default=0.0)
    seen = any(graph.failed[k] is not None for k in buckets)
    top = next((s for s in SHARES if s >= worst), 1.0) if worst else 1.0
    for share in (0.0, 0.5, 1.0):
        _base(drawing, frame, y + height * (1 - share))
    bars = _bars(frame, view, graph.failed, buckets, y + height, height / top)
    drawing.path(bars, tone=Tone.BAD, opacity=0.85, filled=True)
    none = "none failed" if seen else "nothing was measured here"
    _axis_words(drawing, frame, y + 9, words.ratio(top) if worst else none)
    return y + height + 8


def _steps(values: Sequence[float | None], buckets: range) -> Iterator[tuple[int, int, float]]:
    """Give runs of equal neighbouring values: first bucket, one past the last, value."""
    start = None
    for index in buckets:
        value = values[index]
        if start is not None and (value is None or value != values[start]):
            yield start, index, values[start] or 0.0
            start = None
        if start is None and value is not None:
            start = index
    if start is not None:
        yield start, buckets.stop, values[start] or 0.0


def _bars(
    frame: Frame,
    view: View,
    values: Sequence[float | None],
    buckets: range,
    base: float,
    scale: float,
) -> str:
    """Give boxes from `base` upwards, at least 1 px wide and 2 px tall, as one path."""
    parts: list[str] = []
    for start, end, value in _steps(values, buckets):
        place = frame.span(start * view.bucket, end * view.bucket)
        if place is not None and value > 0:
            x, width = place
            tall, wide = number(max(2.0, value * scale)), number(max(1.0, width))
            parts.append(f"M{number(x)} {number(base)}v-{tall}h{wide}v{tall}z")
    return "".join(parts)


def latency_panel(drawing: Drawing, frame: Frame, view: View, graph: Graph, y: float) -> float:
    """Draw p50, p95 and p99 of what was served, and the lines they must stay under."""
    height = 104.0
    buckets = _visible(frame, view, len(graph.p50))
    known = [v for q in (graph.p50, graph.p99) for k in buckets if (v := q[k]) is not None]
    known += [v for dots in view.dots for v in dots.latency if v is not None]
    sub = "each probe, × failed" if view.dots else f"{graph.what}, log"
    y = lane_label(drawing, frame, y + 4, "latency", sub)
    if not known:
        _base(drawing, frame, y + 20)
        _axis_words(drawing, frame, y + 14, "nothing was served here")
        return y + 28
    floor, ceiling = _decades([*known, *(at for _, at in graph.limits)])

    def place(ns: int) -> float:
        share = (math.log10(max(ns, 1)) - floor) / (ceiling - floor)
        return y + height * (1 - min(1.0, max(0.0, share)))

    for power in range(math.ceil(floor), math.floor(ceiling) + 1):
        _base(drawing, frame, place(10**power))
    for name, opacity, width in () if view.dots else CURVES:
        data = _polyline(frame, view, getattr(graph, name), buckets, place)
        drawing.path(data, tone=Tone.LINE, width=width, opacity=opacity)
    _dots(drawing, frame, view, y, place)
    for power in range(math.ceil(floor), math.floor(ceiling) + 1):
        line = place(10**power)
        if any(-2 < line - place(at) < 14 for _, at in graph.limits):
            continue  # the limit has its own words there
        below = line < y + 11  # the topmost number would touch the lane above
        _axis_words(
            drawing, frame, line + 10 if below else line - 3, words.duration(10**power / NS)
        )
    _limit_lines(drawing, frame, graph, place)
    if not view.dots:
        _names(drawing, frame, graph, buckets, place)
    return y + height + 8


def _decades(values: Sequence[int]) -> tuple[float, float]:
    """Give the ends of the axis as powers of ten, to a third of a decade, with some air."""
    low, high = math.log10(max(1, min(values))), math.log10(max(1, *values))
    floor, ceiling = math.floor(low * 3) / 3, math.ceil(high * 3 + 0.3) / 3
    return floor, max(ceiling, floor + 1)


def _polyline(
    frame: Frame, view: View, values: Sequence[int | None], buckets: range, place: Place
) -> str:
    """Join the middles of neighbouring buckets; a bucket without data breaks the line.

    Where buckets are narrower than a line is wide, the higher of two is drawn: peaks stay.
    """
    merge = 1 + (len(buckets) > POINTS)
    parts: list[str] = []
    at_x = at_y = 0  # tenths of px; relative steps halve the size of the page
    joined = False
    for index in range(buckets.start, buckets.stop, merge):
        known = [v for v in values[index : min(index + merge, buckets.stop)] if v is not None]
        if not known:
            parts.append("h1" if joined and parts[-1][0] == "M" else "")
            joined = False
            continue
        x = round(10 * frame.x(index * view.bucket + merge * view.bucket // 2))
        y = round(10 * place(max(known)))
        if joined:
            parts.append(f"l{_tenths(x - at_x)} {_tenths(y - at_y)}")
        else:
            parts.append(f"M{_tenths(x)} {_tenths(y)}")
        at_x, at_y, joined = x, y, True
    parts.append("h1" if joined and parts[-1][0] == "M" else "")  # one point alone is a dot
    return "".join(parts)


def _dots(drawing: Drawing, frame: Frame, view: View, top: float, place: Place) -> None:
    """Draw each probe: a dot at its latency, or a cross at the top if it failed."""
    served: list[str] = []
    failed: list[str] = []
    for near in view.dots:
        for at, latency in zip(near.at, near.latency, strict=True):
            if not frame.start <= at <= frame.end:
                continue
            x = frame.x(at)
            if latency is None:
                failed.append(f"M{number(x - 2)} {number(top + 2)}l4 4m0-4l-4 4")
            else:
                served.append(f"M{number(x - 1)} {number(place(latency))}h2")
    drawing.path("".join(served), tone=Tone.LINE, width=2)
    drawing.path("".join(failed), tone=Tone.BAD, width=1.2)


def _tenths(value: int) -> str:
    return f"{value // 10}" if value % 10 == 0 else f"{value / 10:.1f}"


def _limit_lines(drawing: Drawing, frame: Frame, graph: Graph, place: Place) -> None:
    """Draw each limit dashed with its words above; words that would collide move below."""
    taken: list[float] = []
    for text, at in sorted(graph.limits, key=lambda item: -item[1]):
        y = place(at)
        drawing.line(frame.left, y, frame.edge, y, tone=Tone.BAD, width=1.2, dash="5 3")
        line = next((c for c in (y - 4, y + 11, y + 22) if all(abs(c - t) > 10 for t in taken)), y)
        taken.append(line)
        width = text_width(text, 10)
        drawing.rect(frame.edge - width - 6, line - 9, width + 4, 11, tone=Tone.PAPER, opacity=0.8)
        drawing.text(frame.edge - 4, line, text, size=10, tone=Tone.BAD, anchor="end")


def _names(drawing: Drawing, frame: Frame, graph: Graph, buckets: range, place: Place) -> None:
    """Name each curve at its right end, spread so that the names do not touch."""
    ends: list[tuple[float, str]] = []
    for name, _, _ in CURVES:
        values = getattr(graph, name)
        last = next((values[k] for k in reversed(buckets) if values[k] is not None), None)
        if last is not None:
            ends.append((place(last), name))
    lowest = -math.inf
    for y, name in sorted(ends, key=lambda e: (e[0], -int(e[1][1:]))):
        lowest = max(y, lowest + MINOR)
        drawing.text(frame.edge + 4, lowest + 3, name, size=9.5, tone=Tone.LINE)


def rate_panel(drawing: Drawing, frame: Frame, view: View, graph: Graph, y: float) -> float:
    """Draw requests per second: asked for as a dashed line, started as an area."""
    if not graph.rate:
        return y
    height = 36.0
    buckets = _visible(frame, view, len(graph.rate))
    asked = [a for k in buckets if (a := graph.asked[k]) is not None]
    top = max([*(graph.rate[k] for k in buckets), *asked], default=0.0) or 1.0
    sub = "a second, asked dashed" if asked else "a second"
    y = lane_label(drawing, frame, y + 4, "requests", sub)
    _base(drawing, frame, y + height)

    def step(values: Sequence[float | None]) -> str:
        parts: list[str] = []
        for start, end, value in _steps(values, buckets):
            x0, x1 = frame.x(start * view.bucket), frame.x(end * view.bucket)
            level = number(y + height * (1 - value / top))
            joined = bool(parts) and parts[-1].endswith(f"H{number(x0)}")
            parts.append(f"{'' if joined else f'M{number(x0)} {level}'}V{level}H{number(x1)}")
        return "".join(parts)

    area = _bars(frame, view, graph.rate, buckets, y + height, height / top)
    drawing.path(area, tone=Tone.LINE, opacity=0.3, filled=True)
    drawing.path(step(graph.asked), tone=Tone.INK, width=1, dash="4 3")
    _axis_words(drawing, frame, y + 9, f"{top:,.0f}/s" if top >= 10 else f"{top:.1f}/s")
    return y + height + 8
