"""Quantiles of latency, read from histograms, and their bounds as a fact of one window."""

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.special import betaincinv

from soakgate.analysis.histograms import LOG_EDGES, Floats, Summary
from soakgate.model.bounds import Bounds

__all__ = ["Point", "locate", "log_quantile", "quantile", "window_bounds"]

STEEP = 2.0  # ratio of neighbouring buckets from which "linear inside" may be wrong
TAIL = 4  # requests beyond a quantile below which nothing bounds it from above


@dataclass(frozen=True, slots=True)
class Point:
    """Where a quantile lies: in `bucket`, with `share` of that bucket's requests below it."""

    bucket: int
    share: float

    @property
    def log(self) -> float:
        """Logarithm of the latency in seconds, linear in log latency inside the bucket."""
        low, high = LOG_EDGES[self.bucket], LOG_EDGES[self.bucket + 1]
        return float(low + self.share * (high - low))


def locate(cumulative: Floats, p: float) -> Point:
    """Find the quantile p (0 to 1) in requests below each edge, [COUNT + 1].

    Raises ValueError if there is no request.
    """
    total = cumulative[-1]
    if not total > 0:
        message = "no request, no quantile"
        raise ValueError(message)
    rank = min(max(p, 0.0), 1.0) * total
    reached = (cumulative[1:] >= rank) & (cumulative[1:] > 0)
    bucket = int(np.argmax(reached))
    below = cumulative[bucket]
    return Point(bucket, float((rank - below) / (cumulative[bucket + 1] - below)))


def log_quantile(cumulative: Floats, p: float) -> float:
    """Give the logarithm of quantile p in seconds. Raises ValueError if there is no request."""
    return locate(cumulative, p).log


def quantile(counts: Floats, p: float) -> float:
    """Give quantile p in seconds of a histogram [COUNT]. Raises ValueError if it is empty."""
    return exp(log_quantile(np.concatenate(([0.0], np.cumsum(counts))), p))


def _is_steep(cumulative: Floats, bucket: int) -> bool:
    """Say whether a bucket's requests may be crowded at one of its edges."""
    first = min(max(bucket - 1, 0), cumulative.size - 4)
    counts = np.diff(cumulative[first : first + 4])
    return bool(counts.max() > STEEP * counts.min())


def _outward(cumulative: Floats, p: float, *, up: bool) -> float:
    """Give quantile p in seconds, or the bucket's outer edge where the histogram hides it."""
    point = locate(cumulative, p)
    if _is_steep(cumulative, point.bucket):
        return exp(LOG_EDGES[point.bucket + up])
    return exp(point.log)


def window_bounds(summary: Summary, *, p: float, below: float = 0.025) -> Bounds | None:
    """Bound quantile p, in seconds, of what this window offered; None without a request.

    Clopper-Pearson on the p scale, read through the histogram; where a bucket differs much from its
    neighbours, up to the bucket's edge. It says nothing about other hours: requests of one window
    are taken as draws from that window. `below`: the share of cases in which the truth may be under
    the lower bound; less where many names are judged and any of them may fail.
    """
    n = summary.requests
    if n <= 0:
        return None
    under, beyond = p * n, (1.0 - p) * n
    low = float(betaincinv(under, beyond + 1, below)) if under > 0 else 0.0
    high = float(betaincinv(under + 1, beyond, 0.975)) if beyond >= TAIL * (1 - 1e-9) else None
    cumulative = summary.cumulative
    return Bounds(
        exp(log_quantile(cumulative, p)),
        _outward(cumulative, low, up=False),
        None if high is None else _outward(cumulative, high, up=True),
    )
