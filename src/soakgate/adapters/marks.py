"""Marks that a user writes into a run that is going on, from another process of the same host."""

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from soakgate.adapters.ndjson import append_line
from soakgate.errors import UsageError
from soakgate.model.times import NS

__all__ = ["boot_id", "is_going_on", "mark_run", "marks_file", "marks_locked"]

FRESH = 5 * NS  # a collector beats each second; one that is merely late is still running
STARTING = 10 * NS  # from run.json to the first heartbeat, with room for a busy machine
AHEAD = 1 * NS  # a heartbeat from later than that was written by another clock
TRIES = 50  # of 20 ms each, for whoever holds the lock to write one line


def boot_id() -> str | None:
    """Name the boot of this kernel, which is what CLOCK_MONOTONIC counts from; None: unknown."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def marks_file(folder: Path) -> Path:
    """Name the file of a run's marks, which the run makes when it starts."""
    return folder / "collect" / "marks" / "events.ndjson"


@contextmanager
def marks_locked(folder: Path) -> Iterator[None]:
    """Hold the marks of a run, so that none is written while their file is sealed.

    Who cannot get the lock within a second (a holder that stands still, a file system without
    locks, no such file) goes on without it: a run is never kept from its end. Raises OSError.
    """
    try:
        handle = os.open(marks_file(folder), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    try:
        for _ in range(TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno != errno.EWOULDBLOCK:
                    break
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _last_beat(folder: Path) -> int | None:
    """Give the last heartbeat of the prober, monotonic ns of the host that wrote it."""
    try:
        tail = (folder / "collect" / "probe" / "heartbeat").read_bytes()[-200:]
    except OSError:
        return None
    words = [line.split() for line in tail.splitlines() if line.strip()]
    return int(words[-1][0]) if words and words[-1][0].isdigit() else None


def is_going_on(folder: Path, *, now: int) -> bool:
    """Tell whether a run directory is being written at `now` (monotonic ns)."""
    if (folder / "seal.json").exists():
        return False
    beat = _last_beat(folder)
    return _is_starting(folder) if beat is None else -AHEAD <= now - beat <= FRESH


def _is_starting(folder: Path) -> bool:
    """Tell whether a run without a heartbeat was identified only just now, by the wall clock."""
    try:
        age = time.time_ns() - (folder / "run.json").stat().st_mtime_ns
    except OSError:
        return False
    return -AHEAD <= age <= STARTING


def _check_clock(folder: Path, identity: Mapping[str, Any], *, now: int) -> None:
    """Refuse a run of another host or boot: its moments mean nothing here."""
    here, boot = boot_id(), identity.get("boot")
    if here is not None and boot is not None:
        same = here == boot
    else:
        same = identity.get("host") == socket.gethostname()
    beat = _last_beat(folder)
    if not same or (beat is not None and beat > now + AHEAD):
        raise UsageError(
            "the run is of another host or an earlier boot, whose clock is not this one",
            where=str(folder),
            found=f"host {identity.get('host')}",
            hint="mark it on the host where it runs",
        )


def mark_run(folder: Path, text: str, *, at: int, identity: Mapping[str, Any]) -> None:
    """Append a mark at `at` (monotonic ns). Raises UsageError for a run that cannot take it."""
    _check_clock(folder, identity, now=at)
    try:
        with marks_locked(folder):
            if (folder / "seal.json").exists():
                raise UsageError("the run is sealed: it is over", where=str(folder))
            append_line(marks_file(folder), {"event": "mark", "at": at, "text": text})
    except OSError as error:
        raise UsageError(
            "the mark cannot be written", where=str(folder), found=error.strerror
        ) from None
