"""What a run looked like over time, in at most 1,500 buckets: the input of pictures.

Nothing here decides a verdict: pictures show, the criteria judge. Pure and without random numbers:
the same evidence gives the same timeline.
"""

from collections.abc import Mapping
from itertools import chain

from soakgate.analysis.closeup import close_ups, slice_pad
from soakgate.analysis.curves import (
    Close,
    Curve,
    Lane,
    LatencyRow,
    LoadCurve,
    Look,
    Span,
    Timeline,
)
from soakgate.analysis.grid import MAX_BUCKETS, Grid, curve, joined, load_curve
from soakgate.analysis.latency_parts import load_rows, parts_of, probe_rows
from soakgate.model.evidence import Evidence

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


def build(
    evidence: Evidence,
    *,
    objectives: Mapping[str, int] | None = None,
    lanes: tuple[Lane, ...] = (),
) -> Timeline:
    """Sum a run up into buckets. `objectives` are ns per target; `lanes` are drawn as given."""
    window = evidence.window
    grid = Grid.over(window)
    parts = parts_of(evidence.phases, window)
    load = evidence.load if evidence.load is not None and evidence.load.second.size else None
    return Timeline(
        length=max(0, window.length),
        bucket=grid.width,
        targets=tuple(curve(joined(evidence.series, target), grid) for target in evidence.targets),
        series=tuple(curve(series, grid) for series in evidence.series),
        load=None if load is None else load_curve(load, grid),
        latency=(
            *chain.from_iterable(
                probe_rows(joined(evidence.series, target), parts) for target in evidence.targets
            ),
            *(() if load is None else load_rows(load, parts)),
        ),
        blind=_blind(evidence),
        lanes=lanes,
        close=tuple(
            chain.from_iterable(
                close_ups(series, (objectives or {}).get(series.target), window)
                for series in evidence.series
            )
        ),
        objectives=dict(objectives or {}),
    )


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
