"""Downtime: the measure of the start times at which a request would have failed.

Whole outages add up by interval arithmetic, partial episodes by the share of probes that failed,
as squares, because their errors are independent. The upper bound also gets what may have happened
between probes (3.69 periods: a longer total of blips is missed with probability under 2.5 %) and
the time in which we were blind, where no row's bounds hold it already.
"""

from collections.abc import Iterable

import numpy as np

from soakgate.analysis.binomial import poisson_upper
from soakgate.analysis.episodes import Episodes
from soakgate.analysis.part import Part
from soakgate.analysis.rows import Flags, Rows
from soakgate.model.bounds import Bounds
from soakgate.model.times import NS

__all__ = ["UNSEEN", "bound", "worst"]

UNSEEN = poisson_upper(0)
"""Periods of blips between probes that may go unseen: 3.69."""


def _extremes(rows: Rows, episodes: Episodes) -> tuple[float, float, float]:
    """Give lowest, likely and highest sum over all rows, ns."""
    partial = episodes.partial
    value = episodes.lost_value[partial]
    below = np.maximum(value - episodes.lost_low[partial], 0)
    above = np.maximum(episodes.lost_high[partial] - value, 0)
    likely = float(value.sum())
    whole = ~_in_partial(rows, episodes)
    return (
        float(rows.low[whole].sum()) + max(likely - float(np.sqrt((below**2).sum())), 0.0),
        float(rows.value[whole].sum()) + likely,
        float(rows.high[whole].sum()) + likely + float(np.sqrt((above**2).sum())),
    )


def _in_partial(rows: Rows, episodes: Episodes) -> Flags:
    """Tell for each row whether it is part of a partial episode."""
    steps = np.zeros(len(rows) + 1, np.int64)
    steps[episodes.first[episodes.partial]] += 1
    steps[episodes.stop[episodes.partial]] -= 1
    inside: Flags = np.cumsum(steps[:-1]) > 0
    return inside


def _unexplained(part: Part) -> int:
    """Give the blind time that no whole row's bounds hold already, ns."""
    rows = part.rows
    whole = ~_in_partial(rows, part.episodes)
    held = part.blind.stretches.within(rows.floor[whole], rows.ceiling[whole])
    return part.blind.total - int(held.sum())


def bound(part: Part) -> Bounds:
    """Bound the downtime of one series in a window, seconds."""
    low, value, high = _extremes(part.rows, part.episodes)
    high += UNSEEN * part.period + _unexplained(part)
    high = max(min(high, float(part.window.length)), value)
    return Bounds(value / NS, min(low, value) / NS, None if part.unbounded else high / NS)


def worst(series: Iterable[Bounds]) -> Bounds | None:
    """Give a target's bounds from those of its series: the worst one, bound by bound."""
    found = list(series)
    if not found:
        return None
    highs = [b.high for b in found]
    high = None if None in highs else max(h for h in highs if h is not None)
    return Bounds(max(b.value for b in found), max(b.low for b in found), high)
