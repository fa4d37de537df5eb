"""Share of failed probes of the targets that paying customers use, all of them together.

Gold targets are those whose name begins with `gold-`. Their probes of the whole run are counted, or
those of one phase; the share is bounded by Clopper-Pearson, so one bad probe of ten fails nothing.

Example: `{id: gold-errors, limit: 0.1%}`. Default limit: 0.1 %.
"""

from soakgate.analysis.binomial import clopper_pearson
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.criterion import Forecast
from soakgate.verdict.outcome import open_finding, ruled

FACTS = CriterionFacts(
    id="gold-errors",
    title="failed probes of gold targets",
    unit="ratio",
    default_limit="0.1%",
    takes_target=False,
)
SOURCES = ("probe",)  # if the prober's evidence is damaged, this criterion cannot pass


def judge(rule, view):
    """Give one finding over all gold targets."""
    window = view.part(rule.phase)
    gold = [name for name in view.targets if name.startswith("gold-")]
    if window is None or not gold:
        what = "no gold target" if not gold else f"no phase {rule.phase}"
        return [open_finding(rule, FACTS, reason=f"the run had {what}")]
    series = [s.within(window) for name in gold for s in view.series(name)]
    bad = sum(int(s.bad.sum()) for s in series)
    usable = bad + sum(int(s.served.sum()) for s in series)
    if not usable:
        return [open_finding(rule, FACTS, reason="no probe of a gold target could be used")]
    low, high = clopper_pearson(bad, usable)
    return [
        ruled(
            rule,
            FACTS,
            observed=Bounds(bad / usable, low, high),
            samples=usable,
            why=lambda verdict, limit: f"{bad} of {usable} probes of gold targets failed",
        )
    ]


def forecast(rule, plan):
    """Say before a run whether it can decide the rule."""
    return Forecast(decides=True, text="decidable once there are probes enough")
