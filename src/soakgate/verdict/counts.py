"""Requests and failures in a window, as ranges: what is surely so, and what may be.

Load is kept by second, so a request in a second at the window's edge may lie on either side; it is
settled by its own row in the list of failures, and counted in the upper bound where it has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.analysis.ratios import error_bounds
from soakgate.model.bounds import Bounds
from soakgate.model.evidence import Series
from soakgate.model.load import Failure, LoadTable
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import NS, Window

__all__ = ["ANSWER_LIMIT", "Counts", "of_load", "of_probes"]

ANSWER_LIMIT = 4 * NS  # of load: what its clients are told, and what they are judged by
"""In flight for longer, a request of the load has failed; its own client ends it by then."""

SLACK = NS  # until the end of a request is surely written down
STATUS = OUTCOMES.index(Outcome.STATUS)
FOREVER = np.iinfo(np.int64).max

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counts:
    """`failed` surely did, `possible` at most; of `least` requests surely, `requests` at most."""

    failed: int
    possible: int
    least: int
    requests: int

    @property
    def bounds(self) -> Bounds:
        """Bound the ratio by Clopper-Pearson, outward. Needs at least one request."""
        low = error_bounds(self.failed, self.requests)
        high = error_bounds(self.possible, max(self.least, self.possible))
        assert low is not None
        top = 1.0 if high is None else high.high
        return Bounds(low.value, low.low, max(top or 0.0, low.value))


def of_probes(series: Sequence[Series], *, only_5xx: bool) -> Counts:
    """Count probes over the series of a target; void ones are neither good nor bad."""
    usable = sum(int((~s.void).sum()) for s in series)
    failed = sum(int((_is_5xx(s) if only_5xx else s.bad).sum()) for s in series)
    return Counts(failed, failed, usable, usable)


def _is_5xx(series: Series) -> Flags:
    status = series.status
    found: Flags = (series.outcome == STATUS) & (status >= 500) & (status <= 599)
    return found


def of_load(load: LoadTable, window: Window, *, only_5xx: bool) -> Counts:
    """Count load requests that started in a window.

    A request in flight for longer than its answer limit has failed, though with no status; of any
    other only the upper bound knows.
    """
    first, last = load.span(window)
    inside = (load.second >= first) & (load.second < last)
    touched = (load.second >= max(0, (window.start - load.origin) // NS)) & (
        load.second < -((load.origin - window.end) // NS)
    )
    edge = touched & ~inside
    open_ = load.started - load.finished
    overdue = _overdue(load) & (open_ > 0)
    late = np.where(overdue & (not only_5xx), open_, 0)
    unknown = np.where(overdue, 0, open_)
    failed = (load.http_5xx if only_5xx else load.failed) + late
    sure, maybe = _at_edges(load, window, edge, failed, only_5xx=only_5xx)
    surely = int(failed[inside].sum())
    usable = load.started - load.void
    possible = surely + maybe + int(unknown[touched].sum())
    requests = int(usable[touched].sum())
    least = int(usable[inside].sum()) + maybe + int(unknown[edge].sum())
    return Counts(surely + sure, possible, min(least, requests), requests)


def _overdue(load: LoadTable) -> Flags:
    """Tell which rows hold requests whose end, if any, would have been seen by now.

    Not where a worker was lost meanwhile: then their end may have been lost with it.
    """
    starts = load.origin + load.second * NS
    due = starts + NS + ANSWER_LIMIT
    seen: Flags = due + SLACK <= load.window.end
    for lost in load.lost:
        back = FOREVER if lost.end is None else lost.end
        seen &= ~((due + SLACK >= lost.start) & (starts <= back))
    return seen


def _at_edges(
    load: LoadTable, window: Window, edge: Flags, failed: Ints, *, only_5xx: bool
) -> tuple[int, int]:
    """Give how many failures in the seconds at the edges surely, and at most, are inside."""
    total = int(failed[edge].sum())
    if not total:
        return 0, 0
    seconds = set(load.second[edge].tolist())
    listed = [
        f
        for f in load.failures
        if (f.at - load.origin) // NS in seconds and (not only_5xx or _status_5xx(f))
    ]
    within = sum(window.start <= f.at <= window.end for f in listed)
    return min(within, total), max(total - (len(listed) - within), min(within, total))


def _status_5xx(failure: Failure) -> bool:
    return 500 <= failure.status <= 599
