"""The user's command: its end, its output, its grandchildren, and our own death."""

import signal
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from soakgate.adapters.process import Ended, Group, Inbox
from soakgate.config.upgrade import CommandUpgrade
from soakgate.errors import HarnessError
from soakgate.upgrade import command
from soakgate.upgrade.command import RunningCommand
from soakgate.upgrade.driver import Scene, Stopped, UpgradeEnd
from soakgate.upgrade.output import KEPT
from tests.helpers.rundirs import ROOT, environment
from tests.helpers.waiting import alive, until


def start(folder: Path, text: str) -> tuple[RunningCommand, Inbox]:
    inbox: Inbox = SimpleQueue()
    scene = Scene(folder, folder, "run-1", inbox, lambda *_, **__: None)
    options = CommandUpgrade(driver="command", command=text)
    return command.start(options, scene), inbox


def end(inbox: Inbox) -> int:
    message = inbox.get(timeout=20)
    assert isinstance(message, Ended)
    return message.code


def run(folder: Path, text: str, *, stopped: Stopped | None = None) -> UpgradeEnd:
    running, inbox = start(folder, text)
    return running.finish(end(inbox), stopped=stopped)


@pytest.mark.parametrize(
    ("text", "ok", "detail"),
    [
        ("true", True, "the upgrade command ended with code 0"),
        ("exit 3", False, "the upgrade command ended with code 3"),
        ("kill -9 $$", False, "the upgrade command was ended by SIGKILL"),
        ("kill -40 $$", False, "the upgrade command was ended by signal 40"),
        ("no-such-program", False, "the upgrade command ended with code 127"),
    ],
)
def test_how_it_ended(tmp_path: Path, text: str, ok: bool, detail: str) -> None:
    found = run(tmp_path, text)
    assert (found.ok, found.detail) == (ok, detail)


def test_a_command_cut_short_by_us_proves_nothing_and_one_out_of_time_fails(tmp_path: Path) -> None:
    for number, (failed, ok) in enumerate([(False, None), (True, False)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = run(folder, "true", stopped=Stopped("SIGINT", failed=failed))
        assert found.ok is ok
        assert found.detail == "the upgrade command was stopped: SIGINT"


def test_output_of_both_streams_is_evidence_and_names_the_run(tmp_path: Path) -> None:
    run(tmp_path, 'echo one; echo two >&2; printf %s "$SOAKGATE_RUN"; cat')  # stdin is empty
    assert (tmp_path / "output").read_text() == f"# run run-1\none\ntwo\n{tmp_path}"


def test_output_without_end_is_bounded_and_keeps_both_ends(tmp_path: Path) -> None:
    run(tmp_path, "echo first; seq 1 900000; echo last")
    data = (tmp_path / "output").read_bytes()
    assert data.startswith(b"# run run-1\nfirst\n1\n2\n")
    assert data.endswith(b"\n900000\nlast\n")
    assert 2 * KEPT < len(data) < 2 * KEPT + 200
    written = len(b"first\nlast\n") + sum(len(str(n)) + 1 for n in range(1, 900_001))
    assert f"\n# {written - 2 * KEPT} bytes left out\n".encode() in data


def test_output_is_on_disk_while_the_command_runs(tmp_path: Path) -> None:
    running, inbox = start(tmp_path, "echo early; exec sleep 60")
    until(lambda: b"early" in (tmp_path / "output").read_bytes())
    running.kill()
    assert running.finish(end(inbox), stopped=None).detail.endswith("SIGKILL")


def test_programs_left_in_the_background_neither_delay_the_end_nor_die(tmp_path: Path) -> None:
    text = "sh -c 'while :; do echo x; sleep 0.01; done' & echo $! > pid"
    running, inbox = start(tmp_path, f"cd {tmp_path}; {text}")
    found = running.finish(end(inbox), stopped=None)
    assert found.ok
    pid = int((tmp_path / "pid").read_text())
    size = (tmp_path / "output").stat().st_size
    assert running.alive
    assert alive(pid)
    assert (tmp_path / "output").stat().st_size == size  # it was sealed at this size
    running.kill()
    until(lambda: not alive(pid))


def test_the_whole_group_is_asked_and_then_ended(tmp_path: Path) -> None:
    text = "sh -c 'trap \"\" TERM; echo $$ > pid; while :; do sleep 0.1; done' & wait"
    running, inbox = start(tmp_path, f"cd {tmp_path}; {text}")
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    pid = int((tmp_path / "pid").read_text())
    running.stop()
    assert end(inbox) == -signal.SIGTERM
    assert running.alive  # the grandchild does not heed TERM
    running.kill()
    until(lambda: not alive(pid))


OWNER = """
import sys, time
from pathlib import Path
from tests.upgrade.test_command import start
running, _ = start(Path(sys.argv[1]), "echo $$ > " + sys.argv[1] + "/pid; exec sleep 600")
time.sleep(600)
"""


def test_it_does_not_outlive_us_even_if_we_are_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, env=environment()
    )
    pid_file = tmp_path / "pid"
    until(lambda: pid_file.exists() and pid_file.read_text().strip())
    pid = int(pid_file.read_text())
    assert alive(pid)
    owner.kill()
    owner.wait()
    until(lambda: not alive(pid), patience=5)


def test_the_guard_of_a_command_that_has_ended_ends_too(tmp_path: Path) -> None:
    running, inbox = start(tmp_path, "true")
    end(inbox)
    guard = running._group._guard
    until(lambda: guard.poll() is not None)
    assert guard.returncode == 0


def test_a_program_that_cannot_be_started_is_one_line() -> None:
    with pytest.raises(HarnessError, match="cannot start /nowhere/at/all: No such file"):
        Group("x", argv=["/nowhere/at/all"], output=1, env={})
