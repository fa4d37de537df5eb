"""What the load generator did: counts per second and request name, and sparse histograms.

A request belongs to the second of its start; for paced users that is the scheduled start, so that a
late generator cannot hide a slow service. All moments are ns of CLOCK_MONOTONIC.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.model.times import NS, Window

__all__ = ["Failure", "LoadTable", "LostWorker"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed request. `status` 0 = no answer; `detail` is foreign text, already printable."""

    at: int
    done: int
    name: str
    kind: str
    status: int
    detail: str
    user: str


@dataclass(frozen=True, slots=True)
class LostWorker:
    """A worker that was killed, frozen or cut off; `end` None: it never came back."""

    worker: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True, eq=False)
class LoadTable:
    """All load of a run, summed over workers.

    Rows, one per (second, name) with a request, sorted by second, then name, all int64[n]:
    `second` index from `origin` (second k is `origin + k s <= start < origin + (k + 1) s`), `name`
    index into `names`; `started` includes requests still in flight; `finished` = served + failed +
    void; `failed` are failures of any kind, `http_5xx` those with status 500..599; `void` are
    requests spoilt by the generator's own stall, neither good nor bad.

    Cells, sparse histograms of the response times of served requests only (failed and void ones
    have no meaningful time), int64[m]: `cell_row` index of the row, ascending, `cell_bucket` of
    `soakgate.model.buckets`, `cell_count`.

    Seconds, dense from second 0 on, [length]: `users` and `in_flight` (at the second's end) int64,
    0 where nothing is known; `planned` float64: requests planned, NaN where the profile plans none.

    `kinds` counts failures by kind; `failures` lists at most the recorded number of them and
    `unlisted` counts the others. `lost` are stretches of single workers, `stalls` those of
    processes that stood still.
    """

    origin: int
    names: tuple[str, ...]
    second: Ints
    name: Ints
    started: Ints
    finished: Ints
    failed: Ints
    http_5xx: Ints
    void: Ints
    cell_row: Ints
    cell_bucket: Ints
    cell_count: Ints
    users: Ints
    planned: npt.NDArray[np.float64]
    in_flight: Ints
    kinds: Mapping[str, int]
    failures: tuple[Failure, ...] = ()
    unlisted: int = 0
    lost: tuple[LostWorker, ...] = ()
    stalls: tuple[Window, ...] = ()

    @property
    def length(self) -> int:
        """Seconds covered, counted from `origin`; at least that of the last row."""
        last = int(self.second[-1]) + 1 if self.second.size else 0
        return max(last, int(self.planned.size))

    @property
    def window(self) -> Window:
        """From the origin to the end of the last second known."""
        return Window(self.origin, self.origin + self.length * NS)

    def span(self, window: Window) -> tuple[int, int]:
        """Give the seconds `first <= k < last` that lie wholly inside a window, as indices >= 0."""
        first = max(0, -((self.origin - window.start) // NS))
        return first, max(first, (window.end - self.origin) // NS)

    def rows(self, window: Window, name: str | None = None) -> npt.NDArray[np.bool_]:
        """Mark the rows of whole seconds inside a window, of one name or of all; bool[n]."""
        first, last = self.span(window)
        mask = (self.second >= first) & (self.second < last)
        if name is not None:
            mask &= self.name == (self.names.index(name) if name in self.names else -1)
        return mask

    def planned_in(self, window: Window) -> float | None:
        """Sum the requests planned in the whole seconds of a window; None if none was planned.

        Where the record ends early the last known plan goes on: the load was meant to.
        """
        first, last = self.span(window)
        known = np.flatnonzero(~np.isnan(self.planned))
        if last <= first or not known.size:
            return None
        part = self.planned[first : min(last, self.planned.size)]
        part = part[~np.isnan(part)]
        beyond = max(0, last - max(first, self.planned.size))
        if not part.size and not beyond:
            return None
        return float(part.sum()) + beyond * float(self.planned[known[-1]])

    def cells(self, mask: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
        """Give (second, bucket, count) of the cells of the marked rows, each int64[k]."""
        chosen = mask[self.cell_row] if self.cell_row.size else np.zeros(0, np.bool_)
        rows = self.cell_row[chosen]
        return self.second[rows], self.cell_bucket[chosen], self.cell_count[chosen]
