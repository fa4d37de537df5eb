"""What a run looked like over time, in at most 1,500 buckets: the input of pictures.

All moments are int ns since the run's start (`Evidence.window.start`), so that they line up with
the offsets of result.json. Latencies are ns from the intended start to the end of the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

import numpy as np
import numpy.typing as npt

from soakgate.analysis.bucketing import (
    bucket_width,
    cell_quantiles,
    quantiles,
    totals,
)
from soakgate.model.evidence import Evidence, Phase, Series
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window

__all__ = [
    "MAX_BUCKETS",
    "Close",
    "Curve",
    "Lane",
    "LatencyRow",
    "LoadCurve",
    "Look",
    "Span",
    "Timeline",
    "build",
    "slice_pad",
]

MAX_BUCKETS = 1500
MAX_CLOSE = 6  # stretches per series whose single probes are kept
MAX_PROBES = 600  # of one such stretch; a longer one is told well enough by buckets
MAX_NAMES = 30  # request names with a row of their own; the tail is folded into "others"
PARTS = {"baseline": "before", "upgrade": "during", "settle": "after", "soak": "after"}
OTHERS = "others"

Ints = npt.NDArray[np.int64]


class Look(StrEnum):
    """How a span of a lane is to be read; each has its own colour *and* words."""

    GOOD = "good"
    IDLE = "idle"
    CHANGING = "changing"
    SLOW = "slow"
    BAD = "bad"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one lane, ns since the run's start; `text` is for people."""

    start: int
    end: int
    level: Look
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One swim lane: a target, a node, a pool. `group` gathers lanes (nodes of a pool)."""

    label: str
    spans: tuple[Span, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Buckets of one series, or of all of a target's series (`connection` = `any`).

    `count` are usable probes, `bad` those that failed, by intended start; `p50, p95, p99` are ns
    over the served ones, None where none was served.
    """

    target: str
    connection: str
    count: tuple[int, ...]
    bad: tuple[int, ...]
    p50: tuple[int | None, ...]
    p95: tuple[int | None, ...]
    p99: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """Buckets of all load: requests per second started and asked for (None: nothing was planned),
    shares that failed (None: nothing finished), latencies in ns of those that were served.
    """

    rate: tuple[float, ...]
    asked: tuple[float | None, ...]
    failed: tuple[float | None, ...]
    p50: tuple[int | None, ...]
    p95: tuple[int | None, ...]
    p99: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Single probes of one series in a window around its faults; `latency` ns, None: it failed."""

    target: str
    connection: str
    start: int
    end: int
    at: tuple[int, ...]
    latency: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Latency of what was served in one part of the run: `part` is before, during or after.

    `subject` is a target, or `load` with a request name in `detail`. Quantiles in ns, None if
    nothing was served.
    """

    subject: str
    detail: str
    part: str
    served: int
    failed: int
    p50: int | None
    p95: int | None
    p99: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run over time. `bucket` is the width of a bucket in ns, `length` of the run in ns.

    `targets` has one curve per target (all its series), `series` one per series. `blind` are
    stretches in which the prober did not run, also those too short for the result's gaps.
    `objectives` are ns per target, where they are known. `close` has the single probes around the
    longest faults of each series, for slices in which buckets would be too coarse.
    """

    length: int = 0
    bucket: int = 1_000_000_000
    targets: tuple[Curve, ...] = ()
    series: tuple[Curve, ...] = ()
    load: LoadCurve | None = None
    latency: tuple[LatencyRow, ...] = ()
    blind: tuple[Span, ...] = ()
    lanes: tuple[Lane, ...] = ()
    close: tuple[Close, ...] = ()
    objectives: Mapping[str, int] = field(default_factory=dict)


def build(
    evidence: Evidence,
    *,
    objectives: Mapping[str, int] | None = None,
    lanes: tuple[Lane, ...] = (),
) -> Timeline:
    """Sum a run up into buckets. `objectives` are ns per target; `lanes` are drawn as given."""
    window = evidence.window
    grid = _Grid.over(window)
    parts = _parts(evidence.phases, window)
    load = evidence.load if evidence.load is not None and evidence.load.second.size else None
    return Timeline(
        length=max(0, window.length),
        bucket=grid.width,
        targets=tuple(
            _curve(_joined(evidence.series, target), grid) for target in evidence.targets
        ),
        series=tuple(_curve(series, grid) for series in evidence.series),
        load=None if load is None else _load_curve(load, grid),
        latency=(
            *chain.from_iterable(
                _probe_rows(_joined(evidence.series, target), parts) for target in evidence.targets
            ),
            *(() if load is None else _load_rows(load, parts)),
        ),
        blind=_blind(evidence),
        lanes=lanes,
        close=tuple(
            chain.from_iterable(
                _close(series, (objectives or {}).get(series.target), window)
                for series in evidence.series
            )
        ),
        objectives=dict(objectives or {}),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where buckets begin: `start` monotonic ns, `width` ns, `size` buckets."""

    start: int
    width: int
    size: int

    @classmethod
    def over(cls, window: Window) -> "_Grid":
        length = max(window.length, 1)
        width = bucket_width(length, most=MAX_BUCKETS)
        return cls(window.start, width, -(-length // width))

    def index(self, moments: Ints) -> Ints:
        """Give the bucket of each moment; the last one takes what lies on the window's end."""
        return np.clip((moments - self.start) // self.width, 0, self.size - 1)


def _joined(series: tuple[Series, ...], target: str) -> Series:
    """All series of a target as one, sorted by intended start."""
    mine = [s for s in series if s.target == target]
    columns = [
        np.concatenate([getattr(s, name) for s in mine])
        for name in ("intended", "sent", "first_byte", "done", "outcome", "status")
    ]
    order = np.argsort(columns[0], kind="stable")
    return Series(target, "any", min(s.period for s in mine), *(c[order] for c in columns))


def _curve(series: Series, grid: _Grid) -> Curve:
    usable = grid.index(series.intended[~series.void])
    bad = grid.index(series.intended[series.bad])
    served = series.pick(series.served)
    p50, p95, p99 = quantiles(grid.index(served.intended), served.done - served.intended, grid.size)
    count, failed = totals(usable, grid.size).tolist(), totals(bad, grid.size).tolist()
    return Curve(series.target, series.connection, tuple(count), tuple(failed), p50, p95, p99)


def slice_pad(length: int) -> int:
    """Give the time to show on each side of a stretch of `length` ns, so that it can be read."""
    return max(length, 8 * NS)


def _close(series: Series, objective: int | None, window: Window) -> list[Close]:
    """Keep the probes around the longest runs of failed or late ones, unless they are many."""
    usable = series.pick(~series.void)
    latency = usable.done - usable.intended
    late = usable.served & (latency > objective) if objective is not None else usable.bad
    marked = np.concatenate(([False], usable.bad | late, [False]))
    edges = np.flatnonzero(marked[1:] != marked[:-1]).reshape(-1, 2)
    lengths = usable.intended[edges[:, 1] - 1] - usable.intended[edges[:, 0]]
    found: list[Close] = []
    for index in np.argsort(-lengths, kind="stable")[:MAX_CLOSE].tolist():
        first = int(usable.intended[edges[index, 0]])
        last = int(usable.intended[edges[index, 1] - 1]) + 2 * series.period
        pad = slice_pad(last - first) * 5 // 4 + NS
        start, end = max(window.start, first - pad), min(window.end, last + pad)
        a, b = np.searchsorted(usable.intended, (start, end + 1)).tolist()
        if b - a > MAX_PROBES:
            continue
        taken = zip(latency[a:b].tolist(), usable.bad[a:b].tolist(), strict=True)
        found.append(
            Close(
                series.target, series.connection, start - window.start, end - window.start,
                tuple((usable.intended[a:b] - window.start).tolist()),
                tuple(None if bad else ns for ns, bad in taken),
            )
        )  # fmt: skip
    return found


def _blind(evidence: Evidence) -> tuple[Span, ...]:
    """Stretches without a running prober, merged where they overlap, inside the window."""
    found: list[Span] = []
    window = evidence.window
    for stretch in sorted((*evidence.stalls, *evidence.silences)):
        part = stretch.clip(window)
        if part is None:
            continue
        start, end = part.start - window.start, part.end - window.start
        if found and start <= found[-1].end:
            start, end = found[-1].start, max(end, found.pop().end)
        found.append(Span(start, end, Look.BLIND, "prober did not run"))
    return tuple(found)


def _parts(phases: tuple[Phase, ...], window: Window) -> dict[str, tuple[Window, ...]]:
    """Windows of before, during and after; without any such phase, of the whole run."""
    parts: dict[str, list[Window]] = {"before": [], "during": [], "after": []}
    for phase in phases:
        end = window.end if phase.end is None else phase.end
        if phase.name in PARTS and end > phase.start:
            parts[PARTS[phase.name]].append(Window(phase.start, end))
    found = {part: tuple(windows) for part, windows in parts.items() if windows}
    return found or {"whole run": (window,)}


def _probe_rows(series: Series, parts: Mapping[str, tuple[Window, ...]]) -> list[LatencyRow]:
    rows = []
    for part, windows in parts.items():
        inside = np.zeros(len(series.intended), np.bool_)
        for window in windows:
            inside |= (series.intended >= window.start) & (series.intended < window.end)
        chosen = series.pick(inside)
        served = chosen.pick(chosen.served)
        taken = quantiles(_zeros(served.intended), served.done - served.intended, 1)
        rows.append(
            LatencyRow(
                series.target, "probes", part, len(served.intended), int(chosen.bad.sum()),
                *(q[0] for q in taken),
            )
        )  # fmt: skip
    return rows


def _zeros(like: Ints) -> Ints:
    return np.zeros(len(like), np.int64)


def _load_curve(load: LoadTable, grid: _Grid) -> LoadCurve:
    index = grid.index(load.origin + load.second * NS)
    started, finished, failed = (
        totals(index, grid.size, column)
        for column in (load.started, load.finished - load.void, load.failed)
    )
    width = grid.width / NS
    seconds, cells, counts = load.cells(np.ones(load.second.size, np.bool_))
    p50, p95, p99 = cell_quantiles(grid.index(load.origin + seconds * NS), cells, counts, grid.size)
    share = np.divide(failed, finished, out=np.full(grid.size, np.nan), where=finished > 0)
    return LoadCurve(
        tuple((started / width).tolist()), _asked(load, grid), _known(share), p50, p95, p99
    )


def _asked(load: LoadTable, grid: _Grid) -> tuple[float | None, ...]:
    """Requests per second that were planned, averaged over the seconds of each bucket."""
    planned = np.flatnonzero(~np.isnan(load.planned))
    index = grid.index(load.origin + planned * NS)
    summed = np.bincount(index, weights=load.planned[planned], minlength=grid.size)
    known = totals(index, grid.size)
    return _known(np.divide(summed, known, out=np.full(grid.size, np.nan), where=known > 0))


def _known(values: npt.NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if v != v else v for v in values.tolist())  # noqa: PLR0124 - NaN


def _load_rows(load: LoadTable, parts: Mapping[str, tuple[Window, ...]]) -> list[LatencyRow]:
    """One row per request name and part; names beyond the busiest 30 become `others`."""
    sums = totals(load.name, len(load.names), load.started)
    busiest = np.argsort(-sums, kind="stable")[:MAX_NAMES].tolist()
    groups = [(load.names[n], load.name == n) for n in busiest]
    if len(load.names) > MAX_NAMES:
        groups.append((OTHERS, ~np.isin(load.name, busiest)))
    return [
        _load_row(load, name, part, mask & _inside(load, windows))
        for name, mask in groups
        for part, windows in parts.items()
    ]


def _inside(load: LoadTable, windows: tuple[Window, ...]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(load.second.size, np.bool_)
    for window in windows:
        inside |= load.rows(window)
    return inside


def _load_row(load: LoadTable, name: str, part: str, mask: npt.NDArray[np.bool_]) -> LatencyRow:
    _, cells, counts = load.cells(mask)
    taken = cell_quantiles(_zeros(cells), cells, counts, 1)
    failed = int(load.failed[mask].sum())
    served = int((load.finished - load.void)[mask].sum()) - failed
    return LatencyRow("load", name, part, served, failed, *(q[0] for q in taken))
