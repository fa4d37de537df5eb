"""Was the observer itself well? Blind time, dead children, the loopback control target.

The prober watches a control target in its own process with the same client. If that failed, if the
prober was blind for more than 10 % of the run, or if a child died, then nothing is said against the
service, but nothing can be passed either: INCONCLUSIVE.

Example: `{id: observer}`. Default limit: 10 % of the run blind.

If it is INCONCLUSIVE: give the prober a machine (or a node outside the upgrade) with a core to
spare; look at the prober's lateness in the report and at the gaps.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import NS
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.decide import decide
from soakgate.verdict.outcome import limit_of, open_finding, ruled
from soakgate.verdict.view import View
from soakgate.verdict.words import compared, joined

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="observer",
    title="share of the run in which we were blind",
    unit="ratio",
    default_limit="10%",
    takes_target=False,
    takes_phase=False,
)
SOURCES = ("probe", "load")


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the observer over the whole run."""
    watched = [*(s for t in view.targets for s in view.series(t)), *view.evidence.control]
    length = view.evidence.window.length
    if not view.evidence.control or not length:
        return [open_finding(rule, FACTS, reason="the prober left no samples of its control")]
    share = min(1.0, view.blind / length)
    doubts = _doubts(view)
    samples = sum(int((~s.void).sum()) for s in watched)
    seen, limit = Bounds(share, share, share), limit_of(rule, FACTS)
    if not doubts and decide(seen, limit).verdict is Verdict.PASS:
        why = "the observer was well"
        return [ruled(rule, FACTS, observed=seen, samples=samples, why=lambda *_: why)]
    # What blinds us is no fault of the service: never FAIL.
    part, bar = compared(share, limit)
    blinded = f"we were blind for {part} of the run ({view.blind / NS:.1f} s; limit {bar})"
    reason = joined(doubts) or blinded
    return [open_finding(rule, FACTS, reason=reason, observed=seen, samples=samples)]


def _doubts(view: View) -> list[str]:
    doubts = [f"the {child} child died" for child in view.evidence.dead]
    failed = {s.connection: int(s.bad.sum()) for s in view.evidence.control}
    lost = sum(failed.values())
    if lost:
        where = joined(f"{count} {connection}" for connection, count in failed.items() if count)
        doubts.append(f"the loopback control failed ({where}): the fault is ours")
    if not any(s.served.any() for s in view.evidence.control):
        doubts.append("the loopback control was never served")
    return doubts


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell that any length will do."""
    return Forecast(decides=True, text="decidable at any length")
