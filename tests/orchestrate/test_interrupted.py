"""Whatever kills or interrupts a run leaves one that can be judged, and nothing running."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from soakgate.orchestrate.judging import exit_code
from tests.helpers import rundirs
from tests.helpers.live import Live, live, names
from tests.helpers.waiting import alive, children_of, until
from tests.helpers.web import Web

KILLS = int(os.environ.get("SOAKGATE_TEST_KILLS", "6"))
LONG = ("--for", "60s")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Web() as web:
        yield web.url


def test_signals_end_a_run_that_is_judged_sealed_and_names_them(url: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        found = [(n, stack.enter_context(live(tmp_path / n.name, url, *LONG))) for n in numbers]
        for number, run in found:
            run.measuring()
            run.signal(number)
        for number, run in found:
            _check_interrupted(run, number)


def _check_interrupted(run: Live, number: signal.Signals) -> None:
    below = children_of(run.process.pid)
    assert run.end() == 2, run.stderr()
    assert not [p for p in below if alive(p)]
    result = run.result()
    assert result["verdict"] == "inconclusive"
    assert result["reason"].startswith(f"interrupted by {number.name}")
    assert result["run"]["sealed"]
    assert f"interrupted by {number.name}" in run.out
    assert {c["verdict"] for c in result["criteria"]} <= {"pass", "inconclusive"}
    before = (run.folder / "result.json").read_bytes()
    rundirs.judge(run.folder)
    assert (run.folder / "result.json").read_bytes() == before


def test_a_signal_before_the_first_probe_leaves_no_folder(url: str, tmp_path: Path) -> None:
    with live(tmp_path, url, *LONG) as run:
        until(lambda: run.folder.exists() or run.process.poll() is not None)
        run.signal(signal.SIGTERM)
        assert run.end() == 2
        if run.folder.exists():  # it had begun just then
            assert run.result()["verdict"] == "inconclusive"
        else:
            assert run.stderr().splitlines()[-1].startswith("soakgate: SIGTERM before the run")


def test_a_fail_stays_a_fail_when_interrupted(tmp_path: Path) -> None:
    with live(tmp_path, "http://127.0.0.1:1", *LONG) as run:
        run.measuring()
        until(lambda: (run.folder / "collect/probe/heartbeat").read_text().count("\n") > 3)
        run.signal(signal.SIGINT)
        assert run.end() == 2
        result = run.result()
        assert result["verdict"] == "fail"
        assert "SIGINT" in result["reason"]
        assert result["outages"][0]["open"]
        assert result["outages"][0]["kind"] == "refused"


UPGRADE = "phases: {baseline: 500ms, settle: 500ms, soak: 500ms}\nupgrade: {driver: command, "


def test_an_interrupted_upgrade_is_stopped_with_its_grandchildren(url: str, tmp_path: Path) -> None:
    text = "echo begun; sh -c 'trap \\\"\\\" TERM; echo $$ > ../pid; sleep 600' & wait"
    top = f'{UPGRADE}command: "cd \\"$SOAKGATE_RUN\\"; {text}"}}'
    with live(tmp_path, url, top=top) as run:
        run.measuring(event="upgrade-started")
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
        pid = int((tmp_path / "pid").read_text())
        run.signal(signal.SIGINT)
        until(lambda: any(e["event"] == "upgrade-ended" for e in run.events()))
        run.signal(signal.SIGINT)  # what does not heed TERM ends now, and not in 10 s
        assert run.end(20) == 2
        until(lambda: not alive(pid), patience=5)
        result = run.result()
        rows = {c["id"]: c["verdict"] for c in result["criteria"]}
        assert rows["upgrade-happened"] == "inconclusive"
        assert result["verdict"] == "inconclusive"
        assert result["reason"].startswith("interrupted by SIGINT")
        assert [p["name"] for p in result["phases"]] == ["baseline", "upgrade"]
        assert b"begun" in (run.folder / "collect/upgrade/output").read_bytes()


def test_a_killed_parent_takes_its_children_along(url: str, tmp_path: Path) -> None:
    top = f'{UPGRADE}command: "exec sleep 600"}}'
    with live(tmp_path, url, top=top) as run:
        run.measuring(event="upgrade-started")
        below = children_of(run.process.pid)
        assert len(below) >= 3  # prober, command and its guard
        run.process.kill()
        run.process.wait()
        killed = time.monotonic()
        until(lambda: not [p for p in below if alive(p)], patience=9)  # KILL would be at 10 s
        assert time.monotonic() - killed < 5  # 1.5 s on a machine that has time
        assert not (run.folder / "seal.json").exists()
        assert run.judge() == 10
        result = run.result()
        assert result["reason"].startswith("the run did not say its end: it was cut off")
        assert result["run"]["ended"] is not None
        rows = {c["id"]: c["verdict"] for c in result["criteria"]}
        assert rows["upgrade-happened"] == "inconclusive"


def test_a_run_killed_at_any_moment_can_be_judged(url: str, tmp_path: Path) -> None:
    """Moments are spread over the whole run, from its first file to its reports."""
    top = f'{UPGRADE}command: "sleep 0.5"}}'
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(live(tmp_path / str(n), url, top=top)) for n in range(KILLS)]
        for number, run in enumerate(found):
            until(run.folder.exists)
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.process.wait(5.0 / KILLS if number else 0)
            run.process.kill()
            run.process.wait()
        for run in found:
            _check_killed(run)


def _check_killed(run: Live) -> None:
    if not any(run.folder.iterdir()):
        assert run.judge() == 4
        return
    judged = rundirs.judge(run.folder)
    complete = (run.folder / "seal.json").exists()
    assert judged.result.verdict == ("pass" if complete else "inconclusive"), judged.result.reason
    assert exit_code(judged) == (0 if complete else 10)


def test_a_killed_prober_ends_a_run_without_upgrade_and_is_named(url: str, tmp_path: Path) -> None:
    with live(tmp_path, url, *LONG) as run:
        run.measuring()
        os.kill(run.child("probe"), signal.SIGKILL)
        assert run.end(20) == 10
        result = run.result()
        assert result["verdict"] == "inconclusive"
        assert result["reason"].startswith("the probe child died ")
        assert result["run"]["sealed"]
        observer = next(c for c in result["criteria"] if c["id"] == "observer")
        assert observer["verdict"] == "inconclusive"


def test_a_killed_prober_awaits_an_upgrade_and_skips_the_rest(url: str, tmp_path: Path) -> None:
    top = f'{UPGRADE}command: "while [ ! -e \\"$SOAKGATE_RUN/../go\\" ]; do sleep 0.1; done"}}'
    with live(tmp_path, url, top=top) as run:
        run.measuring(event="upgrade-started")
        os.kill(run.child("probe"), signal.SIGKILL)
        until(lambda: "child-ended" in names(run))
        (tmp_path / "go").touch()
        assert run.end(20) == 10
        assert [p["name"] for p in run.result()["phases"]] == ["baseline", "upgrade"]
        rows = {c["id"]: c["verdict"] for c in run.result()["criteria"]}
        assert rows["upgrade-happened"] == "pass"


def test_a_frozen_prober_carries_on_when_it_returns(url: str, tmp_path: Path) -> None:
    with live(tmp_path, url, "--for", "9s") as run:
        run.measuring()
        pid = run.child("probe")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(pid, signal.SIGCONT)
        assert run.end() == 10
        result = run.result()
        assert "child-ended" in names(run)
        assert not [e for e in run.events() if e["event"] == "child-ended" and not e["expected"]]
        assert [g["reason"] for g in result["gaps"]] == ["the prober stood still"]
        rows = {c["id"]: c["verdict"] for c in result["criteria"]}
        assert rows == {"downtime": "inconclusive", "observer": "pass"}


@pytest.mark.slow
def test_a_prober_that_stays_frozen_does_not_keep_the_run_for_ever(
    url: str, tmp_path: Path
) -> None:
    with live(tmp_path, url, *LONG) as run:
        run.measuring()
        os.kill(run.child("probe"), signal.SIGSTOP)
        run.signal(signal.SIGTERM)
        assert run.end(40) == 2
        assert run.result()["verdict"] == "inconclusive"
        why = [e["why"] for e in run.events() if e["event"] == "child-ended"]
        assert why == ["did not end when asked"]
