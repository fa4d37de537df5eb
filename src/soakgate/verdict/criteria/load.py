"""Was the load sent that was planned? Without it, no other load criterion can pass.

Requests started divided by requests planned, in the whole seconds of every window that another load
criterion of the scenario uses; the smallest share is shown. Where the profile plans no number
(closed-loop users), it is the share of seconds with users, and workers lost or standing still count
against it. It never FAILs, since a load that was not sent says nothing against the service: it is
INCONCLUSIVE, and `errors`, `http-5xx` and the latencies cannot pass; what failed stays failed.

Example: `{id: load, limit: ">= 98%"}`. Default limit: at least 95 %.

If it is INCONCLUSIVE: look for lost workers in the gaps (a killed Locust worker takes its share of
the requests along, without a word), give the generator more workers or cores, or plan less.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.decide import Decision, decide
from soakgate.verdict.loaded import LOADED, Delivery, deliver, title, window_of
from soakgate.verdict.outcome import limit_of, open_finding, ruled
from soakgate.verdict.view import View
from soakgate.verdict.words import compared

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="load",
    title="share of the planned load that was sent",
    unit="ratio",
    default_limit=">= 95%",
    takes_target=False,
)
SOURCES = ("load",)

NOT_NAMED = "the profile plans no number of requests, so users, workers and stalls are judged"


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the window with the smallest share."""
    if view.scenario.load is None and view.evidence.load is None:
        return [open_finding(rule, FACTS, reason="the scenario has no load")]
    windows = _windows(rule, view)
    if not windows:
        where = f"phase {rule.phase}" if rule.phase else "window that load is judged in"
        return [open_finding(rule, FACTS, reason=f"the run had no {where}")]
    found = [deliver(view, window, name=name) for name, window in windows.items()]
    doubts = tuple(dict.fromkeys(d for delivery in found for d in delivery.doubts))
    known = [d for d in found if d.share is not None]
    if not known:
        return [open_finding(rule, FACTS, reason="; ".join(doubts) or "no load is known")]
    return [_ruled(rule, min(known, key=lambda d: d.share or 0.0), doubts)]


def _ruled(rule: CriterionRule, least: Delivery, doubts: tuple[str, ...]) -> Finding:
    share = least.share or 0.0
    exact = Bounds(share, share, share)
    limit = limit_of(rule, FACTS)
    decision = decide(exact, limit)
    part, bar = compared(share, limit)
    short = f"{part} of the load was sent (limit {bar})"
    if decision.verdict is Verdict.FAIL:
        # Our own shortage is no fault of the service.
        decision = Decision(Verdict.INCONCLUSIVE, decision.margin)
    texts = {
        Verdict.PASS: NOT_NAMED if least.planned is None else "",
        Verdict.INCONCLUSIVE: "" if doubts else short,
    }
    return ruled(
        rule,
        FACTS,
        observed=exact,
        samples=least.started,
        why=lambda verdict, _: texts.get(verdict, ""),
        doubts=doubts,
        decision=decision,
    )


def _windows(rule: CriterionRule, view: View) -> dict[str, Window]:
    """Give every window that load must fill, by name."""
    if rule.phase is not None:
        users = [rule]
    else:
        rules = view.scenario.criteria or ()
        users = [r for r in rules if r.id in LOADED and r.target is None] or [rule]
    named = {title(r): window_of(r, view) for r in users}
    if any(r.id == "latency-regression" for r in users):
        named["the baseline"] = view.part("baseline")
    return {name: window for name, window in named.items() if window is not None}


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell that any length will do, if there is load."""
    if plan.scenario.load is None:
        return Forecast(decides=False, never=True, text="the scenario has no load")
    return Forecast(decides=True, text="decidable at any length")
