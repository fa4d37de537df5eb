"""Which phases a run has, how long they are, and which flags do not fit together."""

import pytest

from soakgate.config.load import flags_scenario
from soakgate.config.merge import RunFlags
from soakgate.config.plan import MAX, Plan, check_plan, plan_run, probe_period
from soakgate.config.problems import FileError
from soakgate.config.rules import CriterionRule
from soakgate.config.units import duration_text
from soakgate.errors import UsageError
from soakgate.model.samples import Connection
from soakgate.model.times import NS
from tests.helpers.scenarios import FACTS, SHOP, flags, read

ONE = ("a=http://a/",)
DEFAULTS = "baseline=2m upgrade=? settle=1m soak=5m"


def plan(text: str | None = None, **given: object) -> Plan:
    got = flags(**({"targets": ONE} | given))
    if text is not None:
        return plan_run(read(SHOP + text, flags=got), got)
    return plan_run(flags_scenario(got, criteria=FACTS), got)


def shown(planned: Plan) -> str:
    return " ".join(
        f"{phase.name}={'?' if phase.length is None else duration_text(phase.length)}"
        for phase in planned.phases
    )


@pytest.mark.parametrize(
    ("text", "given", "phases", "total"),
    [
        (None, {"length": "10s"}, "soak=10s", 10),
        (None, {"length": "10s", "soak_only": True, "no_cluster": False}, "soak=10s", 10),
        (None, {"phases": "soak=20s"}, "soak=20s", 20),
        (None, {"phases": "settle=5s,soak=20s"}, "settle=5s soak=20s", 25),
        (None, {"upgrade_command": "x"}, DEFAULTS, None),
        (None, {"no_cluster": False}, DEFAULTS, None),
        (None, {"no_cluster": False, "length": "10m"}, DEFAULTS, 600),
        (None, {"upgrade_command": "x", "phases": "baseline=0s,settle=0s"}, "upgrade=? soak=5m",
         None),
        (None, {"upgrade_command": "x", "phases": "baseline=0s,settle=0s,soak=0s"}, "upgrade=?",
         None),
        ("phases: {baseline: 2m, soak: 30m}", {}, "soak=30m", 1800),
        ("phases: {baseline: 2m, soak: 30m}", {"length": "10s"}, "soak=10s", 10),
        ("phases: {soak: 30m}", {"phases": "settle=5s"}, "settle=5s soak=30m", 1805),
        ("phases: {soak: 30m}\nupgrade: {driver: command, command: x}", {},
         "baseline=2m upgrade=? settle=1m soak=30m", None),
        ("phases: {soak: 30m}\nupgrade: {driver: external}", {}, "soak=30m", 1800),
        ("upgrade: {driver: external}", {"no_cluster": False}, DEFAULTS, None),
        ("upgrade: {driver: command, command: x}", {"soak_only": True, "length": "1m"}, "soak=1m",
         60),
    ],
)  # fmt: skip
def test_phases(text: str | None, given: dict[str, object], phases: str, total: int | None) -> None:
    planned = plan(text, **given)
    assert shown(planned) == phases
    assert planned.total == (None if total is None else total * NS)


