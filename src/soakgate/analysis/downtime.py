"""Downtime: the measure of the start times at which a request would have failed.

Whole outages add up by interval arithmetic, partial episodes by the share of probes that failed,
as squares, because their errors are independent. The upper bound also gets what may have happened
between probes (3.69 periods: a longer total of blips is missed with probability under 2.5 %) and
the time in which we were blind, where no row's bounds hold it already.
"""

from collections.abc import Iterable

import numpy as np

from soakgate.analysis.binomial import poisson_upper, shares_high
from soakgate.analysis.episodes import Episodes
from soakgate.analysis.part import Part
from soakgate.analysis.rows import Flags, Rows
from soakgate.model.bounds import Bounds
from soakgate.model.times import NS

__all__ = ["UNSEEN", "bound", "worst"]

UNSEEN = poisson_upper(0)
"""Periods of blips between probes that may go unseen: 3.69."""

MANY = 10
"""Rows from which on the share of probes may bound their sum."""


def _partial(episodes: Episodes) -> tuple[float, float, float]:
    """Give lowest, likely and highest sum over the partial episodes, ns."""
    partial = episodes.partial
    value = episodes.lost_value[partial]
    below = np.maximum(value - episodes.lost_low[partial], 0)
    above = np.maximum(episodes.lost_high[partial] - value, 0)
    likely = float(value.sum())
    low = max(likely - float(np.sqrt((below**2).sum())), 0.0)
    return low, likely, likely + float(np.sqrt((above**2).sum()))


def _in_partial(rows: Rows, episodes: Episodes) -> Flags:
    """Tell for each row whether it is part of a partial episode."""
    steps = np.zeros(len(rows) + 1, np.int64)
    steps[episodes.first[episodes.partial]] += 1
    steps[episodes.stop[episodes.partial]] -= 1
    inside: Flags = np.cumsum(steps[:-1]) > 0
    return inside


def _by_rows(part: Part, whole: Rows) -> float:
    """Give the upper bound, ns, of whole outages, of what was between probes, of blind time."""
    held = part.blind.stretches.within(whole.floor, whole.ceiling)
    unexplained = part.blind.total - int(held.sum())
    return float(whole.high.sum()) + UNSEEN * part.period + unexplained


def _by_share(part: Part, whole: Rows) -> float:
    """Give the same from the share of the window's probes that were bad in whole outages.

    `_by_rows` adds two periods for each outage, as if all of them erred the same way. Many
    outages, most of them shorter than that, are bounded better by the share of probes.
    """
    share = float(shares_high(int(whole.count.sum()), part.usable))
    seen = part.window.length - part.blind.total
    return share * seen + part.blind.total


def bound(part: Part) -> Bounds:
    """Bound the downtime of one series in a window, seconds."""
    whole = part.rows.pick(~_in_partial(part.rows, part.episodes))
    low, value, above = _partial(part.episodes)
    low, value = low + float(whole.low.sum()), value + float(whole.value.sum())
    high = _by_rows(part, whole)
    if len(whole) >= MANY:
        high = min(high, _by_share(part, whole))
    high = max(min(high + above, float(part.window.length)), value)
    return Bounds(value / NS, min(low, value) / NS, None if part.unbounded else high / NS)


def worst(series: Iterable[Bounds]) -> Bounds | None:
    """Give a target's bounds from those of its series: the worst one, bound by bound."""
    found = list(series)
    if not found:
        return None
    highs = [b.high for b in found]
    high = None if None in highs else max(h for h in highs if h is not None)
    return Bounds(max(b.value for b in found), max(b.low for b in found), high)
