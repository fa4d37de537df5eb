"""Former idle runs: how much two windows differ when nothing is upgraded between them.

Two windows cannot tell a regression from a slow drift; runs without an upgrade can, whatever the
memory of the system, and a trend that every run has is taken out with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import fmean, stdev

from soakgate.analysis.process import student
from soakgate.model.bounds import Bounds

__all__ = ["Informed", "inform"]

FEWEST = 5  # runs from which history is asked
ENOUGH = 10  # runs from which it is asked alone


@dataclass(frozen=True, slots=True)
class Informed:
    """A ratio with the bounds that hold in view of history.

    `by_history`: whether they come from it, else from the run's two windows; `runs` idle runs used.
    """

    ratio: Bounds
    fail_low: float
    by_history: bool
    runs: int


def _interval(middle: float, *, logs: Sequence[float], alpha: float) -> tuple[float, float]:
    """Give the log bounds of a ratio's log `middle` by those of former idle runs."""
    runs = len(logs)
    half = student(alpha, runs - 1) * stdev(logs) * sqrt(1 + 1 / runs)
    centred = middle - fmean(logs)
    return centred - half, centred + half


def inform(ratio: Bounds, *, fail_low: float, idle: Sequence[float], alpha: float) -> Informed:
    """Bound a ratio by the ratios of former idle runs with the same two lengths.

    Below 5 runs the run's own bounds stand; from 5 on the wider of the two, from 10 on history
    alone. `alpha`: the one-sided error of a FAIL, as `regression.fail_alpha` gives it. Raises
    ValueError for a ratio that is not above zero.
    """
    if not all(0 < r < inf for r in (ratio.value, *idle)):
        message = "expected a ratio above zero"
        raise ValueError(message)
    logs = [log(r) for r in idle]
    own = Informed(ratio, fail_low, by_history=False, runs=len(logs))
    if len(logs) < FEWEST:
        return own
    middle = log(ratio.value)
    low, high = _interval(middle, logs=logs, alpha=0.025)
    strict, _ = _interval(middle, logs=logs, alpha=alpha)
    value = middle - fmean(logs)
    found = Bounds(exp(value), exp(low), exp(high))
    informed = Informed(found, exp(strict), by_history=True, runs=len(logs))
    if len(logs) >= ENOUGH:
        return informed
    unbounded = ratio.high is None or ratio.low <= 0
    if unbounded or log(ratio.high or 1.0) - log(ratio.low) >= high - low:
        return own
    return informed
