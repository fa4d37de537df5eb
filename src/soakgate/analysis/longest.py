"""The longest outage: the longest row or blind space, or the length of an episode.

An episode counts as one long outage if its share of failures is high enough that a user who came
in it may, or must, have met it; the share's bounds decide, not the share, so that a fault on the
edge is inconclusive instead of a coin toss.
"""

import numpy as np

from soakgate.analysis import episodes, intervals
from soakgate.analysis.episodes import SHORT, Episodes, Floats, join_distance
from soakgate.analysis.intervals import Moments, Stretches
from soakgate.analysis.part import Part
from soakgate.analysis.rows import Flags
from soakgate.model.bounds import Bounds
from soakgate.model.times import MS, NS

__all__ = ["bound"]

LENGTH = 1_500 * MS
"""Shorter episodes count by their rows alone."""

SHARE = 0.20
"""An episode counts from this share of failures on."""

SOLID = 0.50
"""From this share on it counts whatever its rows look like."""

WIDE = 35
"""Periods without a failure that a partial failure at the edge (20 %) of some minutes may show:
0.8 ** 35 is 0.04 %."""


def _lower(found: Episodes) -> Flags:
    """Tell which episodes surely count."""
    chance = (found.median <= SHORT) | (found.share_low >= SOLID)
    enough = (found.rows >= 3) & (found.share_low >= SHARE)
    counts: Flags = enough & chance & (found.length_low >= LENGTH)
    return counts


def _upper(part: Part) -> float:
    """Give the longest that an episode which may count can have been, ns.

    Blind time between rows does not part them here: the failure may have gone on unseen. And a
    chance run of good probes may have split one partial failure in two: WIDE periods.
    """
    rows, period, blind = part.rows, part.period, part.blind.stretches
    wide = max(join_distance(period), WIDE * period)
    near = episodes.find(rows, period=period, blind=blind, net=True)
    far = episodes.find(rows, period=period, blind=blind, net=True, distance=wide)
    return max(
        _most(near.length_high[_possible(near) & (near.rows >= 2)]),
        _most(far.length_high[_possible(far) & far.partial]),
    )


def _possible(found: Episodes) -> Flags:
    counts: Flags = (found.share_high >= SHARE) & (found.length_high >= LENGTH)
    return counts


def _pieces(part: Part) -> Moments:
    """Give the lengths, ns, for which single rows were surely down without a break.

    Blind time inside a row is taken off. Where it is so long that rows around it would be two
    episodes, the row is cut there: an outage may have ended and another begun.
    """
    rows, blind = part.rows, part.blind.stretches
    lengths = blind.ends - blind.starts
    far = lengths >= join_distance(part.period)
    cuts = Stretches(blind.starts[far], blind.ends[far])
    split = cuts.within(rows.first, rows.last) > 0
    sure = Stretches(rows.first[split], rows.last[split])
    rest = intervals.common(sure, intervals.outside(cuts, part.window))
    pieces = rest.ends - rest.starts - blind.within(rest.starts, rest.ends)
    return np.concatenate((rows.low[~split], pieces))


def bound(part: Part) -> Bounds:
    """Bound the longest outage of one series in a window, seconds.

    `blind.spaces` count whole, with the normal distance between probes that `stretches` leave out.
    """
    rows, found = part.rows, part.episodes
    sure = _lower(found)
    low = max(_most(_pieces(part)), _most(found.length_low[sure]))
    value = max(_most(rows.value), _most((found.till - found.first_bad)[sure]), low)
    high = max(
        _most(rows.high),
        float(part.period),
        float(part.blind.spaces.longest),
        _upper(part),
    )
    high = max(min(high, float(part.window.length)), value)
    return Bounds(value / NS, low / NS, None if part.unbounded else high / NS)


def _most(lengths: Moments | Floats) -> float:
    return float(lengths.max()) if lengths.size else 0.0
