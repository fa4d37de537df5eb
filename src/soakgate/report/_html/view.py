"""What a chart shows, gathered from a result and a timeline; all moments ns since the start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from soakgate.analysis.timeline import Close, Curve, Lane, LoadCurve, Look, Span, Timeline
from soakgate.errors import printable
from soakgate.model.result import BrownoutRow, Interval, OutageRow, RunResult
from soakgate.model.times import NS, parse_rfc3339
from soakgate.report import format as words

__all__ = [
    "Graph",
    "View",
    "Whole",
    "focus_of",
    "gather",
    "gather_slice",
    "graph_of_curve",
    "offset",
]

MAX_LANES = 12
LATENCY_IDS = {"latency-p95": "p95", "latency-p99": "p99"}


@dataclass(frozen=True, slots=True)
class Graph:
    """Errors and latency over time: of the load, or of one target's probes."""

    name: str
    what: str
    failed: tuple[float | None, ...]
    p50: tuple[int | None, ...]
    p95: tuple[int | None, ...]
    p99: tuple[int | None, ...]
    limits: tuple[tuple[str, int], ...] = ()
    rate: tuple[float, ...] = ()
    asked: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Everything of one chart; `bands` run through all lanes, as do `gaps`, hatched.

    `wall` is the start in ns since the epoch. `dots` are single probes, where a slice has them.
    """

    wall: int
    bucket: int
    phases: tuple[Span, ...]
    steps: tuple[Span, ...]
    lanes: tuple[Lane, ...]
    bands: tuple[Span, ...]
    gaps: tuple[Span, ...]
    graph: Graph | None
    dots: tuple[Close, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A result with its timeline, and how long it is on the axis, ns."""

    result: RunResult
    timeline: Timeline
    length: int

    @classmethod
    def of(cls, result: RunResult, timeline: Timeline) -> "Whole":
        """Take the length that the result states; a timeline may be empty."""
        ended = result.run.ended
        length = timeline.length if ended is None else offset(result, ended)
        return cls(result, timeline, max(NS, length))


def offset(result: RunResult, moment: str) -> int:
    """Turn a moment of the result into ns since its start; 0 if that start is not known."""
    started = result.run.started
    return 0 if started is None else parse_rfc3339(moment) - parse_rfc3339(started)


def _end(whole: Whole, moment: str | None) -> int:
    return whole.length if moment is None else offset(whole.result, moment)


def _lasting(seconds: Interval, word: str) -> str:
    return f"{word} {words.interval(seconds, html=True)}"


def gather(whole: Whole, *, focus: str | None, targets: Sequence[str]) -> View:
    """Gather what the whole run's chart shows."""
    result = whole.result
    return View(
        wall=parse_rfc3339(result.run.started) if result.run.started else 0,
        bucket=whole.timeline.bucket,
        phases=_phases(whole, nested=False),
        steps=_phases(whole, nested=True),
        lanes=(*whole.timeline.lanes, *_target_lanes(whole, targets)),
        bands=_bands(whole, targets),
        gaps=_gaps(whole),
        graph=graph_of_focus(whole, focus),
    )


def gather_slice(whole: Whole, *, target: str, start: int, end: int) -> View:
    """Gather what a finding's slice shows: a lane per series, the target's own probes."""
    curves = {curve.target: curve for curve in whole.timeline.targets}
    near = (c for c in whole.timeline.close if c.target == target)
    whole_view = gather(whole, focus=target, targets=[target])
    return replace(
        whole_view,
        lanes=(*whole.timeline.lanes, *_series_lanes(whole, [target])),
        graph=graph_of_curve(whole, curves[target]) if target in curves else whole_view.graph,
        dots=tuple(c for c in near if c.start <= start and end <= c.end),
    )


def _phases(whole: Whole, *, nested: bool) -> tuple[Span, ...]:
    found = []
    for phase in whole.result.phases:
        if ("/" in phase.name) is not nested:
            continue
        label = phase.node or phase.name.rpartition("/")[2]
        start = offset(whole.result, phase.start)
        found.append(Span(start, _end(whole, phase.end), Look.CHANGING, label))
    return tuple(found)


def _bands(whole: Whole, targets: Sequence[str]) -> tuple[Span, ...]:
    """Outages of the lanes that are shown, merged: each pixel is tinted once."""
    rows = (o for o in whole.result.outages if o.target in targets)
    spans = sorted((offset(whole.result, o.start), _end(whole, o.end)) for o in rows)
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(Span(start, end, Look.BAD) for start, end in merged)


def _gaps(whole: Whole) -> tuple[Span, ...]:
    found = []
    for gap in whole.result.gaps:
        start, end = offset(whole.result, gap.start), _end(whole, gap.end)
        text = f"{gap.source} blind {words.duration((end - start) / NS)}"
        found.append(Span(start, end, Look.BLIND, text))
    return tuple(found)


