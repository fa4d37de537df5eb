"""What the outage criteria have in common: a rule applied to each target, worst series first."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soakgate.analysis.binomial import poisson_upper
from soakgate.config.plan import probe_period
from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Limit, Op
from soakgate.model.findings import Finding
from soakgate.model.times import NS, Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import limit_of, open_finding
from soakgate.verdict.view import View
from soakgate.verdict.words import compared

__all__ = ["UNSEEN", "Seen", "by_target", "forecast_unseen", "unsure"]

UNSEEN = poisson_upper(0)  # periods that may hide between probes
SHOWN_BLIND = 0.05  # seconds; less does not explain a missed limit


@dataclass(frozen=True, slots=True)
class Seen:
    """A target in a window: its bounds, and the probes that they rest on."""

    target: str
    window: Window
    bounds: Bounds
    usable: int
    open: bool
    blind: float  # seconds, worst series


def by_target(
    rule: CriterionRule,
    view: View,
    facts: CriterionFacts,
    judge: Callable[[str, Window], Finding],
) -> list[Finding]:
    """Judge one target, or each; a phase that never came is INCONCLUSIVE."""
    targets = [rule.target] if rule.target is not None else view.targets
    if not targets:
        return [open_finding(rule, facts, reason="the scenario has no targets: nothing to judge")]
    window = view.part(rule.phase)
    if window is None:
        why = f"the run had no phase {rule.phase}"
        return [open_finding(rule, facts, target=t, reason=why) for t in targets]
    return [judge(t, window) for t in targets]


def _periods(rule: CriterionRule, plan: PlannedRun) -> Sequence[tuple[str, float, float]]:
    """Give name, rate (Hz) and period (s) of the slowest series of each target of a rule."""
    targets = plan.scenario.targets
    names = [rule.target] if rule.target is not None else list(targets)
    found = [(n, targets[n]) for n in names if n in targets]
    return [
        (n, t.rate, max(probe_period(t.rate, connection=c) for c in t.connections) / NS)
        for n, t in found
    ]


def forecast_unseen(
    rule: CriterionRule, plan: PlannedRun, facts: CriterionFacts, *, periods: float = UNSEEN
) -> Forecast:
    """Can a limit in seconds hold at the planned rate, if nothing at all goes wrong?"""
    limit = limit_of(rule, facts)
    for name, rate, period in _periods(rule, plan):
        least = periods * period
        if least > limit.value or (limit.op is Op.BELOW and least >= limit.value):
            needed = math.inf if limit.value <= 0 else rate * least / limit.value
            text = (
                f"at {rate:g} Hz {least:.2f} s may go unseen between probes of "
                f"{name}, the limit is {limit.value:g} s"
            )
            hint = "" if math.isinf(needed) else f"; needs a rate of {math.ceil(needed * 10) / 10}"
            return Forecast(decides=False, never=True, text=text + hint)
    return Forecast(decides=True, text="decidable at any length")


def unsure(seen: Seen, limit: Limit, *, what: str) -> str:
    """Say why bounds do not decide; `what`: "was down for"."""
    if seen.open:
        return f"{seen.target} was still failing at the end: for how long is not known"
    if seen.bounds.high is None:
        return f"it cannot be bounded how long {seen.target} {what}"
    high, bar = compared(seen.bounds.high, limit)
    blind = f"we were blind for {seen.blind:.1f} s: " if seen.blind >= SHOWN_BLIND else ""
    return f"{blind}it cannot be excluded that {seen.target} {what} up to {high} (limit {bar})"
