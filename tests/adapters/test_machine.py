"""Facts about this machine, held against what else tells of it."""

import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from soakgate.adapters import machine


def test_cores_are_those_of_this_process() -> None:
    assert 0 < machine.cores() <= len(os.sched_getaffinity(0))


def test_a_quota_takes_from_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(Path, "read_text", lambda _: "150000 100000\n")
    assert machine.cores() == 1.5
    monkeypatch.setattr(Path, "read_text", lambda _: "max 100000\n")
    assert machine.cores() == 8


def test_limits_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.file_handles() == resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = (1024, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    assert machine.file_handles() == (1024, sys.maxsize)


def test_clocks_move_and_say_whether_they_are_kept() -> None:
    assert 0 < machine.clock_step() < 1_000_000
    assert machine.clock_is_synchronised() in (True, False, None)


@pytest.mark.parametrize(
    ("status", "kept"), [(0x2001, True), (0x2041, False), (0x40, False), (0, True)]
)
def test_the_kernels_word_on_its_wall_clock(
    monkeypatch: pytest.MonkeyPatch, status: int, kept: bool
) -> None:
    class Library:
        def adjtimex(self, buffer: Any) -> int:
            assert not any(buffer.raw)  # modes 0: only asked, never set
            buffer[40:44] = status.to_bytes(4, sys.byteorder)
            return 0

    monkeypatch.setattr(machine.ctypes, "CDLL", lambda *_, **__: Library())
    assert machine.clock_is_synchronised() is kept
    monkeypatch.setattr(Library, "adjtimex", lambda *_: -1)
    assert machine.clock_is_synchronised() is None


def test_loopback() -> None:
    assert machine.loopback_error() is None


def test_a_loopback_without_an_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", fail)
    assert machine.loopback_error() == "Cannot assign requested address"


def test_disk_is_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    found = machine.disk(tmp_path / "runs" / "deep")
    assert (found.place, found.error) == (str(tmp_path), None)
    assert found.free > 0
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_be_written_is_told() -> None:
    found = machine.disk(Path("/proc/runs"))  # not writable for anybody
    assert found.place == "/proc"
    assert found.error


def test_a_module_that_cannot_be_imported_is_told() -> None:
    assert machine.start_error("json") is None
    assert machine.start_error("no_such_module") == (
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
