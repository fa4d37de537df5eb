"""Episodes: rows of one series that belong together, and whether they are a partial failure.

One backend of three down for 30 s is not sixty outages of half a second: it is one episode in
which a share of the probes fails. What was lost in it is bounded by that share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.analysis import binomial
from soakgate.analysis.intervals import Moments, Stretches
from soakgate.analysis.rows import Flags, Rows
from soakgate.model.bounds import Bounds
from soakgate.model.times import MS, NS

__all__ = ["Episode", "Episodes", "find", "join_distance"]

Floats = npt.NDArray[np.float64]

JOIN = 1_500 * MS
"""Rows closer than this, or than 15 periods, are one episode: at 1 Hz 1.5 s would join nothing."""

JOIN_PERIODS = 15
PARTIAL_ROWS = 3
SHORT_PROBES = 3
SHORT = 300 * MS
"""A median row of at most 3 bad probes or 0.3 s: requests fail by chance, not all of them."""

EXTRA = 6
"""Probes added to an episode for the lower bound: it was cut at two bad ones, which flatters k."""

EDGE_PERIODS = 9.0
EDGE_PERIODS_PER_SHARE = 3.7
"""How far a partial failure may reach beyond its bad probes: 3.7 mean distances, at most 9."""

MISS = np.log(80.0)
"""A stretch with a chance of 1/80 (2.5 % over both ends) not to show a bad probe."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode, moments in ns. `first, stop`: half-open range of its rows.

    `k` of `m` usable probes from the first bad to the last bad one failed. `lost`: seconds in which
    a request would have failed; `length`: seconds from its begin to its end.
    """

    first_bad: int
    last_bad: int
    end: int | None
    first: int
    stop: int
    k: int
    m: int
    share: Bounds
    partial: bool
    lost: Bounds
    length: Bounds

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.stop - self.first


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """All episodes of a series in time order, as columns (see Episode); lengths in ns.

    `median`: length of the median row, ns. `lost_*`: of partial ones by share, else by rows.
    """

    first_bad: Moments
    last_bad: Moments
    till: Moments
    open: Flags
    first: Moments
    stop: Moments
    k: Moments
    m: Moments
    share_low: Floats
    share_high: Floats
    median: Floats
    partial: Flags
    lost_low: Floats
    lost_value: Floats
    lost_high: Floats
    length_low: Moments
    length_high: Floats

    def __len__(self) -> int:
        return int(self.first_bad.size)

    def __iter__(self) -> Iterator[Episode]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Episode:
        opened = bool(self.open[index])
        share = self.k[index] / self.m[index]
        value = float(self.till[index] - self.first_bad[index])
        length = float(self.length_low[index]), value, float(self.length_high[index])
        lost = self.lost_low[index], self.lost_value[index], self.lost_high[index]
        return Episode(
            first_bad=int(self.first_bad[index]),
            last_bad=int(self.last_bad[index]),
            end=None if opened else int(self.till[index]),
            first=int(self.first[index]),
            stop=int(self.stop[index]),
            k=int(self.k[index]),
            m=int(self.m[index]),
            share=Bounds(float(share), float(self.share_low[index]), float(self.share_high[index])),
            partial=bool(self.partial[index]),
            lost=_seconds(*(float(part) for part in lost), opened=opened),
            length=_seconds(*length, opened=opened),
        )

    @property
    def rows(self) -> Moments:
        """Rows per episode."""
        return self.stop - self.first


def _seconds(low: float, value: float, high: float, *, opened: bool) -> Bounds:
    return Bounds(value / NS, low / NS, None if opened else high / NS)


def join_distance(period: int) -> int:
    """Give the distance, ns, from which on two rows are no longer one episode."""
    return max(JOIN, JOIN_PERIODS * period)


def _medians(values: Moments, *, first: Moments, stop: Moments) -> Floats:
    """Give the median of each group of neighbouring values."""
    if not first.size:
        return np.empty(0)
    group = np.repeat(np.arange(first.size), stop - first)
    grouped = values[first[0] : stop[-1]]
    ordered = grouped[np.lexsort((grouped, group))]
    base = first - first[0]
    size = stop - first
    middle: Floats = (ordered[base + (size - 1) // 2] + ordered[base + size // 2]) / 2
    return middle


def _share_bounds(k: Moments, m: Moments) -> tuple[Floats, Floats]:
    return binomial.shares_low(k, m + EXTRA), binomial.shares_high(k, m)


def _reach(k: Moments, m: Moments, *, period: float | Floats) -> Floats:
    """Give how far beyond its bad probes, on both ends together, an episode may reach, ns."""
    inside = np.maximum(k - 1, 0.5) / m  # it was cut at two bad ones, which flatters the share
    periods = MISS / -np.log1p(-inside)
    both: Floats = 2 * np.maximum(periods, 1.0) * period
    return both


def find(
    rows: Rows, *, period: int, blind: Stretches, distance: int | None = None, net: bool = False
) -> Episodes:
    """Group rows into episodes. Rows without a probe of their own (cut at an edge) are left out.

    `period` ns; `blind`: the series' blind stretches; `distance`: rows so far apart, ns, are no
    longer together (default: `join_distance`); `net`: blind time between rows does not part them.
    """
    owned = np.flatnonzero(rows.count > 0)
    ends, starts = rows.last[owned[:-1]], rows.first[owned[1:]]
    between = starts - ends - (blind.within(ends, starts) if net else 0)
    apart = between >= (distance or join_distance(period))
    begins = np.concatenate(([True], apart))[: owned.size]
    finals = np.concatenate((apart, [True]))[: owned.size]
    first, final = owned[begins], owned[finals]
    stop = final + 1
    k = _sums(rows.count, first=first, stop=stop)
    m = rows.stop[final] - rows.start[first]
    return _measure(rows, first=first, stop=stop, k=k, m=m, period=period, blind=blind)


def _measure(
    rows: Rows,
    *,
    first: Moments,
    stop: Moments,
    k: Moments,
    m: Moments,
    period: int,
    blind: Stretches,
) -> Episodes:
    final = stop - 1
    first_bad, last_bad = rows.first[first], rows.last[final]
    seen = last_bad - first_bad - blind.within(first_bad, last_bad)
    # Skipped ticks thin the probes out: each then stands for more than one period.
    spacing = np.maximum(period, seen / np.maximum(m - 1, 1))
    share_low, share_high = _share_bounds(k, m)
    counts = _medians(rows.count, first=first, stop=stop)
    median = _medians(rows.value, first=first, stop=stop)
    partial = (stop - first >= PARTIAL_ROWS) & ((counts <= SHORT_PROBES) | (median <= SHORT))
    edge = np.minimum(EDGE_PERIODS, EDGE_PERIODS_PER_SHARE * m / np.maximum(k, 1))
    widest = rows.ceiling[final] - rows.floor[first]
    reached = last_bad - first_bad + _reach(k, m, period=spacing)
    by_rows = [
        _sums(column, first=first, stop=stop) for column in (rows.low, rows.value, rows.high)
    ]
    return Episodes(
        first_bad=first_bad,
        last_bad=last_bad,
        till=rows.till[final],
        open=rows.open[final],
        first=first,
        stop=stop,
        k=k,
        m=m,
        share_low=share_low,
        share_high=share_high,
        median=median,
        partial=partial,
        lost_low=np.where(partial, share_low * m * period, by_rows[0]),
        lost_value=np.where(partial, k * spacing, by_rows[1]),
        lost_high=np.where(partial, share_high * (m + edge) * spacing, by_rows[2]),
        length_low=seen,
        length_high=np.where(stop - first > 1, np.maximum(widest, reached), widest),
    )


def _sums(column: Moments, *, first: Moments, stop: Moments) -> Moments:
    total = np.concatenate(([0], np.cumsum(column)))
    summed: Moments = total[stop] - total[first]
    return summed
