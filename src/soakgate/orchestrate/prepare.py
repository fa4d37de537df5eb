"""From settings, flags and files to a scenario and a plan; everything wrong is said at once.

Verbs and suites start runs by this one way, so that both refuse the same things.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from soakgate import resources
from soakgate.config.load import flags_scenario, read_file, read_scenario, read_waivers
from soakgate.config.merge import RunFlags
from soakgate.config.plan import Plan, check_plan, plan_run
from soakgate.config.rules import CriterionRule, Waiver
from soakgate.config.scenario import Scenario
from soakgate.config.settings import Settings
from soakgate.config.units import duration_text
from soakgate.orchestrate import plugins
from soakgate.orchestrate.settings import settings_here
from soakgate.registry import Group
from soakgate.registry import plugins as registered
from soakgate.verdict.criterion import Criterion, Forecast, PlannedRun, facts_of

__all__ = ["Ready", "find_scenario", "forecasts", "prepare_run", "settings_here", "waivers_of"]


@dataclass(frozen=True, slots=True)
class Ready:
    """A run ready to start. `notes` go to stderr before it."""

    settings: Settings
    scenario: Scenario
    plan: Plan
    base: Path
    criteria: Mapping[str, Criterion]
    notes: tuple[str, ...]


def find_scenario(name: str) -> Path:
    """Give the file of a scenario by path or by name. Raises UsageError."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or os.path.exists(path) or "/" in name:
        return path
    return resources.find("scenarios", name)


def _drivers() -> dict[str, Any]:
    return {name: plugins.driver(name).OPTIONS for name in registered(Group.DRIVERS)}


def waivers_of(path: str | None, criteria: Mapping[str, Criterion]) -> tuple[Waiver, ...]:
    """Read a file of waivers, if one is given."""
    if path is None:
        return ()
    return read_waivers(read_file(Path(path)), source=path, criteria=facts_of(criteria))


def _scenario(name: str | None, flags: RunFlags, criteria: Mapping[str, Criterion]) -> Scenario:
    facts = facts_of(criteria)
    if name is None:
        return flags_scenario(flags, criteria=facts)
    path = find_scenario(name)
    return read_scenario(
        read_file(path), source=str(path), criteria=facts, drivers=_drivers(), flags=flags
    )


def forecasts(
    scenario: Scenario, plan: Plan, criteria: Mapping[str, Criterion]
) -> list[tuple[CriterionRule, Forecast]]:
    """Say for each rule whether the planned time and rate can decide it."""
    planned = PlannedRun(scenario=scenario, phases=plan.lengths(), has_upgrade=plan.has_upgrade)
    return [(rule, criteria[rule.id].forecast(rule, planned)) for rule in scenario.criteria or ()]


def prepare_run(settings: Settings, *, flags: Mapping[str, object]) -> Ready:
    """Read everything a run needs and check that it can be run. Raises UsageError.

    `flags` are the fields of RunFlags; rate and longest come from the settings, which know them.
    """
    given = cast("Any", dict(flags))
    given["rate"] = settings.rate
    given["longest"] = None if settings.max is None else duration_text(settings.max)
    run_flags = RunFlags(**given)
    criteria = plugins.criteria()
    found = _scenario(settings.scenario, run_flags, criteria)
    extra = waivers_of(settings.waivers, criteria)
    found = found.model_copy(update={"waivers": (*found.waivers, *extra)})
    plan = plan_run(found, run_flags)
    source = settings.scenario or "command line"
    said = forecasts(found, plan, criteria)
    never = {id(rule): f.text for rule, f in said if f.never}
    check_plan(found, plan, source=source, never=lambda rule: never.get(id(rule)))
    doubts = [
        f"{rule.id}{f' {rule.target}' if rule.target else ''}: {f.text}"
        for rule, f in said
        if not f.decides and not f.never
    ]
    base = find_scenario(settings.scenario).parent if settings.scenario else Path()
    return Ready(settings, found, plan, base, criteria, (*plan.notes, *doubts))
