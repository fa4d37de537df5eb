"""Child processes: their notices, their ends and our signals arrive in one queue, each stamped."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from soakgate.errors import HarnessError

__all__ = ["Child", "Ended", "Group", "Inbox", "Message", "Notice", "Signalled", "signals_into"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that a child said; `at` is when we read it, monotonic ns."""

    child: str
    at: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A process ended; negative codes are signals, as in subprocess."""

    child: str
    at: int
    code: int


@dataclass(frozen=True, slots=True)
class Signalled:
    """We were asked to stop by a signal."""

    at: int
    name: str


Message = Notice | Ended | Signalled
Inbox = SimpleQueue[Message]


class Child:
    """A collector child in a session of its own, so that the terminal's Ctrl-C is ours alone."""

    def __init__(
        self, name: str, *, module: str, config: Mapping[str, Any], log: Path, inbox: Inbox
    ) -> None:
        self.name, self._inbox = name, inbox
        with log.open("ab") as stderr:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    start_new_session=True,
                )
            except OSError as error:
                raise HarnessError(f"cannot start the {name} child: {error.strerror}") from error
        self.tell(config)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def tell(self, order: Mapping[str, Any]) -> None:
        """Send one order; a child that is gone is heard of by its `Ended`."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.write(msgspec.json.encode(order) + b"\n")
            self._process.stdin.flush()

    def release(self) -> None:
        """End the child's stdin, by which it knows that nobody waits for it any more."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def kill(self) -> None:
        """End the child at once, and whatever it started; its `Ended` follows."""
        _signal_group(self._process.pid, signal.SIGKILL)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._hear(line)
        code = self._process.wait()
        self._inbox.put(Ended(self.name, time.monotonic_ns(), code))

    def _hear(self, line: bytes) -> None:
        try:
            data = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return  # a library that prints; the log has its stderr, stdout is ours alone
        self._inbox.put(Notice(self.name, time.monotonic_ns(), data))


GUARD = """
read -r _ && exit
kill -s TERM -- "-$1"
n=0
while [ $n -lt 100 ] && kill -s 0 -- "-$1"; do n=$((n + 1)); sleep 0.1; done
kill -s KILL -- "-$1"
"""
"""Ends a group when the pipe from us ends without a word: only the kernel can tell of our KILL."""


class Group:
    """A user's command in a process group of its own; `output` is a file handle it may write to.

    The group does not outlive us: a guard gives it TERM, and 10 s later KILL, if we are killed.
    """

    def __init__(
        self, name: str, *, argv: Sequence[str], output: int, env: Mapping[str, str]
    ) -> None:
        self.name = name
        try:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"cannot start {argv[0]}: {error.strerror}") from error
        try:
            self._guard = self._start_guard()
        except OSError as error:
            self.signal(signal.SIGKILL)
            raise HarnessError(f"cannot guard {argv[0]}: {error.strerror}") from error

    def _start_guard(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _dismiss_guard(self) -> None:
        with suppress(BrokenPipeError):
            self._guard.communicate(b"over\n")

    def watch(self, inbox: Inbox) -> None:
        """Have the end of the command put into a queue, stamped where the wait returns."""

        def wait() -> None:
            code = self._process.wait()
            inbox.put(Ended(self.name, time.monotonic_ns(), code))
            self._dismiss_guard()

        threading.Thread(target=wait, daemon=True).start()

    def signal(self, number: int) -> None:
        """Signal the whole group; one that is gone is left alone."""
        _signal_group(self._process.pid, number)

    @property
    def alive(self) -> bool:
        """Whether any process of the group is left."""
        try:
            os.killpg(self._process.pid, 0)
        except PermissionError:
            return True
        except ProcessLookupError:
            return False
        return True


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


@contextmanager
def signals_into(inbox: Inbox) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into messages while the block lasts."""

    def put(number: int, _frame: object) -> None:
        inbox.put(Signalled(time.monotonic_ns(), signal.Signals(number).name))

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {number: signal.signal(number, put) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
