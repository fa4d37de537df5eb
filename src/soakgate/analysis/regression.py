"""Latency after an upgrade against latency before: a ratio of quantiles with honest bounds.

Each side is estimated as in `process`; the ratio's bounds come from both sides' bounds (MOVER, Zou
and Donner 2008), which keeps their skewness. What the data cannot bound is said, not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot, inf

from soakgate.analysis.histograms import SecondTable, Summary, summarise
from soakgate.analysis.process import Estimate, estimate
from soakgate.model.bounds import Bounds
from soakgate.model.findings import Truth

__all__ = ["Regression", "Side", "fail_alpha", "regress", "steady"]

SHORTEST = 5 * 60 - 2  # s each side; the two seconds at a window's edges are never whole
FEWEST_CLUSTERS = 4  # episodes of slow requests
MOST_BLIND = 0.05  # of a window
LOAD_DIFFERENCE = 0.10  # of the baseline's requests per second
PAIRS = 5  # (name, quantile) pairs up to which FAIL needs one-sided 0.5 %


@dataclass(frozen=True, slots=True)
class Side:
    """One window of a comparison: its quantile in seconds and how far the truth may be from it.

    `below`, `above`: distances of the bounds in log latency, None = unbounded; `clusters` episodes
    that the slow requests come from; `length` seconds watched.
    """

    seconds: float
    below: float
    above: float | None
    clusters: float
    requests: float
    length: int


@dataclass(frozen=True, slots=True)
class Regression:
    """Quantile p after the upgrade divided by that before.

    `ratio`: two-sided 95 % bounds, shown even when `reason` says that they decide nothing; None if
    a side has no request. `fail_low`: the lower bound that must break the limit for a FAIL, lower
    than `ratio.low`, since a FAIL of any name fails them all.
    """

    p: float
    truth: Truth
    ratio: Bounds | None
    fail_low: float
    baseline: Side | None
    upgrade: Side | None
    reason: str

    def passes(self, limit: float) -> bool:
        """Say whether the pessimistic bound holds a limit such as 1.10."""
        high = None if self.ratio is None else self.ratio.high
        return not self.reason and high is not None and high <= limit

    def fails(self, limit: float) -> bool:
        """Say whether the stricter optimistic bound breaks a limit such as 1.10."""
        return not self.reason and self.fail_low > limit


def fail_alpha(pairs: int) -> float:
    """Give the one-sided error of a FAIL: 0.5 % up to five (name, quantile) pairs, less above."""
    return 0.025 / max(pairs, PAIRS)


def _low(before: Estimate, after: Estimate, *, alpha: float) -> float:
    """Give the log of the ratio's lower bound; -inf if the baseline is unbounded above."""
    reach, base = after.reach(alpha), before.reach(alpha)
    up = inf if base.high is None else base.high - before.log
    return after.log - before.log - hypot(after.log - reach.low, up)


def _ratio(before: Estimate, after: Estimate) -> Bounds:
    reach, base = after.reach(), before.reach()
    middle = after.log - before.log
    low = _low(before, after, alpha=0.025)
    if reach.high is None:
        return Bounds(exp(middle), exp(low), None)
    high = middle + hypot(reach.high - after.log, before.log - base.low)
    return Bounds(exp(middle), exp(low), exp(high))


def steady(baseline: SecondTable, *, quantiles: Sequence[float]) -> dict[float, bool]:
    """Hold the halves of a baseline against each other; False: they differ beyond their bounds.

    A guard, not a cure: it sees 0.5 % a minute in 63 % of baselines of 30 min, never in 10 min.
    """
    middle = baseline.length // 2
    first = summarise(baseline.part(0, middle))
    second = summarise(baseline.part(middle, baseline.length))
    found = {}
    for p in quantiles:
        before, after = estimate(first, p=p), estimate(second, p=p)
        alike = True
        if before is not None and after is not None:
            ratio = _ratio(before, after)
            alike = ratio.low <= 1.0 and (ratio.high is None or ratio.high >= 1.0)
        found[p] = alike
    return found


def _side(found: Estimate, length: int) -> Side:
    reach = found.reach()
    above = None if reach.high is None else reach.high - found.log
    return Side(
        exp(found.log), found.log - reach.low, above, found.clusters, found.requests, length
    )


def _windows_fault(baseline: Summary, upgrade: Summary, load: tuple[float, float] | None) -> str:
    """Say why two windows cannot be compared at all, or give an empty string."""
    for name, side in (("baseline", baseline), ("upgrade", upgrade)):
        table = side.table
        if side.requests <= 0:
            return f"no served request of this name in the {name} window"
        if table.length + table.left_out < SHORTEST:
            return f"the {name} window is shorter than 5 min"
        if table.blind_share > MOST_BLIND:
            return f"{table.blind_share:.1%} of the {name} window is blind"
    before, after = load or (_rate(baseline), _rate(upgrade))
    if abs(after - before) > LOAD_DIFFERENCE * before * (1 + 1e-9):
        return f"the load is not comparable: {before:.4g}/s in the baseline, {after:.4g}/s after"
    return ""


def _rate(side: Summary) -> float:
    return side.requests / side.table.length


def _sides_fault(p: float, sides: Sequence[tuple[str, Side]], *, truth: Truth) -> str:
    """Say why one quantile of two windows cannot be bounded, or give an empty string."""
    for name, side in sides:
        judged = truth is Truth.PROCESS or name == "baseline"
        if judged and side.clusters < FEWEST_CLUSTERS:
            episodes = max(1, int(side.clusters))
            plural = "" if episodes == 1 else "s"
            return f"the slow requests of the {name} come from {episodes} episode{plural}"
    for name, side in sides:
        if side.above is None:
            return f"the {name} has too few or too scattered requests to bound p{p * 100:g}"
    return ""


def regress(
    baseline: SecondTable,
    upgrade: SecondTable,
    *,
    quantiles: Sequence[float],
    pairs: int | None = None,
    load: tuple[float, float] | None = None,
    truth: Truth = Truth.PROCESS,
) -> tuple[Regression, ...]:
    """Compare the quantiles (0 to 1) of one request name in two windows.

    `pairs`: all (name, quantile) pairs that are judged together, by default these quantiles.
    `load`: requests started per second in the two windows, over all names; by default those in the
    tables. `truth` WINDOW: what users of this run saw, rather than would see again.
    """
    before, after = summarise(baseline), summarise(upgrade)
    fault = _windows_fault(before, after, load)
    alike = {} if fault else steady(baseline, quantiles=quantiles)
    alpha = fail_alpha(len(quantiles) if pairs is None else pairs)
    return tuple(
        _compare(
            estimate(before, p=p),
            estimate(after, p=p, window=truth is Truth.WINDOW),
            p=p,
            alpha=alpha,
            truth=truth,
            lengths=(baseline.length, upgrade.length),
            fault=fault or ("" if alike[p] else "the baseline is not steady: its halves differ"),
        )
        for p in quantiles
    )


def _compare(
    before: Estimate | None,
    after: Estimate | None,
    *,
    p: float,
    alpha: float,
    truth: Truth,
    lengths: tuple[int, int],
    fault: str,
) -> Regression:
    if before is None or after is None:
        return Regression(p, truth, None, 0.0, None, None, fault or "no request to compare")
    base, reached = _side(before, lengths[0]), _side(after, lengths[1])
    fault = fault or _sides_fault(p, (("baseline", base), ("upgrade", reached)), truth=truth)
    low = exp(_low(before, after, alpha=alpha))
    return Regression(p, truth, _ratio(before, after), low, base, reached, fault)
