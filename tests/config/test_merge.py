"""Flags over a scenario: they add, they win, and the same thing twice is an error."""

import pytest

from soakgate.config.load import flags_scenario
from soakgate.config.merge import RunFlags, merge_flags, parse_phases, what_if_conflicts
from soakgate.config.scenario import Phases, Scenario
from soakgate.config.upgrade import CommandUpgrade, ExternalUpgrade
from soakgate.errors import UsageError
from soakgate.model.times import NS
from tests.helpers.scenarios import FACTS, SHOP, flags, problems, read

ONE = ("a=http://a/",)


def make(**given: object) -> Scenario:
    return flags_scenario(flags(**given), criteria=FACTS)


def test_targets_by_flag() -> None:
    scenario = make(targets=("a=http://a/?x=y", "b=http://b/"), expect_status="200,204", rate=5)
    assert scenario.targets["a"].url == "http://a/?x=y"
    assert all(target.expect.status == (200, 204) for target in scenario.targets.values())
    assert all(target.rate == 5 for target in scenario.targets.values())


def test_flags_add_targets_and_win_over_a_scenario() -> None:
    text = SHOP.replace("shop: {", "shop: {rate: 3, objective: 1s, expect: {body: x}, ")
    both = flags(targets=("shop=http://new/", "b=http://b/"), expect_body="ok")
    scenario = read(text + "criteria: [{id: errors, target: b}]", flags=both)
    shop = scenario.targets["shop"]
    assert (shop.url, shop.expect.body, shop.rate) == ("http://new/", "ok", 3.0)
    assert shop.objective.ns == NS
    assert scenario.targets["b"].rate == 10.0


def test_rate_is_for_all_targets() -> None:
    scenario = read(SHOP, flags=flags(targets=ONE, rate="50"))
    assert [target.rate for target in scenario.targets.values()] == [50.0, 50.0]


def test_expectations_of_flags_are_for_targets_of_flags() -> None:
    scenario = read(SHOP, flags=flags(targets=ONE, expect_body="ok"))
    assert scenario.targets["shop"].expect.body is None
    assert scenario.targets["a"].expect.body == "ok"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"targets": ("a=http://a/", "a=http://b/")}, "--target a: the name is given twice"),
        ({"targets": ("a",)}, "--target: not a target; expected NAME=URL"),
        ({"targets": ("a=",)}, "--target a: not a target; expected NAME=URL"),
        ({"targets": ("=http://x",)}, "--target : a name is"),
        ({"targets": ("A=http://x",)}, "--target A: a name is"),
        ({"targets": ("@control=http://x",)}, "--target @control: a name is"),
        ({"targets": ("a=ftp://x",)}, "--target a: url: malformed URL"),
        ({"targets": ("a=http://u:p@x",)}, "--target a: url: a URL cannot hold user:password"),
        ({"targets": ONE, "rate": 201}, "--rate: rate: at most 200"),
        ({"targets": ONE, "rate": 0}, "--rate: rate: the rate must be above zero"),
        ({"targets": ONE, "expect_status": "2xx"}, "--expect-status: not a list of statuses"),
        ({"targets": ONE, "expect_status": "200,"}, "--expect-status: not a list of statuses"),
        ({"targets": ONE, "expect_body": ""}, "--expect-body: body: the text must not be empty"),
        ({"expect_body": "x"}, "--expect-body: it is for targets given by --target"),
        ({"expect_status": "200"}, "--expect-status: it is for targets given by --target"),
        ({"targets": ONE, "upgrade_command": ""}, "--upgrade-command: command: a text"),
        ({"targets": ONE, "upgrade_command": "x", "soak_only": True}, "--upgrade-command: --soak"),
        ({"targets": ONE, "phases": "soek=1m"}, '--phases: there is no phase "soek" to set; did'),
        ({"targets": ONE, "phases": "upgrade=1m"}, '--phases: there is no phase "upgrade" to set'),
        ({"targets": ONE, "phases": "soak=1m,soak=2m"}, "--phases: soak is given twice"),
        ({"targets": ONE, "phases": "soak"}, "--phases: soak has no length"),
        ({"targets": ONE, "phases": "soak=5"}, "--phases: soak: a duration needs its unit: 5s?"),
        ({"targets": ONE, "phases": ""}, '--phases: there is no phase ""'),
        ({}, "command line: there is no target and no load"),
    ],
)  # fmt: skip
def test_flags_that_cannot_be_used(given: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(**given)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_phases_over_a_scenario() -> None:
    over = Phases(baseline="1m", soak="1h")
    phases = parse_phases("soak=5m, settle=0s", over=over)
    assert (phases.baseline, phases.settle, phases.soak) == (60 * NS, 0, 300 * NS)


def test_upgrade_of_a_run() -> None:
    base = read(SHOP)
    assert merge_flags(base, RunFlags()).upgrade == ExternalUpgrade()
    assert merge_flags(base, RunFlags(soak_only=True)).upgrade is None
    assert merge_flags(base, flags()).upgrade is None
    command = merge_flags(base, flags(upgrade_command="./roll.sh")).upgrade
    assert command == CommandUpgrade(command="./roll.sh")


def test_upgrade_happened_is_judged_but_for_soak_only() -> None:
    text = SHOP + "criteria: [{id: upgrade-happened}, {id: errors}]\nupgrade: {driver: external}"
    for given, ids in (
        (RunFlags(), ["upgrade-happened", "errors"]),
        (RunFlags(soak_only=True, length="1m"), ["errors"]),
    ):
        rules = read(text, flags=given).criteria
        assert rules is not None
        assert [rule.id for rule in rules] == ids
    added = make(targets=ONE, upgrade_command="x").criteria
    assert added is not None
    assert added[-1].id == "upgrade-happened"


def test_no_load() -> None:
    text = SHOP + "load: {host: 'http://x'}"
    assert read(text).load is not None
    assert read(text, flags=flags(no_load=True)).load is None


def test_criteria_may_name_targets_of_flags_only_if_they_are_given() -> None:
    text = SHOP + "criteria: [{id: errors, target: a}]"
    assert read(text, flags=flags(targets=ONE))
    assert 'there is no target "a"' in problems(text)[0]


def test_what_if_asks_of_the_same_targets() -> None:
    base = read(SHOP)
    assert what_if_conflicts(base, read(SHOP + "criteria: [{id: errors, limit: 5%}]")) == ()
    assert what_if_conflicts(base, read(SHOP.replace("shop:", "other:"))) == (
        "targets.other: the run has no such target",
        "targets.shop: the scenario has no such target",
    )
    other = read(SHOP.replace("'}", "', expect: {status: [200]}}"))
    assert what_if_conflicts(base, other) == (
        "targets.shop.expect: differs from what was measured",
    )
