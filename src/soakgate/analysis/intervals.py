"""Sets of time stretches as sorted arrays: union, intersection, measure; all in int ns.

Pure set arithmetic. A set is kept as columns because a long run may have a million stretches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.model.times import Window

__all__ = ["NONE", "Moments", "Stretches", "common", "merge", "of", "outside", "touches"]

Moments = npt.NDArray[np.int64]
"""Moments or lengths, ns, CLOCK_MONOTONIC."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Disjoint stretches in time order: `starts < ends`, int64[n] ns; neighbours may touch."""

    starts: Moments
    ends: Moments

    def __len__(self) -> int:
        return int(self.starts.size)

    def __iter__(self) -> Iterator[Window]:
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return (Window(start, end) for start, end in pairs)

    @property
    def total(self) -> int:
        """Sum of lengths, ns."""
        return int((self.ends - self.starts).sum())

    @property
    def longest(self) -> int:
        """Length of the longest stretch, ns; 0 if there is none."""
        return int((self.ends - self.starts).max()) if len(self) else 0

    def before(self, moments: Moments) -> Moments:
        """Give how much of the set lies before each moment, ns."""
        if not len(self):
            return np.zeros_like(moments)
        index = np.searchsorted(self.starts, moments, side="right")
        sums = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        ahead = np.where(index > 0, self.ends[index - 1] - moments, 0)
        inside: Moments = sums[index] - np.maximum(ahead, 0)
        return inside

    def within(self, starts: Moments, ends: Moments) -> Moments:
        """Give how much of the set lies in each of the given stretches, ns; 0 for empty ones."""
        shared: Moments = np.maximum(self.before(ends) - self.before(starts), 0)
        return shared

    def clip(self, window: Window) -> "Stretches":
        """Give the part inside a window."""
        starts = np.maximum(self.starts, window.start)
        ends = np.minimum(self.ends, window.end)
        kept = ends > starts
        return Stretches(starts[kept], ends[kept])


_EMPTY = np.empty(0, np.int64)
NONE = Stretches(_EMPTY, _EMPTY)


def merge(starts: Moments, ends: Moments, *, reach: int = 0) -> Stretches:
    """Join stretches, in any order, that overlap, touch, or lie at most `reach` ns apart."""
    kept = ends > starts
    starts, ends = starts[kept], ends[kept]
    if not starts.size:
        return NONE
    order = np.argsort(starts, kind="stable")
    starts, last = starts[order], np.maximum.accumulate(ends[order])
    fresh = np.concatenate(([True], starts[1:] > last[:-1] + reach))
    final = np.concatenate((fresh[1:], [True]))
    return Stretches(starts[fresh], last[final])


def of(windows: Iterable[Window]) -> Stretches:
    """Join windows, in any order, into a set."""
    pairs = np.array([(w.start, w.end) for w in windows], np.int64).reshape(-1, 2)
    return merge(pairs[:, 0], pairs[:, 1])


def outside(inner: Stretches, window: Window) -> Stretches:
    """Give the part of a window that a set leaves free."""
    cut = inner.clip(window)
    starts = np.concatenate(([window.start], cut.ends))
    ends = np.concatenate((cut.starts, [window.end]))
    kept = ends > starts
    return Stretches(starts[kept], ends[kept])


def common(a: Stretches, b: Stretches) -> Stretches:
    """Give what two sets share."""
    edges = np.unique(np.concatenate((a.starts, a.ends, b.starts, b.ends)))
    starts, ends = edges[:-1], edges[1:]
    kept = (a.within(starts, ends) > 0) & (b.within(starts, ends) > 0)
    return merge(starts[kept], ends[kept])


def touches(stretches: Stretches, starts: Moments, ends: Moments) -> npt.NDArray[np.bool_]:
    """Tell for each given stretch whether it shares time with a set."""
    shared: npt.NDArray[np.bool_] = stretches.within(starts, ends) > 0
    return shared
