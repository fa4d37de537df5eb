"""A quantile of the process behind a window: what it would be if the service went on like this.

Seconds are not independent: levels drift, neighbours come and go, and slow requests come in
episodes. So the variance is taken from the eight slowest cosines of the exceedances (Müller 2004;
Lazarus et al. 2018), a drift of 3 % is always assumed, and few episodes widen everything by a
t quantile (after Ibragimov and Müller 2010). Resampling blocks of time instead covers 77 to 87 %
where 95 % are asked for.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, hypot, sqrt

import numpy as np
from scipy.special import stdtrit

from soakgate.analysis.histograms import Floats, Summary, tally
from soakgate.analysis.quantiles import locate, log_quantile
from soakgate.model.bounds import Bounds

__all__ = ["SHORTEST", "Estimate", "Reach", "estimate", "process_bounds", "student"]

SHORTEST = 10 * 60 - 2
"""Seconds that one window needs to speak for its process; the two at its edges are not whole."""

Z = 1.959963984540054  # two-sided 95 % of a normal
COSINES = 8  # more follow fast noise, fewer leave too few degrees of freedom
FREEDOM = 14  # of variance and floor together
DRIFT = 0.03  # of the level, always assumed ...
MEMORY = 100.0  # ... with this memory in seconds
TINY = 1e-12  # error of a rank; less would divide by zero
BLOCK = 60  # seconds in which slow requests count as one episode


@dataclass(frozen=True, slots=True)
class Reach:
    """Bounds of a log quantile; `high` None: the window does not bound it from above."""

    low: float
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Quantile p of one window with the standard error of its rank.

    `log` of seconds; `error` of the share of requests below it, before any t quantile, as seen;
    `slope` share of requests per unit of log latency there; `drift` assumed error of the log
    level; `clusters` effective number of episodes that the slow requests come from; `widening` for
    their fewness.
    """

    p: float
    requests: float
    cumulative: Floats
    log: float
    error: float
    slope: float
    drift: float
    clusters: float
    widening: float

    def reach(self, alpha: float = 0.025) -> Reach:
        """Give bounds that the truth breaks in at most `alpha` of cases on each side."""
        factor = student(alpha) / Z * self.widening
        a, b = self._shares(hypot(self.error, self.drift * self.slope) * factor)
        low = min(self.log, log_quantile(self.cumulative, a))
        if self._inside(b):
            return Reach(low, log_quantile(self.cumulative, b))
        # Where all answers take nearly the same time, the assumed drift leaves the histogram; it is
        # then added to the latency instead of to the rank.
        _, b = self._shares(self.error * factor)
        if not self._inside(b):
            return Reach(low, None)
        rise = log_quantile(self.cumulative, b) - self.log
        return Reach(low, self.log + hypot(rise, Z * self.drift * factor))

    def _shares(self, spread: float) -> tuple[float, float]:
        return _wilson(self.p, size=self.p * (1 - self.p) / max(spread, TINY) ** 2)

    def _inside(self, share: float) -> bool:
        return share <= 1 - 0.5 / self.requests


@lru_cache(maxsize=256)
def student(alpha: float, freedom: float = FREEDOM) -> float:
    """Give the one-sided t quantile: 2.145 at 0.025, 2.977 at 0.005."""
    return float(stdtrit(freedom, 1 - alpha))


def _wilson(p: float, *, size: float) -> tuple[float, float]:
    """Give Wilson's interval of a share p seen in an effective number of requests."""
    shrink = 1 + Z**2 / size
    middle = (p + Z**2 / (2 * size)) / shrink
    half = Z * sqrt(p * (1 - p) / size + Z**2 / (4 * size**2)) / shrink
    return max(0.0, middle - half), min(1.0, middle + half)


@lru_cache(maxsize=8)
def _cosines(length: int) -> Floats:
    """Give the slowest cosines over a window of `length` seconds, [COSINES, length]."""
    seconds = (np.arange(length) + 0.5) * (np.pi / length)
    return sqrt(2 / length) * np.cos(np.arange(1, COSINES + 1)[:, None] * seconds)


def _slow_variance(excess: Floats, *, requests: float) -> float:
    """Give the variance of the share below the quantile, from its slow movements.

    `excess`: requests above the quantile beyond their expected number, by second.
    """
    # A product and a sum, not a matrix product: threads would change the last digits.
    weights = (_cosines(excess.size) * excess).sum(axis=1)
    return excess.size * float((weights**2).mean()) / requests**2


def _slope(cumulative: Floats, *, p: float) -> float:
    """Give the share of requests per unit of log latency around quantile p."""
    n = cumulative[-1]
    # Wide enough not to follow single requests, and inside the tail.
    least = max(0.3 * (1 - p), 1.5 * sqrt(p * (1 - p) / n) + 0.002)
    w = min(0.9 * (1 - p), 0.9 * p, least)
    return 2 * w / (log_quantile(cumulative, p + w) - log_quantile(cumulative, p - w))


def _drift(length: int) -> float:
    """Give the error of a log level averaged over `length` seconds if it drifts as assumed."""
    fading = 1 - (1 - exp(-length / MEMORY)) * MEMORY / length
    return DRIFT * sqrt(2 * MEMORY / length * fading)


def _clusters(exceeding: Floats) -> float:
    """Give the effective number of one-minute blocks that the exceedances come from."""
    blocks = max(2, round(exceeding.size / BLOCK))
    block = np.arange(exceeding.size) * blocks // exceeding.size
    sums = tally(block, weights=exceeding)
    return float(sums.sum() ** 2 / (sums**2).sum())


def estimate(summary: Summary, *, p: float, window: bool = False) -> Estimate | None:
    """Estimate quantile p (0 < p < 1) of a window's process; None without a request.

    `window`: take the window as it is, its requests as independent draws; only the assumed drift
    stays. That says what users saw, not what they would see again.
    """
    n, length = summary.requests, summary.table.length
    if n <= 0 or length <= 0:
        return None
    point = locate(summary.cumulative, p)
    exceeding = summary.above(point.bucket, point.share)
    clusters = _clusters(exceeding)
    if window:
        variance, widening = p * (1 - p) / n, 1.0
    else:
        variance = _slow_variance(exceeding - (1 - p) * summary.per_second, requests=n)
        widening = float(stdtrit(max(1.0, clusters - 1), 0.975)) / Z
    return Estimate(
        p,
        n,
        summary.cumulative,
        log=point.log,
        error=sqrt(variance),
        slope=_slope(summary.cumulative, p=p),
        drift=_drift(length),
        clusters=clusters,
        widening=widening,
    )


def process_bounds(summary: Summary, *, p: float) -> Bounds | None:
    """Bound quantile p, in seconds, if the rest is like this window; None without a request.

    It cannot know what did not happen inside: where stalls come each 400 s, it covers p95 in 64 %.
    """
    found = estimate(summary, p=p)
    if found is None:
        return None
    reach = found.reach()
    return Bounds(exp(found.log), exp(reach.low), None if reach.high is None else exp(reach.high))
