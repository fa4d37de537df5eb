"""Each verdict has its outcome, letter, words, JUnit form and exit code, as the verbs have."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from soakgate.errors import Exit
from soakgate.orchestrate.judging import exit_code, judge_folder
from tests.helpers import suites
from tests.helpers.rundirs import Made, at
from tests.pytest_plugin.conftest import Pytester

# The healthy run gives 0 s at 10 Hz, of which up to 0.36 s may have gone unseen.
PASSES = "[{id: downtime, limit: 1s}]"
OPEN = "[{id: downtime, limit: 100ms}]"
WARNS = "[{id: downtime, limit: 100ms, level: warn}]"
INFO = "[{id: downtime, limit: 100ms, level: info}]"
NONE = "[]"


@pytest.mark.parametrize(
    ("criteria", "counts", "code"),
    [
        (PASSES, {"passed": 2}, Exit.PASS),
        (WARNS, {"passed": 2}, Exit.PASS),
        (OPEN, {"passed": 1, "inconclusive": 1}, Exit.INCONCLUSIVE),
        (INFO, {"passed": 2}, Exit.NOTHING),
    ],
)
def test_exit_code_is_that_of_judge(
    healthy: Path, tmp_path: Path, run_pytest: Pytester, criteria: str, counts: dict, code: Exit
) -> None:
    scenario = suites.what_if(healthy, tmp_path, criteria)
    result = run_pytest("--run-dir", healthy, "--scenario", scenario)
    assert result.ret == code
    assert {k: v for k, v in result.parseoutcomes().items() if v} == counts
    assert _judged(healthy, scenario) == code


def _judged(run: Path, scenario: Path) -> Exit:
    from soakgate.config.load import read_scenario
    from soakgate.orchestrate import plugins
    from soakgate.verdict.criterion import facts_of

    facts = facts_of(plugins.criteria())
    asked = read_scenario(scenario.read_bytes(), source="s", criteria=facts)
    return exit_code(judge_folder(run, what_if=asked))


def test_a_what_if_does_not_leave_the_upgrade_out(tmp_path: Path, run_pytest: Pytester) -> None:
    run = Made(
        top="upgrade: {driver: command, command: exit 7}",
        criteria="[{id: downtime}, {id: upgrade-happened}]",
        phases=(("baseline", 0.0), ("upgrade", 10.0), ("soak", 20.0)),
        events=[
            {"event": "upgrade-started", "at": at(10), "driver": "command"},
            {"event": "upgrade-ended", "at": at(20), "ok": False, "detail": "code 7"},
        ],
        upgrade="command",
    ).write(tmp_path / "run")
    scenario = suites.what_if(run, tmp_path, "[{id: downtime}]")
    scenario.write_text(scenario.read_text().replace("upgrade: {driver", "# {"))
    result = run_pytest("--run-dir", run, "--scenario", scenario, suites.SOAK, suite=None)
    assert result.ret == Exit.FAIL == _judged(run, scenario)
    assert "the upgrade did not happen" in result.stdout.str()


def test_failing_criterion(tmp_path: Path, run_pytest: Pytester) -> None:
    run = suites.failing(tmp_path / "bad")
    result = run_pytest("--run-dir", run, "--junit-xml", "j.xml", "-v")
    assert result.ret == Exit.FAIL
    out = result.stdout.str()
    assert "FAIL downtime shop: " in out
    assert "shop was not served for" in out
    assert "refused × 51" in out
    assert "soakgate judge" in out
    for word in ("Traceback", "NotHeld", "conftest.py", "def test_it"):
        assert word not in out
    failures = _failures(run_pytest.box.path / "j.xml")
    assert failures["test_it"].get("type") == "fail"
    assert failures["test_it"].get("message").startswith("FAIL downtime shop: ")
    assert failures["test_whole"].get("type") == "inconclusive"  # still down at the end
    assert "1 failed" in suites.summary(result)
    assert "1 inconclusive" in suites.summary(result)


def _failures(path: Path) -> dict[str, ElementTree.Element]:
    root = ElementTree.parse(path).getroot()
    found = {}
    for case in root.iter("testcase"):
        found.update({case.get("name"): node for node in case.findall("failure")})
    return found


def test_inconclusive_has_letter_word_colour_and_type(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    scenario = suites.what_if(healthy, tmp_path, OPEN)
    args = ("--run-dir", healthy, "--scenario", scenario)
    short = run_pytest(*args, "--junit-xml", "j.xml")
    short.stdout.fnmatch_lines(["test_it.py .?*", "*= inconclusive =*", "*::test_it"])
    assert "it cannot be excluded that shop was down for up to" in short.stdout.str()
    failure = _failures(run_pytest.box.path / "j.xml")["test_it"]
    assert failure.get("type") == "inconclusive"
    assert failure.get("message").startswith("INCONCLUSIVE downtime shop: 0 ms (0 - 358)")
    long = run_pytest(*args, "-v", "--color=yes")
    assert "\x1b[35mINCONCLUSIVE\x1b[0m" in long.stdout.str()
    assert "\x1b[35m?" in run_pytest(*args, "--color=yes").stdout.str()


def test_observed_and_limit_are_properties_of_the_test_case(
    healthy: Path, run_pytest: Pytester
) -> None:
    run_pytest("--run-dir", healthy, "--junit-xml", "j.xml")
    root = ElementTree.parse(run_pytest.box.path / "j.xml").getroot()
    case = next(c for c in root.iter("testcase") if c.get("name") == "test_it")
    facts = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert facts["downtime/shop.verdict"] == "pass"
    assert facts["downtime/shop.limit"] == "<= 1 s"
    assert facts["downtime/shop.observed"].startswith("0 s (0 - 0.36)")


def test_warning_passes_and_is_listed(healthy: Path, tmp_path: Path, run_pytest: Pytester) -> None:
    scenario = suites.what_if(healthy, tmp_path, WARNS)
    result = run_pytest("--run-dir", healthy, "--scenario", scenario, "-v", "-W", "error")
    result.stdout.fnmatch_lines(
        ["*test_it WARN*", "*= soakgate warnings =*", "WARN downtime shop*"]
    )
    assert "2 passed" in suites.summary(result)


def test_unsealed_run_never_passes_whatever_is_asked(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    run = suites.unseal(suites.copy(healthy, tmp_path / "cut"))
    whole = run_pytest("--run-dir", run)
    assert whole.ret == Exit.INCONCLUSIVE
    assert whole.parseoutcomes() == {"passed": 1, "inconclusive": 1}
    part = run_pytest("--run-dir", run, "-k", "not whole")
    assert part.parseoutcomes() == {"passed": 1, "deselected": 1}
    assert part.ret == Exit.INCONCLUSIVE
    assert "the run itself is INCONCLUSIVE: the run was not sealed" in part.stdout.str()


def test_unreadable_run_is_inconclusive_with_its_reason(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    run = suites.copy(healthy, tmp_path / "broken")
    (run / "run.json").write_text("{")
    result = run_pytest("--run-dir", run)
    assert result.ret == Exit.INCONCLUSIVE
    assert result.parseoutcomes() == {"inconclusive": 2}
    assert "run.json cannot be read" in result.stdout.str()
    soak = run_pytest("--run-dir", run, suites.SOAK, suite=None)
    assert soak.ret == Exit.INCONCLUSIVE
    assert "passed" not in soak.parseoutcomes()


def test_a_plain_failure_beside_an_open_verdict_fails(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    scenario = suites.what_if(healthy, tmp_path, OPEN)
    suite = suites.SUITE + "\ndef test_mine(run):\n    assert run.verdict == 'pass'\n"
    result = run_pytest("--run-dir", healthy, "--scenario", scenario, suite=suite)
    assert result.ret == Exit.FAIL
    assert result.parseoutcomes() == {"passed": 1, "inconclusive": 1, "failed": 1}
    assert "assert 'inconclusive' == 'pass'" in result.stdout.str()


def test_open_verdict_that_a_test_expects_leaves_its_own_failure(
    healthy: Path, run_pytest: Pytester
) -> None:
    suite = """
