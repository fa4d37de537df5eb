"""Single probes around the longest faults, for slices in which buckets would be too coarse."""

import numpy as np

from soakgate.analysis.curves import Close
from soakgate.model.evidence import Series
from soakgate.model.times import NS, Window

__all__ = ["close_ups", "slice_pad"]

MAX_CLOSE = 6  # stretches per series whose single probes are kept
MAX_PROBES = 600  # of one such stretch; a longer one is told well enough by buckets


def slice_pad(length: int) -> int:
    """Give the time to show on each side of a stretch of `length` ns, so that it can be read."""
    return max(length, 8 * NS)


def close_ups(series: Series, objective: int | None, window: Window) -> list[Close]:
    """Keep the probes around the longest runs of failed or late ones, unless they are many."""
    usable = series.pick(~series.void)
    latency = usable.done - usable.intended
    late = usable.served & (latency > objective) if objective is not None else usable.bad
    marked = np.concatenate(([False], usable.bad | late, [False]))
    edges = np.flatnonzero(marked[1:] != marked[:-1]).reshape(-1, 2)
    lengths = usable.intended[edges[:, 1] - 1] - usable.intended[edges[:, 0]]
    found: list[Close] = []
    for index in np.argsort(-lengths, kind="stable")[:MAX_CLOSE].tolist():
        first = int(usable.intended[edges[index, 0]])
        last = int(usable.intended[edges[index, 1] - 1]) + 2 * series.period
        pad = slice_pad(last - first) * 5 // 4 + NS
        start, end = max(window.start, first - pad), min(window.end, last + pad)
        a, b = np.searchsorted(usable.intended, (start, end + 1)).tolist()
        if b - a > MAX_PROBES:
            continue
        taken = zip(latency[a:b].tolist(), usable.bad[a:b].tolist(), strict=True)
        found.append(
            Close(
                series.target, series.connection, start - window.start, end - window.start,
                tuple((usable.intended[a:b] - window.start).tolist()),
                tuple(None if bad else ns for ns, bad in taken),
            )
        )  # fmt: skip
    return found
