"""How the parent and a collector child speak: orders on stdin, notices on stdout, NDJSON both ways.

Orders: the first line is the child's configuration (secrets only ever travel here, never to disk),
with at least `run` (run id) and `folder` (the child's own folder, made by the parent); then
`{"do": "start", "at": NS}`, `{"do": "stop", "at": NS}`. The end of stdin means that the parent is
gone: the child flushes and ends within 1.5 s. Notices: `{"say": "ready"}` once able to start,
`{"say": "progress", ...}` once a second, `{"say": "done"}` last. All NS are CLOCK_MONOTONIC.
stderr of a child is its `log`. Files in the folder: `events.ndjson`, `heartbeat`, `log`, evidence.
"""

import contextlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from soakgate.adapters.ndjson import Lines
from soakgate.model.times import MS, NS

__all__ = ["Heart", "say"]

CLOCK_STEP = 50 * MS  # smaller moves of the wall clock are slewing by NTP


def say(kind: str, **fields: Any) -> None:
    """Send one notice to the parent; a parent that is gone is noticed by the end of stdin."""
    line = msgspec.json.encode({"say": kind, **fields}) + b"\n"
    with contextlib.suppress(BrokenPipeError, BlockingIOError):
        os.write(sys.stdout.fileno(), line)


class Heart:
    """Heartbeat of a child: a line `NS PID` a second, and an event for each step of the clock."""

    def __init__(self, folder: Path, *, events: Lines) -> None:
        self._fd = os.open(folder / "heartbeat", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._events = events
        self._offset = time.time_ns() - time.monotonic_ns()

    def beat(self, facts: Mapping[str, Any] | None = None) -> None:
        """Write a beat; call it once a second from the loop that does the work. Raises OSError."""
        now = time.monotonic_ns()
        os.write(self._fd, f"{now} {os.getpid()}\n".encode())
        offset = time.time_ns() - now
        if abs(offset - self._offset) > CLOCK_STEP:
            step = round((offset - self._offset) / NS, 6)
            self._events.write({"event": "clock-step", "at": now, "seconds": step})
        self._offset = offset
        if facts is not None:
            say("progress", at=now, **facts)

    def close(self) -> None:
        """Stop beating."""
        os.close(self._fd)
