"""Rows: maximal runs of bad probes of one series, with what their length can be.

A row is surely down from its first to its last bad probe, less our own blind time between them,
and surely no longer than from the good probe before it to the good one after it. Rows are never
merged, split by error text, or debounced.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.analysis.intervals import Moments, Stretches
from soakgate.model.bounds import Bounds
from soakgate.model.times import NS, Window

__all__ = ["Row", "Rows", "find"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """One row, moments in ns, CLOCK_MONOTONIC.

    `good_before` / `good_after` None: the run (or the window clipped to) begins / ends first.
    `start, stop`: half-open range of its probes among the usable ones. `low`, `value`, `high` ns.
    """

    first_bad: int
    last_bad: int
    good_before: int | None
    good_after: int | None
    start: int
    stop: int
    low: int
    value: int
    high: int
    open: bool

    @property
    def count(self) -> int:
        """How many probes were bad."""
        return self.stop - self.start

    @property
    def end(self) -> int | None:
        """Moment of its end; None if it is open."""
        return None if self.open else self.first_bad + self.value

    @property
    def seconds(self) -> Bounds:
        """Its length; unbounded above if it is open."""
        return Bounds(self.value / NS, self.low / NS, None if self.open else self.high / NS)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows of a series in time order, as columns: there may be half a million.

    `first, last`: first and last bad probe; `floor, ceiling`: the good probe before and after, or
    the run's edge; `before`, `after`: it is a good probe; `open`: none came until the run's end;
    `till`: where it ends by its value; `start, stop`: range among the usable probes; `low` ns.
    After `clip` moments are inside the window and rows may have no probe in it.
    """

    first: Moments
    last: Moments
    floor: Moments
    ceiling: Moments
    till: Moments
    before: Flags
    after: Flags
    open: Flags
    start: Moments
    stop: Moments
    low: Moments

    def __len__(self) -> int:
        return int(self.first.size)

    def __getitem__(self, index: int) -> Row:
        return Row(
            first_bad=int(self.first[index]),
            last_bad=int(self.last[index]),
            good_before=int(self.floor[index]) if self.before[index] else None,
            good_after=int(self.ceiling[index]) if self.after[index] else None,
            start=int(self.start[index]),
            stop=int(self.stop[index]),
            low=int(self.low[index]),
            value=int(self.value[index]),
            high=int(self.high[index]),
            open=bool(self.open[index]),
        )

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    @property
    def count(self) -> Moments:
        """Bad probes per row."""
        return self.stop - self.start

    @property
    def value(self) -> Moments:
        """Length from the first bad probe to the first good one after it, ns."""
        return self.till - self.first

    @property
    def high(self) -> Moments:
        """Longest possible length, ns; of an open row only what the window leaves it."""
        return self.ceiling - self.floor

    @property
    def ends_open(self) -> bool:
        """Whether the last row is still open at the end."""
        return bool(self.open[-1:].any())

    def pick(self, mask: Flags) -> "Rows":
        """Give the rows of a mask."""
        return Rows(*(getattr(self, name)[mask] for name in Rows.__slots__))


def find(intended: Moments, bad: Flags, *, period: int, window: Window, blind: Stretches) -> Rows:
    """Find the rows of one series.

    `intended`: starts of its usable probes, sorted, ns; `bad`: which of them failed; `window`: the
    whole run; `blind`: the series' blind stretches.
    """
    edges = np.diff(np.concatenate(([0], bad.astype(np.int8), [0])))
    start, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    around = np.concatenate(([window.start], intended, [window.end])).astype(np.int64)
    first, last = intended[start], intended[stop - 1]
    before, opened = start > 0, stop == intended.size
    floor = np.minimum(around[start], first)
    ceiling = np.maximum(around[stop + 1], last)
    till = np.where(opened, np.minimum(last + period, ceiling), ceiling)
    low = last - first - blind.within(first, last)
    return Rows(first, last, floor, ceiling, till, before, ~opened, opened, start, stop, low)


def clip(rows: Rows, window: Window, *, intended: Moments, blind: Stretches, end: int) -> Rows:
    """Cut rows at a window's edges; bounds stay true for the part inside.

    `end`: end of the run: only a window that reaches it can hold an open row.
    """
    start, stop = window.start, window.end
    surely = np.maximum(rows.first, start), np.minimum(rows.last, stop)
    low = np.maximum(surely[1] - surely[0] - blind.within(*surely), 0)
    first, till = np.clip(rows.first, start, stop), np.clip(rows.till, start, stop)
    low_index = np.searchsorted(intended, start, side="left")
    high_index = np.searchsorted(intended, stop, side="right")
    floor, ceiling = np.maximum(rows.floor, start), np.minimum(rows.ceiling, stop)
    cut = Rows(
        first=first,
        last=np.clip(rows.last, start, stop),
        floor=floor,
        ceiling=ceiling,
        till=till,
        before=rows.before & (rows.floor >= start),
        after=rows.after & (rows.ceiling <= stop),
        open=rows.open & (stop >= end),
        start=np.clip(rows.start, low_index, high_index),
        stop=np.clip(rows.stop, low_index, high_index),
        low=low,
    )
    return cut.pick(ceiling > floor)