def _target_lanes(whole: Whole, targets: Sequence[str]) -> list[Lane]:
    curves = {curve.target: curve for curve in whole.timeline.targets}
    shown = targets if len(targets) <= MAX_LANES else targets[: MAX_LANES - 1]
    lanes = [_lane(whole, (t,), t, [curves[t]] if t in curves else []) for t in shown]
    rest = targets[len(shown) :]
    if rest:
        folded = [curves[t] for t in rest if t in curves]
        lanes.append(_lane(whole, tuple(rest), f"+ {len(rest)} more", folded))
    return lanes


def _series_lanes(whole: Whole, targets: Sequence[str]) -> list[Lane]:
    """One lane per series: what a slice has room for."""
    names = dict.fromkeys(
        [(c.target, c.connection) for c in whole.timeline.series if c.target in targets]
        + [(o.target, o.connection) for o in whole.result.outages if o.target in targets]
    )
    curves = {(c.target, c.connection): c for c in whole.timeline.series}
    return [
        _lane(
            whole, (target,), target, [curves[target, link]] if (target, link) in curves else [],
            connection=link,
        )
        for target, link in list(names)[:MAX_LANES]
    ]  # fmt: skip


def _lane(
    whole: Whole,
    targets: tuple[str, ...],
    label: str,
    curves: list[Curve],
    *,
    connection: str | None = None,
) -> Lane:
    mine: list[Span] = []

    def spans(rows: Iterable[OutageRow | BrownoutRow], look: Look, word: str) -> None:
        chosen = (r for r in rows if r.target in targets and connection in (None, r.connection))
        mine.extend(
            Span(offset(whole.result, r.start), _end(whole, r.end), look, _lasting(r.seconds, word))
            for r in chosen
        )

    mine.extend(_watched(whole, curves))
    spans(whole.result.brownouts, Look.SLOW, "slow")
    spans(whole.result.outages, Look.BAD, "down")
    mine.extend(whole.timeline.blind)
    mine.extend(
        Span(offset(whole.result, g.start), _end(whole, g.end), Look.BLIND, printable(g.reason))
        for g in whole.result.gaps
        if g.source == "probe"
    )
    return Lane(label, tuple(mine), group=connection or "served or not")


def _watched(whole: Whole, curves: list[Curve]) -> list[Span]:
    """Stretches with served probes: a lane is never green where none was."""
    if not curves:
        return [Span(0, whole.length, Look.IDLE, "no samples")]
    size = len(curves[0].count)
    seen = [any(c.count[k] > c.bad[k] for c in curves if k < len(c.count)) for k in range(size)]
    found: list[Span] = []
    width = whole.timeline.bucket
    start: int | None = None
    for index, is_seen in enumerate([*seen, False]):
        if is_seen and start is None:
            start = index * width
        elif not is_seen and start is not None:
            found.append(Span(start, min(index * width, whole.length), Look.GOOD, "served"))
            start = None
    return found


def focus_of(whole: Whole, targets: Sequence[str]) -> str | None:
    """Choose the target whose errors and latency the first screen shows: the worst finding's."""
    for row in words.worst_first(whole.result.criteria):
        if row.target in targets and not words.incidental(row):
            return row.target
    return targets[0] if targets else None


def _limits(whole: Whole, target: str | None) -> tuple[tuple[str, int], ...]:
    """Lines to draw in a latency panel; equal ones share a line and its words."""
    lines: dict[int, list[str]] = {}
    for row in whole.result.criteria:
        mine = row.target == target or (row.target is None and whole.timeline.load is None)
        if row.id in LATENCY_IDS and mine:
            lines.setdefault(round(row.limit.value * NS), []).append(f"{LATENCY_IDS[row.id]} limit")
    objective = whole.timeline.objectives.get(target or "")
    if objective is not None:
        lines.setdefault(objective, []).append("objective")
    named = (
        (f"{', '.join(dict.fromkeys(names))} {words.duration(at / NS)}", at)
        for at, names in sorted(lines.items())
    )
    return tuple(named)


def graph_of_focus(whole: Whole, focus: str | None) -> Graph | None:
    """Show the load if there is any, else the probes of one target, named if it is not alone."""
    if whole.timeline.load is not None:
        return _graph_of_load(whole.timeline.load, _limits(whole, None))
    curves = {curve.target: curve for curve in whole.timeline.targets}
    if focus not in curves:
        return None
    graph = graph_of_curve(whole, curves[focus])
    return replace(graph, what=f"{graph.what} of {focus}") if len(curves) > 1 else graph


def graph_of_curve(whole: Whole, curve: Curve) -> Graph:
    """Show the probes of one series, or of all series of a target."""
    shares = tuple(b / n if n else None for b, n in zip(curve.bad, curve.count, strict=True))
    return Graph(
        curve.target, "probes", shares, curve.p50, curve.p95, curve.p99,
        _limits(whole, curve.target),
    )  # fmt: skip


def _graph_of_load(load: LoadCurve, limits: tuple[tuple[str, int], ...]) -> Graph:
    return Graph(
        "load", "requests", load.failed, load.p50, load.p95, load.p99, limits,
        rate=load.rate, asked=load.asked,
    )  # fmt: skip
