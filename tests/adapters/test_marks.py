"""The lock that keeps marks out of a file while it is sealed."""

import fcntl
import json
import os
from pathlib import Path

import pytest

from soakgate.adapters import marks, rundir
from soakgate.adapters.marks import boot_id, mark_run, marks_file, marks_locked
from soakgate.adapters.rundir import write_seal
from soakgate.errors import UsageError
from tests.helpers.rundirs import Made, verdict


def is_locked(folder: Path) -> bool:
    """Tell whether somebody else holds the marks of a run."""
    handle = os.open(marks_file(folder), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def test_the_lock_is_held_and_given_back(tmp_path: Path) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    with marks_locked(run):
        assert is_locked(run)
    assert not is_locked(run)
    with pytest.raises(ZeroDivisionError), marks_locked(run):
        raise ZeroDivisionError
    assert not is_locked(run)


def test_a_holder_that_stands_still_keeps_no_run_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    waits: list[float] = []
    monkeypatch.setattr(marks.time, "sleep", waits.append)
    handle = os.open(marks_file(run), os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with marks_locked(run):
        assert 0.5 < sum(waits) < 2
    os.close(handle)


def test_a_run_without_marks_can_be_sealed(tmp_path: Path) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    marks_file(run).unlink()
    with marks_locked(run):
        assert not marks_file(run).exists()


def test_a_seal_that_came_first_refuses_the_mark_that_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    handle = os.open(marks_file(run), os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)

    def seal(_: float) -> None:  # what the holder does while the mark waits
        (run / "seal.json").write_text("{}")
        os.close(handle)

    monkeypatch.setattr(marks.time, "sleep", seal)
    with pytest.raises(UsageError, match="the run is sealed"):
        mark_run(run, "late", at=1, identity={"boot": boot_id()})
    assert len(marks_file(run).read_text().splitlines()) == 1


def test_a_mark_before_the_seal_is_sealed_with_it(tmp_path: Path) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    mark_run(run, "in time", at=1, identity={"boot": boot_id()})
    write_seal(run, run="made-up-1")
    assert "collect/marks/events.ndjson" in json.loads((run / "seal.json").read_text())["files"]
    assert verdict(run)[0] == "pass"


def test_the_marks_are_held_while_their_digest_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Made(seal=False).write(tmp_path / "r")
    digest, held = rundir.digest, {}

    def look(path: Path) -> str:
        held[path.parent.name] = is_locked(run)
        return digest(path)

    monkeypatch.setattr(rundir, "digest", look)
    write_seal(run, run="made-up-1")
    assert held["marks"]
    assert not held["probe"]  # digests of hours of samples must not keep a mark waiting
