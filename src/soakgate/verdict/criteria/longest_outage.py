"""Longest single time without service.

The longest outage of any series of the target: from the intended start of its first failed probe to
that of the first good one after it. Its upper bound is at least one probe period, at least the
longest time in which the prober was blind, and the length of a partial episode (flapping, one
backend of several) if the share of failures in it may reach 20 %.

Example: `{id: longest-outage, target: shop, limit: 1s}`. Default limit: 1 s.

If it fails: the outage names what it coincided with. A single long one during a drain mostly means
that all replicas were on that node, or that readiness came before the application could serve.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Limit
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import ruled
from soakgate.verdict.probed import Seen, by_target, forecast_unseen, look, nothing_seen, unsure
from soakgate.verdict.view import View
from soakgate.verdict.words import some

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="longest-outage", title="longest time without service", unit="s", default_limit="1s"
)
SOURCES = ("probe",)


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the longest outage of one target, or of each."""

    def one(target: str, window: Window) -> Finding:
        seen = look(view, target, window, pick=lambda found: found.longest)
        if not seen.usable:
            return nothing_seen(rule, FACTS, seen)
        return ruled(
            rule,
            FACTS,
            observed=seen.bounds,
            target=target,
            samples=seen.usable,
            why=lambda verdict, limit: _reason(verdict, limit, seen),
        )

    return by_target(rule, view, FACTS, one)


def _reason(verdict: Verdict, limit: Limit, seen: Seen) -> str:
    value, bar = some(seen.bounds, limit)
    if verdict is Verdict.FAIL:
        return f"{seen.target} was not served for {value} at a stretch (limit {bar})"
    return "" if verdict is Verdict.PASS else unsure(seen, limit, what="was down at a stretch for")


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether the limit can hold at the planned rate: one period is always unseen."""
    return forecast_unseen(rule, plan, FACTS, periods=1.0)
