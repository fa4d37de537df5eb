"""The children of a run: started together, told together, and none left behind."""

import os
import time
from collections.abc import Mapping
from queue import Empty
from typing import Any

from soakgate.adapters.process import Child, Ended, Inbox, Message, Notice, Signalled
from soakgate.adapters.rundir import RunDir
from soakgate.errors import (
    Exit,
    HarnessError,
    InterruptedEarly,
    SoakgateError,
    UsageError,
    printable,
)
from soakgate.model.times import NS

__all__ = ["Crew", "receive"]

READY = 60 * NS  # a child that is not ready by then will not be
FAREWELL = 3 * NS  # from the end of stdin to KILL, and from KILL to the end
LOG_END = 4096  # bytes of a log that its last line is looked for in


def receive(inbox: Inbox, *, due: int) -> Message | None:
    """Wait for a message until a moment (monotonic ns)."""
    try:
        return inbox.get(timeout=max(0.0, (due - time.monotonic_ns()) / NS))
    except Empty:
        return None


class Crew:
    """The children of a run by name; `gone` are those that have ended, with their codes."""

    def __init__(self, directory: RunDir, inbox: Inbox) -> None:
        self._dir, self._inbox = directory, inbox
        self._children: dict[str, Child] = {}
        self._words: dict[str, str] = {}
        self.gone: dict[str, int] = {}
        self.signals: list[Signalled] = []  # that came while nobody waited for them

    def start(self, wanted: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        """Start all and wait until all are ready.

        Raises UsageError or HarnessError in the child's own words, InterruptedEarly for a signal.
        """
        for name, (module, config) in wanted.items():
            folder = self._dir.collector(name)
            self._children[name] = Child(
                name,
                module=module,
                config={"run": self._dir.run, "folder": str(folder), **config},
                log=folder / "log",
                inbox=self._inbox,
            )
        waiting, due = set(self._children), time.monotonic_ns() + READY
        while waiting:
            message = receive(self._inbox, due=due)
            if message is None:
                raise HarnessError(f"the {min(waiting)} child was not ready within 60 s")
            waiting -= self._check(message)

    def _check(self, message: Message) -> set[str]:
        """Give the child that is ready now, if any."""
        if isinstance(message, Signalled):
            raise InterruptedEarly(f"{message.name} before the run had started")
        if isinstance(message, Ended):
            raise self._failed(message.child, code=message.code)
        if message.data.get("say") == "error":
            self.quote(message)  # its code follows, with its end
        return {message.child} if message.data.get("say") == "ready" else set()

    def _failed(self, child: str, *, code: int) -> SoakgateError:
        self.gone[child] = code
        line = self.last_words(child) or f"ended with code {code}"
        kind = UsageError if code == Exit.USAGE else HarnessError
        return kind(line, where=f"{child} child, before the run")

    def quote(self, notice: Notice) -> str:
        """Keep what a child says was wrong, for the time when it has ended."""
        what = printable(str(notice.data.get("what", "?")))
        self._words[notice.child] = what
        return what

    def last_words(self, child: str) -> str:
        """Give what a child said was wrong, else the last line of its log."""
        if child in self._words:
            return self._words[child]
        try:
            with (self._dir.folder / "collect" / child / "log").open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_END))
                lines = log.read().decode(errors="replace").strip().splitlines()[-1:]
        except OSError:
            return ""
        return printable(lines[0]) if lines else ""

    def tell(self, order: Mapping[str, Any]) -> None:
        """Give every child the same order."""
        for child in self._children.values():
            child.tell(order)

    @property
    def missing(self) -> set[str]:
        """Children that have not ended yet."""
        return set(self._children) - set(self.gone)

    def kill(self, name: str) -> None:
        """End one child at once."""
        self._children[name].kill()

    def release(self) -> None:
        """Let every child go, whatever happened; whoever stays is ended."""
        for child in self._children.values():
            child.release()
        self._await_ends(FAREWELL)
        for name in self.missing:
            self.kill(name)
        self._await_ends(FAREWELL)  # so that nobody writes while the run is sealed

    def _await_ends(self, patience: int) -> None:
        due = time.monotonic_ns() + patience
        while self.missing and (message := receive(self._inbox, due=due)) is not None:
            if isinstance(message, Ended):
                self.gone[message.child] = message.code
            elif isinstance(message, Signalled):
                self.signals.append(message)
