"""Exact bounds of a share and of a count, and how many trials decide a limit.

Clopper & Pearson (1934): never too narrow, whatever the share. Two-sided: at level 0.95 the truth
lies above, and below, in at most 2.5 % of cases each.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "LEVEL",
    "clopper_pearson",
    "poisson_upper",
    "shares_high",
    "shares_low",
    "trials_that_fail",
    "trials_that_pass",
]

LEVEL = 0.95
"""Two-sided level of every bound."""

MOST_TRIALS = 1 << 53
"""Beyond this a count is no exact float; no run comes near."""

Floats = npt.NDArray[np.float64]


def shares_low(k: npt.ArrayLike, n: npt.ArrayLike, *, level: float = LEVEL) -> Floats:
    """Give the lower bounds of shares, k of n each; 0 where k is 0."""
    hits, trials = np.asarray(k, float), np.asarray(n, float)
    low = special.betaincinv(np.maximum(hits, 1), trials - hits + 1, (1 - level) / 2)
    return np.where(hits > 0, low, 0.0)


def shares_high(k: npt.ArrayLike, n: npt.ArrayLike, *, level: float = LEVEL) -> Floats:
    """Give the upper bounds of shares, k of n each; 1 where k is n."""
    hits, trials = np.asarray(k, float), np.asarray(n, float)
    high = special.betaincinv(hits + 1, np.maximum(trials - hits, 1), (1 + level) / 2)
    return np.where(hits < trials, high, 1.0)


def clopper_pearson(k: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the two-sided bounds of a share from k of n. Raises ValueError unless 0 <= k <= n."""
    if not 0 <= k <= n:
        raise ValueError(f"expected 0 <= k <= n, found k = {k}, n = {n}")
    return float(shares_low(k, n, level=level)), float(shares_high(k, n, level=level))


def poisson_upper(k: float, *, level: float = LEVEL) -> float:
    """Give the upper bound of an expected count of which k were seen: 3.69 for none."""
    return float(special.gammaincinv(k + 1, (1 + level) / 2))


def trials_that_pass(k: int, *, limit: float, level: float = LEVEL) -> int:
    """Give the fewest trials that, with k failures, show a share of at most `limit`.

    `limit` is a ratio, 0 < limit < 1. Raises ValueError otherwise.
    """
    _check(limit)
    low, high = k, max(k, 1)
    while clopper_pearson(k, high, level=level)[1] > limit and high < MOST_TRIALS:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        passes = clopper_pearson(k, middle, level=level)[1] <= limit
        low, high = (low, middle) if passes else (middle, high)
    return high


def trials_that_fail(k: int, *, limit: float, level: float = LEVEL) -> int:
    """Give the most trials that, with k failures, show a share above `limit`; 0 if none do."""
    _check(limit)
    if k < 1 or clopper_pearson(k, k, level=level)[0] <= limit:
        return 0
    low, high = k, k * 2
    while clopper_pearson(k, high, level=level)[0] > limit and high < MOST_TRIALS:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        fails = clopper_pearson(k, middle, level=level)[0] > limit
        low, high = (middle, high) if fails else (low, middle)
    return low


def _check(limit: float) -> None:
    if not 0 < limit < 1:
        raise ValueError(f"expected a limit between 0 and 1, found {limit}")
