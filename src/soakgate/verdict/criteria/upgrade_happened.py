"""Did the upgrade take place? A run whose upgrade never happened proves nothing.

1 if the driver's record says that the upgrade happened, 0 if it says that it did not. PASS needs
the first; the second FAILs; a record that is missing, or that cannot tell, is INCONCLUSIVE. A
command must have exited with 0 in time.

It is judged whenever a run has an upgrade driver, whether or not it is listed; its level may be
changed.

Example: `{id: upgrade-happened, level: warn}`. Limit: = 1.

If it fails: the output of the upgrade command is kept in collect/upgrade.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts
from soakgate.model.findings import Finding, Verdict
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import open_finding, ruled
from soakgate.verdict.view import View

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="upgrade-happened",
    title="whether the upgrade took place",
    unit="count",
    default_limit="= 1",
    takes_target=False,
    takes_phase=False,
)
SOURCES = ("run",)


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge what the driver wrote down."""
    record = view.evidence.upgrade
    if record is None:
        why = "no upgrade was part of the run: whether one happened cannot be told"
        return [open_finding(rule, FACTS, reason=why)]
    if record.happened is None:
        why = record.detail or "whether the upgrade happened cannot be told"
        return [open_finding(rule, FACTS, reason=why)]
    value = float(record.happened)
    told = "the upgrade happened" if record.happened else "the upgrade did not happen"
    detail = f": {record.detail}" if record.detail else ""
    return [
        ruled(
            rule,
            FACTS,
            observed=Bounds(value, value, value),
            samples=1,
            why=lambda verdict, _: "" if verdict is Verdict.PASS else told + detail,
        )
    ]


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether an upgrade is planned at all."""
    if not plan.has_upgrade:
        return Forecast(decides=False, text="no upgrade is part of the run: cannot pass")
    return Forecast(decides=True, text="decidable at any length")
