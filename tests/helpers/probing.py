"""Probes of a made-up service, in seconds, for the outage arithmetic: no clock, no chance."""

from collections.abc import Sequence

import numpy as np

from soakgate.analysis import intervals
from soakgate.analysis.outages import Probes
from soakgate.model.times import NS, Window

Pairs = Sequence[tuple[float, float]]


def inside(moments: np.ndarray, pairs: Pairs) -> np.ndarray:
    hit = np.zeros(moments.size, bool)
    for start, end in pairs:
        hit |= (moments >= round(start * NS)) & (moments < round(end * NS))
    return hit


def probe(
    length: float,
    *,
    down: Pairs = (),
    void: Pairs = (),
    skipped: Pairs = (),
    stalls: Pairs = (),
    every: int | None = None,
    period: float = 0.1,
    phase: float = 0.0,
) -> Probes:
    """Probe `length` s; in `down` all fail, or each `every`-th; `skipped` are ticks never sent."""
    step = round(period * NS)
    moments = np.arange(round(phase * NS), round(length * NS) + 1, step, dtype=np.int64)
    number = np.arange(moments.size)
    kept = ~inside(moments, skipped)
    lost = inside(moments, void) & kept
    bad = inside(moments, down) & (number % (every or 1) == 0)
    used = kept & ~lost
    return Probes(
        intended=moments[used],
        bad=bad[used],
        voids=moments[lost],
        period=step,
        window=Window(0, round(length * NS)),
        stalls=intervals.of(Window(round(a * NS), round(b * NS)) for a, b in stalls),
    )


def pattern(text: str, *, period: float = 0.1) -> Probes:
    """Read probes from text: `.` good, `x` bad, `v` void, `_` never sent; the first at 0."""
    step = round(period * NS)
    moments = np.arange(len(text), dtype=np.int64) * step
    marks = np.array(list(text))
    used = (marks == ".") | (marks == "x")
    window = Window(0, (len(text) - 1) * step)
    return Probes(moments[used], marks[used] == "x", moments[marks == "v"], step, window)
