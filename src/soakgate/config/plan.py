"""How long each phase of a run is planned to last; which flags fit together. Lengths are ns."""

from collections.abc import Callable
from dataclasses import dataclass

from soakgate.config.merge import RunFlags
from soakgate.config.problems import FileError
from soakgate.config.rules import CriterionRule
from soakgate.config.scenario import Scenario
from soakgate.config.units import duration_text, parse_duration
from soakgate.config.upgrade import ExternalUpgrade
from soakgate.errors import UsageError
from soakgate.model.criteria import PHASES
from soakgate.model.samples import Connection, period
from soakgate.model.times import NS

__all__ = ["MAX", "Plan", "PlannedPhase", "check_plan", "plan_run", "probe_period"]

BASELINE, SETTLE, SOAK = 120 * NS, 60 * NS, 300 * NS  # defaults with an upgrade
MAX = 6 * 3600 * NS
"""A run whose end depends on an upgrade ends by then."""


def probe_period(rate: float, *, connection: Connection) -> int:
    """Give the ns between two probes of a series at a nominal rate in Hz."""
    return period(connection, rate)


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """One phase; `length` is None where the upgrade decides."""

    name: str
    length: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A run before it starts. `total` is the time from first to last probe, None if open."""

    phases: tuple[PlannedPhase, ...]
    total: int | None
    longest: int | None  # the run is cut there and cannot pass; None where `total` is the end
    driver: str | None
    notes: tuple[str, ...] = ()  # for stderr before the start

    def has(self, name: str) -> bool:
        """Tell whether a phase, or the one around a part like `upgrade/node`, is planned."""
        return any(phase.name == name.split("/", maxsplit=1)[0] for phase in self.phases)

    @property
    def has_upgrade(self) -> bool:
        """Tell whether an upgrade is part of the run."""
        return self.has("upgrade")

    def lengths(self) -> dict[str, int]:
        """Give the lengths by name; 0 for what is open."""
        return {phase.name: phase.length or 0 for phase in self.phases}


def plan_run(scenario: Scenario, flags: RunFlags) -> Plan:
    """Plan the phases of a merged scenario. Raises UsageError for flags that do not fit."""
    length = _duration(flags.length, where="--for")
    longest = _duration(flags.longest, where="--max")
    driver = scenario.upgrade.driver if scenario.upgrade is not None else None
    _check_flags(scenario, flags=flags, length=length)
    if flags.soak_only or _is_plain(scenario, flags=flags):
        phases, notes = _plain_phases(scenario, length=length), _notes(scenario, flags=flags)
        total: int | None = sum(phase.length or 0 for phase in phases)
    else:
        phases, notes = _upgrade_phases(scenario, length=length), ()
        total = length
    if total is not None:
        _check_total(total, scenario=scenario, longest=longest)
    elif longest is None:
        longest = MAX
    return Plan(phases, total, longest, driver, notes)


def _duration(text: str | None, *, where: str) -> int | None:
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise UsageError(str(error), where=where) from None


def _is_plain(scenario: Scenario, *, flags: RunFlags) -> bool:
    """Tell whether no upgrade can be seen: none is run, and no cluster is watched for one."""
    watched = isinstance(scenario.upgrade, ExternalUpgrade) and not flags.no_cluster
    return not watched and not _is_run(scenario)


def _is_run(scenario: Scenario) -> bool:
    """Tell whether the run itself does the upgrade."""
    return scenario.upgrade is not None and not isinstance(scenario.upgrade, ExternalUpgrade)


def _check_flags(scenario: Scenario, *, flags: RunFlags, length: int | None) -> None:
    if flags.soak_only and length is None:
        raise UsageError("--soak-only needs --for DURATION")
    if length is not None and flags.phases is not None:
        raise UsageError(
            "--for is the time of all phases together; give one of both", where="--for"
        )
    if length is not None and _is_run(scenario):
        hint = "use --phases for the time around it and --max for the most it may take"
        raise UsageError("a run with an upgrade of its own lasts until that ends", hint=hint,
                         where="--for")  # fmt: skip
    if flags.no_cluster and length is None and not _is_run(scenario) and not _given(scenario):
        hint = "or --upgrade-command CMD, or phases"
        raise UsageError("--no-cluster needs --for DURATION", hint=hint)


def _given(scenario: Scenario) -> bool:
    return any(getattr(scenario.phases, name) is not None for name in ("settle", "soak"))


def _plain_phases(scenario: Scenario, *, length: int | None) -> tuple[PlannedPhase, ...]:
    """Plan a run without an upgrade: there is no baseline, since nothing follows it."""
    if length is not None:
        return (PlannedPhase("soak", length),)
    return _phases((("settle", scenario.phases.settle or 0), ("soak", scenario.phases.soak or 0)))


def _upgrade_phases(scenario: Scenario, *, length: int | None) -> tuple[PlannedPhase, ...]:
    given = scenario.phases
    baseline = BASELINE if given.baseline is None else given.baseline
    if length is not None and length <= baseline:
        what = f"it must be longer than the baseline ({duration_text(baseline)})"
        raise UsageError(what, where="--for", hint="or use --soak-only")
    return _phases(
        (
            ("baseline", baseline),
            ("upgrade", None),
            ("settle", SETTLE if given.settle is None else given.settle),
            ("soak", SOAK if given.soak is None else given.soak),
        )
    )


def _phases(lengths: tuple[tuple[str, int | None], ...]) -> tuple[PlannedPhase, ...]:
    """Leave out phases of zero."""
    return tuple(PlannedPhase(name, length) for name, length in lengths if length != 0)


def _notes(scenario: Scenario, *, flags: RunFlags) -> tuple[str, ...]:
    notes = []
    if scenario.phases.baseline and not flags.soak_only:
        notes.append("no upgrade is run or watched, so there is no baseline")
    if scenario.upgrade is not None:
        notes.append("no cluster is watched, so the upgrade cannot be seen and the run cannot pass")
    return tuple(notes)


def _check_total(total: int, *, scenario: Scenario, longest: int | None) -> None:
    slowest = [
        probe_period(target.rate, connection=connection)
        for target in scenario.targets.values()
        for connection in target.connections
    ]
    least = 2 * max(slowest, default=0)
    if total < max(least, 1):
        what = "the run is shorter than two periods of its slowest probe"
        raise UsageError(what, expected=f"at least {duration_text(max(least, NS // 1000))}")
    if longest is not None and longest < total:
        what = f"it is shorter than the run ({duration_text(total)})"
        raise UsageError(what, where="--max")


def check_plan(
    scenario: Scenario,
    plan: Plan,
    *,
    source: str,
    never: Callable[[CriterionRule], str | None] | None = None,
) -> None:
    """Refuse what this plan can never satisfy; `never` says why a rule cannot pass, or None.

    Raises FileError with one line per rule: a phase that is not planned, a limit that no time can
    show at the given rate, an objective relative to a baseline that is not there.
    """
    lines = []
    for index, rule in enumerate(scenario.criteria or ()):
        where = f"{source}: criteria[{index}]"
        if rule.phase is not None and not plan.has(rule.phase):
            planned = ", ".join(name for name in PHASES if plan.has(name))
            lines.append(f"{where}.phase: this run has no phase {rule.phase}; it has: {planned}")
        elif never is not None and (why := never(rule)) is not None:
            lines.append(f"{where}: {rule.id} can never pass: {why}")
    for name, target in scenario.targets.items():
        if target.objective.multiple is not None and not plan.has("baseline"):
            what = "an objective relative to the baseline needs one, and this run has none"
            lines.append(f"{source}: targets.{name}.objective: {what}")
        if target.url is None:
            lines.append(f"{source}: targets.{name}: a service is for rehearse; run needs a url")
    if lines:
        raise FileError(tuple(lines))
