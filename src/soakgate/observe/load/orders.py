"""Orders of the parent on stdin, and the promise that no load outlives the parent.

A thread of the system, not a greenlet, watches for the end of stdin: a task that never yields
must not keep a process alive that nobody will ever stop.
"""

import os
import select
import time
from collections import deque
from typing import Any

import gevent
import msgspec
from gevent import monkey, socket
from gevent.event import Event

from soakgate.errors import UsageError

__all__ = ["Orders", "guard_stdin"]

PATIENCE = 1.3  # seconds from the end of stdin to the end of the process, whatever it does
LONGEST = 1 << 22  # bytes of one line


def guard_stdin(*, patience: float = PATIENCE) -> None:
    """End this process `patience` seconds after stdin has ended, if it has not ended by itself."""
    start_thread = monkey.get_original("_thread", "start_new_thread")
    poll = monkey.get_original("select", "poll")
    sleep = monkey.get_original("time", "sleep")

    def watch() -> None:
        poller = poll()
        poller.register(0, select.POLLHUP)
        while not any(mask & select.POLLHUP for _, mask in poller.poll(1000)):
            pass
        sleep(patience)
        os._exit(1)

    start_thread(watch, ())


class Orders:
    """Lines of stdin; `ended` once the parent is gone."""

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._news = Event()
        self.ended = False
        gevent.spawn(self._read)

    def wait(self, until: int | None) -> None:
        """Wait for news, at the latest until a moment, ns."""
        left = None if until is None else max(0.0, (until - time.monotonic_ns()) / 1e9)
        if not self._lines and not self.ended:
            self._news.wait(left)

    def first(self) -> bytes:
        """Give the configuration line; empty if there is none."""
        while not self._lines and not self.ended:
            self._news.wait()
            self._news.clear()
        return self._lines.popleft() if self._lines else b""

    def next(self) -> dict[str, Any] | None:
        """Give the next order, or None for now. Raises UsageError for one that makes no sense."""
        self._news.clear()
        if not self._lines:
            if self.ended:
                self._news.set()
            return None
        line = self._lines.popleft()
        try:
            return msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise UsageError("load: an order cannot be read", found=repr(line)[:80]) from error

    def _read(self) -> None:
        data = b""
        while True:
            socket.wait_read(0)
            chunk = os.read(0, 1 << 16)
            if not chunk or len(data) > LONGEST:
                break
            *lines, data = (data + chunk).split(b"\n")
            self._lines.extend(line for line in lines if line.strip())
            self._news.set()
        self.ended = True
        self._news.set()
