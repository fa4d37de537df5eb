"""Latencies by second, kept sparse: what every latency bound is computed from.

A table holds cells (second, bucket, count) instead of single requests, so that hours of load fit in
memory; one name of four hours would be 62 MB as a dense array.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from soakgate.model.buckets import COUNT, EDGES
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window

__all__ = [
    "LOG_EDGES",
    "SecondTable",
    "Summary",
    "from_latencies",
    "from_load",
    "summarise",
    "tally",
    "touched",
]

Floats = npt.NDArray[np.float64]

LOG_EDGES: Floats = np.log(np.array(EDGES, dtype=np.float64) / NS)
"""Natural logarithm of the bucket edges in seconds, [COUNT + 1]."""


def tally(index: npt.NDArray[np.integer], *, weights: Floats, length: int = 0) -> Floats:
    """Sum weights by index, at least `length` long; floats even where there is nothing to sum."""
    return np.bincount(index, weights, minlength=length).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class SecondTable:
    """Latencies of one request name (or of all) in one window.

    Cells, in any order, a pair may occur more than once: `seconds` int[n] index from the window's
    start, `buckets` int[n] of `soakgate.model.buckets`, `counts` int or float[n], zero or more.
    `length`: whole seconds that were watched, `left_out`: blind ones, taken out before; the seconds
    are numbered without them.
    """

    seconds: npt.NDArray[np.integer]
    buckets: npt.NDArray[np.integer]
    counts: npt.NDArray[np.integer] | Floats
    length: int
    left_out: int = 0

    @property
    def blind_share(self) -> float:
        """Part of the window that was left out as blind, 0 to 1."""
        whole = self.length + self.left_out
        return self.left_out / whole if whole else 0.0

    def without(self, blind: Iterable[int]) -> "SecondTable":
        """Leave out blind seconds (indices) and number the others anew."""
        keep = np.ones(self.length, np.bool_)
        keep[[s for s in blind if 0 <= s < self.length]] = False
        number = np.cumsum(keep) - 1
        chosen = keep[self.seconds]
        length = int(keep.sum())
        return SecondTable(
            number[self.seconds[chosen]],
            self.buckets[chosen],
            self.counts[chosen],
            length,
            self.left_out + self.length - length,
        )

    def part(self, start: int, stop: int) -> "SecondTable":
        """Give the seconds `start <= s < stop` as a table of its own."""
        chosen = (self.seconds >= start) & (self.seconds < stop)
        return SecondTable(
            self.seconds[chosen] - start, self.buckets[chosen], self.counts[chosen], stop - start
        )


@dataclass(frozen=True, eq=False)
class Summary:
    """A table with the sums that every quantile needs.

    `cumulative` float64[COUNT + 1]: requests below each bucket edge; `weights` the cells' counts as
    float64.
    """

    table: SecondTable
    cumulative: Floats
    weights: Floats

    @property
    def requests(self) -> float:
        """Requests in the window."""
        return float(self.cumulative[-1])

    @cached_property
    def per_second(self) -> Floats:
        """Requests by second, float64[length]."""
        return tally(self.table.seconds, weights=self.weights, length=self.table.length)

    def above(self, bucket: int, share: float) -> Floats:
        """Count requests by second above a point that has `share` of `bucket` below it.

        Returns float64[length]; the bucket's own requests are split by that share.
        """
        chosen = np.flatnonzero(self.table.buckets >= bucket)
        weights = self.weights[chosen]
        weights[self.table.buckets[chosen] == bucket] *= 1.0 - share
        return tally(self.table.seconds[chosen], weights=weights, length=self.table.length)


def summarise(table: SecondTable) -> Summary:
    """Sum a table's histogram. Raises ValueError for cells outside the window or the buckets."""
    if table.seconds.size:
        inside = int(table.seconds.min()) >= 0 and int(table.seconds.max()) < table.length
        known = int(table.buckets.min()) >= 0 and int(table.buckets.max()) < COUNT
        if not inside or not known or table.counts.min() < 0:
            message = "a cell lies outside its window or its buckets, or counts less than nothing"
            raise ValueError(message)
    weights = table.counts.astype(np.float64)
    histogram = tally(table.buckets, weights=weights, length=COUNT)
    return Summary(table, np.concatenate(([0.0], np.cumsum(histogram))), weights)


def from_latencies(
    at: npt.NDArray[np.int64], *, latency: npt.NDArray[np.int64], start: int, length: int
) -> SecondTable:
    """Make a table of single requests: `at` their start and `latency`, ns, `start` the window's.

    Requests outside the `length` seconds from `start` are dropped.
    """
    seconds = (at - start) // NS
    chosen = (seconds >= 0) & (seconds < length)
    buckets = np.searchsorted(np.array(EDGES), latency[chosen], side="right") - 1
    cells = seconds[chosen] * COUNT + np.clip(buckets, 0, COUNT - 1)
    found, counts = np.unique(cells, return_counts=True)
    return SecondTable(found // COUNT, found % COUNT, counts, length)


def from_load(
    load: LoadTable, *, window: Window, name: str | None = None, blind: Sequence[Window] = ()
) -> SecondTable:
    """Make a table of the served load requests in a window's whole seconds, of one name or all.

    Seconds that a `blind` stretch touches are left out.
    """
    first, last = load.span(window)
    seconds, buckets, counts = load.cells(load.rows(window, name))
    table = SecondTable(seconds - first, buckets, counts, last - first)
    gone = touched(blind, start=load.origin + first * NS, length=table.length)
    return table.without(gone) if gone else table


def touched(stretches: Sequence[Window], *, start: int, length: int) -> list[int]:
    """Give the seconds, indices from `start` (ns) below `length`, that any stretch touches."""
    found: set[int] = set()
    for stretch in stretches:
        first, last = (stretch.start - start) // NS, (stretch.end - start) // NS
        found.update(range(max(0, first), min(length - 1, last) + 1))
    return sorted(found)
