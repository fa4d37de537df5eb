"""Facts about this machine, read only: what `soakgate doctor` judges."""

import ctypes
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

__all__ = [
    "Disk",
    "clock_is_synchronised",
    "clock_step",
    "cores",
    "disk",
    "file_handles",
    "local_ports",
    "loopback_error",
    "start_error",
]

PATIENCE = 5.0  # seconds for the loopback to answer
START = 30.0  # seconds for a child to import the prober
STATUS_AT, UNSYNCHRONISED = 40, 0x40  # offset of `status` in struct timex (LP64), STA_UNSYNC
TIMEX_BYTES = 512  # more than the 208 of struct timex


def cores() -> float:
    """Give the cores that this process may use: its affinity, or less by a cgroup's quota."""
    try:
        count = float(len(os.sched_getaffinity(0)))
    except AttributeError:  # not Linux
        count = float(os.cpu_count() or 1)
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return min(count, int(quota) / int(period))
    except (OSError, ValueError):  # no cgroup, or no limit ("max")
        return count


def file_handles() -> tuple[int, int]:
    """Give soft and hard limit of open files; the prober raises the soft one to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unbounded = resource.RLIM_INFINITY
    return tuple(sys.maxsize if n == unbounded else n for n in (soft, hard))  # type: ignore[return-value]


def local_ports() -> int | None:
    """Give how many local ports connections may use; None where the system does not say."""
    try:
        low, high = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        return int(high) - int(low) + 1
    except (OSError, ValueError):
        return None


def clock_step() -> int:
    """Give the smallest step of CLOCK_MONOTONIC seen in a thousand readings, ns; 0 if none."""
    readings = [time.monotonic_ns() for _ in range(1000)]
    steps = [b - a for a, b in pairwise(readings) if b > a]
    return min(steps, default=0)


def clock_is_synchronised() -> bool | None:
    """Tell whether the kernel believes its wall clock to be kept by NTP; None: it cannot be told.

    One that is not may be set by a step at any time.
    """
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    buffer = ctypes.create_string_buffer(TIMEX_BYTES)  # modes 0: changes nothing
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (AttributeError, OSError):
        return None
    if state < 0:
        return None
    status = int.from_bytes(buffer.raw[STATUS_AT : STATUS_AT + 4], sys.byteorder)
    return not status & UNSYNCHRONISED


def loopback_error() -> str | None:
    """Say why a connection to 127.0.0.1 does not work; None if it does."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(PATIENCE)
            with socket.create_connection(server.getsockname(), timeout=PATIENCE) as client:
                accepted, _ = server.accept()
                with accepted:
                    accepted.settimeout(PATIENCE)
                    client.sendall(b"x")
                    return None if accepted.recv(1) == b"x" else "a byte was lost"
    except OSError as error:
        return error.strerror or str(error)


@dataclass(frozen=True, slots=True)
class Disk:
    """The place where a run directory would be made: bytes free, and why it cannot be written."""

    place: str
    free: int
    error: str | None


def disk(folder: Path) -> Disk:
    """Look at the nearest existing folder of a path, and try to write there."""
    place = folder.absolute()
    while not place.is_dir() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x")
        return Disk(str(place), free, None)
    except OSError as error:
        return Disk(str(place), 0, error.strerror or str(error))


def start_error(module: str) -> str | None:
    """Say why a child of ours cannot start and import a module; None if it can."""
    argv = [sys.executable, "-c", f"import {module}"]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=START, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if not done.returncode:
        return None
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"ended with code {done.returncode}"