import pytest
def test_it(criterion):
    with pytest.raises(Exception, match="INCONCLUSIVE"):
        criterion("downtime", limit="100ms")
    assert 1 == 2
"""
    result = run_pytest("--run-dir", healthy, suite=suite)
    assert result.ret == Exit.FAIL
    assert result.parseoutcomes() == {"failed": 1}


@pytest.mark.parametrize("args", [("-k", "nothing"), ("--deselect", "test_it.py")])
def test_nothing_selected_is_nothing_evaluated(
    healthy: Path, run_pytest: Pytester, args: tuple[str, ...]
) -> None:
    assert run_pytest("--run-dir", healthy, *args).ret == Exit.NOTHING


def test_all_skipped_is_nothing_evaluated(healthy: Path, run_pytest: Pytester) -> None:
    suite = "import pytest\ndef test_it(criterion): pytest.skip('not now')"
    assert run_pytest("--run-dir", healthy, suite=suite).ret == Exit.NOTHING


def test_scenario_without_criteria_is_nothing_evaluated(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    scenario = suites.what_if(healthy, tmp_path, NONE)
    result = run_pytest("--run-dir", healthy, "--scenario", scenario, suites.SOAK, suite=None)
    assert result.ret == Exit.NOTHING


def test_sessions_without_our_fixtures_are_left_alone(run_pytest: Pytester) -> None:
    skipped = run_pytest(suite="import pytest\ndef test_it(): pytest.skip('x')")
    assert skipped.ret == pytest.ExitCode.OK
    failed = run_pytest(suite="def test_it(): assert 0")
    assert failed.ret == pytest.ExitCode.TESTS_FAILED
    own = "import pytest\n@pytest.fixture\ndef run(): return 7\ndef test_it(run): assert run == 7"
    passed = run_pytest(suite=own)
    assert passed.ret == pytest.ExitCode.OK
    for result in (skipped, failed, passed):
        assert "soakgate" not in result.stdout.str().split("collected")[1]
