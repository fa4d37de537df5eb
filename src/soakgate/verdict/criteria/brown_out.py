"""Time in which the target was served, but later than its objective.

A served answer later than the target's `objective` (default 2 s, or a multiple of the baseline's
p95) is a brown-out: neither downtime nor ignored. Bounded as downtime is, worst series first.
INCONCLUSIVE if nothing was served, if the target was down for over 10 % of the window, or if the
objective is a multiple of a baseline that is missing or too short.

Example: `{id: brown-out, target: shop, limit: 5s}`. Default limit: 5 s.

If it fails: capacity while nodes are replaced (surge, requests, HPA), cold caches, slow start.
"""

from collections.abc import Sequence

from soakgate.analysis.brownouts import DOWN_SHARE, SeriesBrownouts
from soakgate.analysis.downtime import worst
from soakgate.config.plan import probe_period
from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Limit, Op
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import NS, Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import open_finding, ruled
from soakgate.verdict.probed import Seen, by_target, forecast_unseen, unsure
from soakgate.verdict.view import MIN_BASELINE_PROBES, View
from soakgate.verdict.words import compared, some

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="brown-out", title="time served later than the objective", unit="s", default_limit="5s"
)
SOURCES = ("probe",)
MOST_DOWN = Limit(Op.AT_MOST, DOWN_SHARE, "ratio")


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the slow time of one target, or of each."""

    def one(target: str, window: Window) -> Finding:
        objective = view.objective(target)
        if objective.ns is None:
            return open_finding(rule, FACTS, target=target, reason=objective.problem)
        found = [view.slow(s, window, objective=objective.ns) for s in view.series(target)]
        problem = _problem(target, found)
        if problem:
            return open_finding(rule, FACTS, target=target, reason=problem)
        return _judged(rule, _seen(target, window, found))

    return by_target(rule, view, FACTS, one)


def _problem(target: str, found: Sequence[SeriesBrownouts]) -> str:
    if not all(f.served for f in found):
        return f"{target} was never served over one of its connections: nothing to call slow"
    if not all(f.decidable for f in found):
        share, most = compared(max(f.down_share for f in found), MOST_DOWN)
        return f"{target} was down for {share} of the time: slowness is judged up to {most}"
    return ""


def _seen(target: str, window: Window, found: Sequence[SeriesBrownouts]) -> Seen:
    bounds = worst(f.found.downtime for f in found)
    assert bounds is not None  # a target has at least one connection
    return Seen(
        target=target,
        window=window,
        bounds=bounds,
        usable=sum(f.served for f in found),
        open=any(f.found.rows.ends_open for f in found),
        blind=max(f.found.blind.total for f in found) / NS,
    )


def _judged(rule: CriterionRule, seen: Seen) -> Finding:
    return ruled(
        rule,
        FACTS,
        observed=seen.bounds,
        target=seen.target,
        samples=seen.usable,
        why=lambda verdict, limit: _reason(verdict, limit, seen),
    )


def _reason(verdict: Verdict, limit: Limit, seen: Seen) -> str:
    value, bar = some(seen.bounds, limit)
    if verdict is Verdict.FAIL:
        return f"{seen.target} answered later than its objective for {value} (limit {bar})"
    return "" if verdict is Verdict.PASS else unsure(seen, limit, what="was slow for")


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether the limit can hold at the planned rate, with an objective to be had."""
    unseen = forecast_unseen(rule, plan, FACTS)
    return unseen if unseen.never else _baseline(rule, plan) or unseen


def _baseline(rule: CriterionRule, plan: PlannedRun) -> Forecast | None:
    """Tell that the baseline is too short for an objective that is a multiple of it."""
    for name, target in plan.scenario.targets.items():
        if rule.target not in (None, name) or target.objective.multiple is None:
            continue
        length = plan.phases.get("baseline", 0)
        periods = [probe_period(target.rate, connection=c) for c in target.connections]
        probes = sum(length // period for period in periods)
        if probes < MIN_BASELINE_PROBES:
            short = f"the objective of {name} needs {MIN_BASELINE_PROBES} probes of the baseline"
            return Forecast(decides=False, text=f"{short}, planned {probes}: cannot pass")
    return None
