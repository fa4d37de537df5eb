"""Latency buckets: the one definition that the load collector writes and the judge reads.

Logarithmic, 2 % wide, from 1 us to just above 1000 s. The edges are whole nanoseconds, so that
every reader puts the same answer into the same bucket, whatever its floating point.
"""

from bisect import bisect_right

__all__ = ["COUNT", "EDGES", "GROWTH", "bucket", "edges"]

FLOOR = 1_000  # ns; no answer over a network is faster
CEILING = 1_000_000_000_000  # ns; far above any answer limit
GROWTH = 1.02  # a quantile is off by at most 1 %, far less than its sampling error


def _edges() -> tuple[int, ...]:
    found = [FLOOR]
    while found[-1] < CEILING:
        found.append(round(FLOOR * GROWTH ** len(found)))
    return tuple(found)


EDGES: tuple[int, ...] = _edges()
"""Lower edges in ns, ascending, and the upper edge of the last bucket; `COUNT + 1` of them."""

COUNT: int = len(EDGES) - 1
"""Number of buckets; they are numbered 0 to COUNT - 1."""


def bucket(ns: int) -> int:
    """Give the bucket of a latency in ns: `low <= ns < high`; clamped into the first or last."""
    return min(max(bisect_right(EDGES, ns) - 1, 0), COUNT - 1)


def edges(bucket: int) -> tuple[int, int]:
    """Give (low, high) of a bucket in ns, the upper one exclusive. Raises ValueError."""
    if not 0 <= bucket < COUNT:
        message = f"bucket {bucket} is not one of 0 to {COUNT - 1}"
        raise ValueError(message)
    return EDGES[bucket], EDGES[bucket + 1]