@pytest.mark.parametrize(
    ("text", "given", "line"),
    [
        (None, {}, "--no-cluster needs --for"),
        (None, {"soak_only": True}, "--soak-only needs --for"),
        (None, {"phases": "baseline=10s"}, "--no-cluster needs --for"),
        (None, {"phases": "soak=0s"}, "the run is shorter than two periods"),
        (None, {"length": "10s", "phases": "soak=10s"}, "--for: --for is the time of all phases"),
        (None, {"length": "10s", "upgrade_command": "x"}, "--for: a run with an upgrade of its"),
        ("upgrade: {driver: command, command: x}", {"length": "10s"}, "--for: a run with an upgra"),
        (None, {"length": "193ms"}, "the run is shorter than two periods"),
        (None, {"length": "10"}, "--for: a duration needs its unit: 10s?"),
        (None, {"length": "0s"}, "--for: the duration must be above zero"),
        (None, {"length": "10s", "longest": "0s"}, "--max: the duration must be above zero"),
        (None, {"length": "10s", "longest": "5s"}, "--max: it is shorter than the run (10s)"),
        (None, {"length": "2m", "no_cluster": False}, "--for: it must be longer than the baseline"),
    ],
)  # fmt: skip
def test_flags_that_do_not_fit(text: str | None, given: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(text, **given)
    assert str(caught.value).startswith(line)


def test_two_periods_are_enough() -> None:
    assert plan(length="194ms").total == 194 * NS // 1000
    assert plan(length="1.94s", rate=1).total == 1_940_000_000
    with pytest.raises(UsageError, match="at least 1s940ms"):
        plan(length="1.9s", rate=1)


def test_periods_alias_with_nothing_round() -> None:
    assert probe_period(10, connection=Connection.NEW) == 97_000_000
    assert probe_period(10, connection=Connection.REUSED) == 75_700_000


def test_a_run_that_an_upgrade_ends_is_cut_at_the_latest() -> None:
    assert plan(upgrade_command="x").longest == MAX == 6 * 3600 * NS
    assert plan(upgrade_command="x", longest="1h").longest == 3600 * NS
    assert plan(length="10s").longest is None


def test_driver_and_upgrade_of_a_plan() -> None:
    command = plan(upgrade_command="x")
    assert (command.driver, command.has_upgrade, command.lengths()["upgrade"]) == (
        "command", True, 0)  # fmt: skip
    assert command.has("upgrade/node")
    soak = plan(length="10s")
    assert (soak.driver, soak.has_upgrade, soak.has("baseline")) == (None, False, False)


def test_what_is_left_out_is_noted() -> None:
    assert plan(length="10s").notes == ()
    planned = plan("phases: {baseline: 2m, soak: 1m}\nupgrade: {driver: external}")
    assert planned.notes == (
        "no upgrade is run or watched, so there is no baseline",
        "no cluster is watched, so the upgrade cannot be seen and the run cannot pass",
    )


def lines_of(text: str, *, never: object = None, **given: object) -> tuple[str, ...]:
    got = flags(**given)
    scenario = read(SHOP + text, flags=got)
    with pytest.raises(FileError) as caught:
        check_plan(scenario, plan_run(scenario, got), source="f.yaml", never=never)  # type: ignore[arg-type]
    return caught.value.lines


def test_a_rule_of_a_phase_that_is_not_planned() -> None:
    text = "criteria: [{id: errors}, {id: errors, phase: upgrade}, {id: downtime, phase: baseline}]"
    assert lines_of(text, length="10s") == (
        "f.yaml: criteria[1].phase: this run has no phase upgrade; it has: soak",
        "f.yaml: criteria[2].phase: this run has no phase baseline; it has: soak",
    )


def test_a_relative_objective_needs_a_baseline() -> None:
    text = "  b: {url: 'http://b/', objective: 3x baseline p95}"
    both = text.strip().replace("b: {", "targets: {b: {", 1) + "}"
    scenario_text = "soakgate: 1\n" + both
    for given in ({"length": "10s"}, {"upgrade_command": "x", "phases": "baseline=0s"}):
        got = flags(**given)
        scenario = read(scenario_text, flags=got)
        with pytest.raises(FileError, match=r"targets\.b\.objective: an objective relative"):
            check_plan(scenario, plan_run(scenario, got), source="f.yaml")
    got = flags(upgrade_command="x")
    scenario = read(scenario_text, flags=got)
    check_plan(scenario, plan_run(scenario, got), source="f.yaml")


def test_a_criterion_that_can_never_pass() -> None:
    def never(rule: CriterionRule) -> str | None:
        return "needs 3.6 Hz" if rule.id == "downtime" else None

    text = "criteria: [{id: errors}, {id: downtime}]"
    assert lines_of(text, never=never, length="10s") == (
        "f.yaml: criteria[1]: downtime can never pass: needs 3.6 Hz",
    )


def test_services_cannot_be_reached_by_run() -> None:
    got = RunFlags(no_cluster=True, length="10s")
    scenario = read("soakgate: 1\ntargets: {a: {service: 'x/y:80/'}}", flags=got)
    with pytest.raises(FileError, match=r"targets\.a: a service is for rehearse"):
        check_plan(scenario, plan_run(scenario, got), source="f.yaml")
