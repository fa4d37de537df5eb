"""How long the upgrade took, from its start to its end.

Both moments come from the driver (for a command from its process, not from a poll), so the value is
exact. INCONCLUSIVE without an end. An upgrade that did not succeed has a duration too, but a short
one proves nothing: it cannot pass; one that took too long has failed all the same.

Example: `{id: upgrade-duration, limit: 90m}`. Default limit: 4 h, the guide's for a security patch.

If it fails: the report shows how long each step took; drains that wait for a PodDisruptionBudget
or for terminationGracePeriodSeconds are the usual reason. A higher surge works on more nodes at a
time.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Limit
from soakgate.model.evidence import UpgradeRecord
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import NS
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import open_finding, ruled
from soakgate.verdict.view import View
from soakgate.verdict.words import compared

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="upgrade-duration",
    title="time from start to end of the upgrade",
    unit="s",
    default_limit="4h",
    takes_target=False,
    takes_phase=False,
)
SOURCES = ("run",)


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the time between the driver's two moments."""
    record = view.evidence.upgrade
    if record is None:
        return [open_finding(rule, FACTS, reason="no upgrade was part of the run")]
    if record.started is None or record.ended is None:
        why = record.detail or "the upgrade has no end"
        return [open_finding(rule, FACTS, reason=why)]
    took = max(0, record.ended - record.started) / NS
    return [
        ruled(
            rule,
            FACTS,
            observed=Bounds(took, took, took),
            samples=1,
            why=lambda verdict, limit: _reason(verdict, limit, took),
            doubts=_doubts(record),
        )
    ]


def _doubts(record: UpgradeRecord) -> tuple[str, ...]:
    if record.happened:
        return ()
    told = "did not succeed" if record.happened is False else "cannot be told to have succeeded"
    return (f"the upgrade {told}: {record.detail or 'no detail is known'}",)


def _reason(verdict: Verdict, limit: Limit, took: float) -> str:
    value, bar = compared(took, limit)
    return "" if verdict is Verdict.PASS else f"the upgrade took {value} (limit {bar})"


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether an upgrade is planned at all."""
    if not plan.has_upgrade:
        return Forecast(decides=False, text="no upgrade is part of the run: cannot pass")
    return Forecast(decides=True, text="decidable at any length")
