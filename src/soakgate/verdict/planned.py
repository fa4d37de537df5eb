"""Will the planned time and rate do? What the load criteria forecast before a run starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from soakgate.config.plan import probe_period
from soakgate.config.rules import CriterionRule
from soakgate.model.times import NS
from soakgate.verdict.criterion import Forecast, PlannedRun

__all__ = ["Outlook", "foretell", "is_open", "rates", "seconds"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rule needs at least: so many requests, called `noun`, in its window."""

    least: int
    noun: str


def seconds(rule: CriterionRule, plan: PlannedRun) -> float:
    """Give the planned seconds of a rule's window; an upgrade counts as none."""
    wanted = [n for n in plan.phases if n != "baseline"] if rule.phase is None else [rule.phase]
    return sum(plan.phases.get(name, 0) for name in wanted) / NS


def is_open(rule: CriterionRule, plan: PlannedRun) -> bool:
    """Tell whether the upgrade, whose length nobody knows, is part of a rule's window."""
    within = rule.phase is None or rule.phase.split("/", maxsplit=1)[0] == "upgrade"
    return within and plan.has_upgrade


def rates(rule: CriterionRule, plan: PlannedRun) -> Sequence[tuple[str, float | None]]:
    """Give requests per second of each subject; None where only the load profile knows."""
    scenario = plan.scenario
    if scenario.load is not None and rule.target is None:
        return [("", scenario.load.rate)]
    names = [rule.target] if rule.target is not None else list(scenario.targets)
    found = [(n, scenario.targets[n]) for n in names if n in scenario.targets]
    return [
        (name, sum(NS / probe_period(target.rate, connection=c) for c in target.connections))
        for name, target in found
    ]


def foretell(rule: CriterionRule, plan: PlannedRun, outlook: Outlook) -> Forecast:
    """Hold what is planned against what is needed, for the subject with the fewest requests."""
    known = [(name, rate) for name, rate in rates(rule, plan) if rate is not None]
    needs = f"needs {outlook.least:,} {outlook.noun}"
    if not known:
        return Forecast(decides=True, text=f"{needs}; how many are sent is the profile's to say")
    name, rate = min(known, key=lambda pair: pair[1])
    planned = int(seconds(rule, plan) * rate)
    of = f" of {name}" if name else ""
    if planned >= outlook.least:
        return Forecast(decides=True, text=f"{needs}, planned {planned:,}{of}")
    if is_open(rule, plan):
        if rule.phase is not None:
            return Forecast(decides=True, text=f"{needs}: depends on how long the upgrade takes")
        text = f"{needs}, planned {planned:,}{of} beside the upgrade: may not pass"
        return Forecast(decides=False, text=text)
    return Forecast(decides=False, text=f"{needs}, planned {planned:,}{of}: cannot pass")
