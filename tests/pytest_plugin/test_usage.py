"""Wrong usage: one line, exit 4, nothing recorded. Options give way to those of others."""

from pathlib import Path

import pytest

from soakgate.errors import Exit
from tests.helpers import suites
from tests.pytest_plugin.conftest import Pytester


def _error(result: pytest.RunResult) -> str:
    assert result.ret == Exit.USAGE
    lines = [line for line in result.errlines if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


SHOP = ("--target", "shop=http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "give --run-dir DIR, or --scenario FILE or --target NAME=URL"),
        (("--run-dir", "nowhere"), "--run-dir nowhere: is no run directory"),
        (("--scenario", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("--run-dir", ".", "--for", "3s"), "--for: is for a new run"),
        ((*SHOP, "--no-cluster"), "--no-cluster needs --for DURATION"),
        ((*SHOP, "--for", "9m"), "watching a cluster is not built yet"),
        ((*SHOP, "--no-cluster", "--for", "soon"), "--for: not a duration"),
        ((*SHOP, "--no-cluster", "--for", "3s", "--rate", "1"), "can never pass: at 1 Hz"),
        (("--target", "shop", "--no-cluster", "--for", "3s"), "expected NAME=URL"),
    ],
)
def test_wrong_usage_is_one_line(run_pytest: Pytester, args: tuple[str, ...], says: str) -> None:
    assert says in _error(run_pytest(*args))
    assert not (run_pytest.box.path / "runs").exists()


def test_what_if_about_other_targets_is_refused(
    healthy: Path, tmp_path: Path, run_pytest: Pytester
) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("soakgate: 1\ntargets: {pay: {url: 'http://127.0.0.1:9/'}}\n")
    result = run_pytest("--run-dir", healthy, "--scenario", path)
    assert result.ret == Exit.USAGE
    assert "the run has no such target" in result.stdout.str()


def test_settings_of_the_environment_hold(
    run_pytest: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOAKGATE_SCENARIO", "from-environment.yaml")
    assert "from-environment.yaml: cannot be read" in _error(run_pytest())


def test_listing_tests_needs_no_run(run_pytest: Pytester) -> None:
    result = run_pytest("--collect-only", suites.SOAK, suite=None)
    assert result.ret == Exit.PASS
    result.stdout.fnmatch_lines(["*test_downtime*"])


def test_deselected_tests_need_no_run(run_pytest: Pytester) -> None:
    suite = suites.SUITE + "\ndef test_other(): pass\n"
    assert run_pytest("-k", "other", suite=suite).ret == Exit.PASS


def test_conftest_may_claim_our_short_names(healthy: Path, run_pytest: Pytester) -> None:
    run_pytest.box.makeconftest(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--target', default='theirs')\n"
        "    parser.getgroup('x').addoption('--rate', dest='pace', default=3)\n"
    )
    suite = (
        "def test_it(criterion, request):\n"
        "    assert request.config.getoption('--target') == 'mine'\n"
        "    assert request.config.getoption('pace') == 3\n"
        "    criterion('downtime')\n"
    )
    result = run_pytest("--run-dir", healthy, "--target=mine", suite=suite)
    assert result.ret == Exit.PASS, result.stdout.str()
    long = run_pytest("--soakgate-target", "a=http://127.0.0.1:9/", "--for", "9m")
    assert "watching a cluster" in _error(long)


@pytest.mark.parametrize("args", [("--out", "mine"), ("--out=mine",)])
def test_plugins_keep_their_names(
    healthy: Path, args: tuple[str, ...], run_pytest: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_pytest.box.makepyfile(
        early="def pytest_addoption(parser): parser.addoption('--out', default='theirs')\n"
    )
    monkeypatch.syspath_prepend(run_pytest.box.path)
    suite = "def test_it(request, run): assert request.config.getoption('--out') == 'mine'"
    result = run_pytest("-p", "early", "--run-dir", healthy, *args, suite=suite)
    assert result.ret == Exit.PASS, result.stdout.str()


def test_help_lists_each_option_under_both_names(run_pytest: Pytester) -> None:
    text = run_pytest("--help", suite=None).stdout.str()
    for name in ("run-dir", "scenario", "target", "expect-status", "expect-body", "rate", "for",
                 "max", "phases", "no-cluster", "upgrade-command", "soak-only", "no-load",
                 "waivers", "out"):  # fmt: skip
        assert f"--{name}" in text
        assert f"--soakgate-{name}" in text


def test_scenario_without_its_file_is_told_for_the_marked_suite_too(run_pytest: Pytester) -> None:
    result = run_pytest("--scenario", "nowhere.yaml", suites.SOAK, suite=None)
    assert "nowhere.yaml: cannot be read" in _error(result)


def test_run_directories_are_not_searched_for_conftest(healthy: Path, run_pytest: Pytester) -> None:
    run = suites.copy(healthy, run_pytest.box.path / "foreign")
    (run / "conftest.py").write_text("raise SystemExit('executed')")
    assert run_pytest("test_it.py", "--run-dir", run).ret == Exit.PASS
