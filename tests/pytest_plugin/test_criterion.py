"""`criterion(...)`: the scenario's word holds; own limits are judged on the same evidence."""

from pathlib import Path

import pytest

from soakgate.errors import Exit
from tests.helpers import suites
from tests.pytest_plugin.conftest import Pytester


def _suite(call: str) -> str:
    return f"def test_it(criterion, run, scenario):\n    found = {call}\n"


def test_findings_are_given_back(healthy: Path, run_pytest: Pytester) -> None:
    suite = _suite("criterion('downtime')") + (
        "    assert [row.target for row in found] == ['shop']\n"
        "    assert found[0].observed.value == 0\n"
        "    assert found[0] in run.criteria\n"
        "    assert scenario.targets['shop'].rate == 10\n"
    )
    assert run_pytest("--run-dir", healthy, suite=suite).ret == Exit.PASS


@pytest.mark.parametrize(
    ("call", "limit"),
    [
        ("criterion('downtime', limit='2s')", 2.0),
        ("criterion('downtime', target='shop', limit='2s')", 2.0),
        ("criterion('longest-outage')", 1.0),  # not in the scenario: its default
        ("criterion('downtime', phase='soak')", 1.0),
    ],
)
def test_own_limits_and_criteria_that_the_scenario_does_not_name(
    healthy: Path, run_pytest: Pytester, call: str, limit: float
) -> None:
    suite = _suite(call) + (
        f"    assert [row.limit.value for row in found] == [{limit}]\n"
        "    assert found[0] not in run.criteria\n"
    )
    assert run_pytest("--run-dir", healthy, suite=suite).ret == Exit.PASS


def test_the_scenario_s_limit_holds_where_a_suite_names_none(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    scenario = suites.what_if(healthy, tmp_path, "[{id: downtime, target: shop, limit: 7s}]")
    suite = _suite("criterion('downtime')") + "    assert found[0].limit.value == 7\n"
    assert run_pytest("--run-dir", healthy, "--scenario", scenario, suite=suite).ret == Exit.PASS


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("criterion('downtim')", 'there is no criterion "downtim"; did you mean "downtime"?'),
        ("criterion('downtime', target='shpo')", 'there is no target "shpo"'),
        ("criterion('downtime', limit='soon')", "limit: not a limit"),
        ("criterion('downtime', limits='1s')", "limits"),
        ("criterion('observer', target='shop')", "observer takes no target"),
        ("criterion('downtime', phase='soka')", 'there is no phase "soka"'),
    ],
)
def test_what_does_not_exist_is_a_usage_error_in_one_line(
    healthy: Path, run_pytest: Pytester, call: str, says: str
) -> None:
    result = run_pytest("--run-dir", healthy, suite=_suite(call))
    assert result.ret == Exit.USAGE
    lines = [line for line in result.outlines if line.startswith("soakgate: ")]
    assert len(lines) == 1
    assert says in lines[0]
    assert "Traceback" not in result.stdout.str()
    assert "errors.py" not in result.stdout.str()


def test_waivers_reach_limits_that_a_suite_sets(tmp_path: Path, run_pytest: Pytester) -> None:
    run = suites.failing(tmp_path / "bad")
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {criterion: downtime, owner: team, reason: known, expires: 2999-01-01}\n")
    suite = _suite("criterion('downtime', limit='500ms')")
    args = ("--run-dir", run, "--waivers", waivers)
    result = run_pytest(*args, suite=suite)
    assert result.parseoutcomes() == {"passed": 1}
    assert "waived until 2999-01-01 (team: known)" in result.stdout.str()
    assert result.ret == Exit.INCONCLUSIVE  # the service was still down at the end
    assert run_pytest("--run-dir", run, suite=suite).ret == Exit.FAIL


def test_cluster_of_a_run_without_one_is_inconclusive(healthy: Path, run_pytest: Pytester) -> None:
    result = run_pytest("--run-dir", healthy, suite="def test_it(cluster): pass")
    assert result.ret == Exit.INCONCLUSIVE
    assert result.parseoutcomes() == {"inconclusive": 1}
    assert "the run watched no cluster" in result.stdout.str()


def test_subjects_come_from_the_scenario(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    criteria = (
        "[{id: downtime, limit: 1s}, {id: downtime, target: shop, phase: soak}, "
        "{id: errors, limit: 50%}, {id: longest-outage, limit: 2s}]"
    )
    scenario = suites.what_if(healthy, tmp_path, criteria)
    suite = """
import pytest

@pytest.mark.criterion("downtime")
def test_down(criterion, subject):
    assert len(criterion(subject)) == 1

@pytest.mark.criterion("latency-p95")
def test_slow(criterion, subject):
    raise AssertionError("not asked for")

@pytest.mark.criterion("*")
def test_rest(criterion, subject):
    criterion(subject)
"""
    result = run_pytest("--run-dir", healthy, "--scenario", scenario, "-v", "-rs", suite=suite)
    found = [line.split("::")[1].split()[0] for line in result.outlines if "::" in line]
    assert found == [
        "test_down[shop]", "test_down[shop:soak]", "test_slow[none]",
        "test_rest[errors-shop]", "test_rest[longest-outage-shop]",
    ]  # fmt: skip
    assert "the scenario has no criterion latency-p95" in result.stdout.str()
    assert result.parseoutcomes() == {"passed": 4, "skipped": 1}


def test_soak_suite_asks_for_every_criterion_of_the_scenario(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    from soakgate.orchestrate import plugins

    names = [n for n, c in plugins.criteria().items() if n != "upgrade-happened"]
    scenario = suites.what_if(
        healthy, tmp_path, "[" + ", ".join(f"{{id: {name}}}" for name in names) + "]"
    )
    args = ("--run-dir", healthy, "--scenario", scenario, "-v")
    result = run_pytest(*args, suites.SOAK, suite=None)
    ran = "\n".join(line for line in result.outlines if "::" in line and "SKIPPED" not in line)
    for name in names:
        assert f"test_{name.replace('-', '_')}[" in ran or f"[{name}" in ran, name
