"""The longest outage: the longest row or blind space, or the length of an episode.

An episode counts as one long outage if its share of failures is high enough that a user who came
in it may, or must, have met it; the share's bounds decide, not the share, so that a fault on the
edge is inconclusive instead of a coin toss.
"""

import numpy as np

from soakgate.analysis import intervals
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


def _lower(episodes: Episodes) -> Flags:
    """Tell which episodes surely count."""
    chance = (episodes.median <= SHORT) | (episodes.share_low >= SOLID)
    enough = (episodes.rows >= 3) & (episodes.share_low >= SHARE)
    counts: Flags = enough & chance & (episodes.length_low >= LENGTH)
    return counts


def _upper(episodes: Episodes) -> Flags:
    """Tell which episodes may count."""
    enough = (episodes.rows >= 2) & (episodes.share_high >= SHARE)
    counts: Flags = enough & (episodes.length_high >= LENGTH)
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
    rows, episodes = part.rows, part.episodes
    sure, possible = _lower(episodes), _upper(episodes)
    low = max(_most(_pieces(part)), _most(episodes.length_low[sure]))
    value = max(_most(rows.value), _most((episodes.till - episodes.first_bad)[sure]), low)
    high = max(
        _most(rows.high),
        float(part.period),
        float(part.blind.spaces.longest),
        _most(episodes.length_high[possible]),
    )
    high = max(min(high, float(part.window.length)), value)
    return Bounds(value / NS, low / NS, None if part.unbounded else high / NS)


def _most(lengths: Moments | Floats) -> float:
    return float(lengths.max()) if lengths.size else 0.0
