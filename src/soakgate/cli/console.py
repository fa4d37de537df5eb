"""Progress on stderr: one live block on a TTY, a line per change and a heartbeat without one."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from soakgate.errors import printable
from soakgate.model.times import NS, rfc3339
from soakgate.orchestrate.progress import (
    Beat,
    Listener,
    PhaseBegan,
    Progress,
    RunBegan,
    RunEnded,
    Said,
)
from soakgate.report.format import duration

__all__ = ["Board", "Lines", "console"]

HEARTBEAT = 30 * NS
LABEL = 12


class Board:
    """What is known of a run while it lasts; both consoles draw from it."""

    def __init__(self) -> None:
        self.run: RunBegan | None = None
        self.phase: PhaseBegan | None = None
        self.done: list[tuple[PhaseBegan, int]] = []
        self.said: Said | None = None
        self.facts: dict[str, dict[str, Any]] = {}
        self.down: dict[str, int] = {}  # target -> since, monotonic ns
        self.outages: dict[str, int] = {}
        self.over = False

    def take(self, progress: Progress) -> None:
        """Take one piece of progress in."""
        if isinstance(progress, RunBegan):
            self.run = progress
        elif isinstance(progress, PhaseBegan):
            self._close_phase(progress.at)
            self.phase = progress
        elif isinstance(progress, Beat):
            self.facts[progress.child] = dict(progress.facts)
            if progress.child == "probe":
                self._see_targets(progress)
        elif isinstance(progress, Said):
            self.said = progress
        else:
            self._close_phase(progress.at)
            self.over = True

    def _close_phase(self, at: int) -> None:
        if self.phase is not None:
            self.done.append((self.phase, at))
        self.phase = None

    def _see_targets(self, beat: Beat) -> None:
        down = beat.facts.get("down")
        now_down = {str(t) for t, is_down in down.items() if is_down} if down else set()
        for target in now_down - self.down.keys():
            self.outages[target] = self.outages.get(target, 0) + 1
            self.down[target] = beat.at
        for target in self.down.keys() - now_down:
            del self.down[target]

    def target_line(self, target: str, now: int) -> str:
        """Say how a target does."""
        if target in self.down:
            state = f"NOT SERVED for {duration((now - self.down[target]) / NS)}"
        else:
            state = "served"
        count = self.outages.get(target, 0)
        if count:
            state += f" · {count} outage{'s' if count > 1 else ''} seen"
        return state + self._latency(target)

    def _latency(self, target: str) -> str:
        facts = self.facts.get("probe", {})
        found = []
        for key, word in (("p50_ms", "p50"), ("p95_ms", "p95")):
            values = facts.get(key)
            value = values.get(target) if isinstance(values, dict) else None
            if isinstance(value, int | float):
                found.append(f"{duration(value / 1000)} {word}")
        return f" · now {', '.join(found)}" if found else ""

    def load_line(self) -> str:
        """Say how the load does; empty without load."""
        facts = self.facts.get("load")
        if not facts:
            return ""
        rate, asked = facts.get("rate"), facts.get("asked")
        parts = [f"{rate:.1f}/s" if isinstance(rate, int | float) else "?/s"]
        if isinstance(asked, int | float):
            parts[0] += f" of {asked:g} asked"
        parts.append(f"{facts.get('requests', 0):,} requests")
        parts.append(f"{facts.get('failed', 0):,} failed")
        parts.append(f"{facts.get('users', 0)} users")
        return " · ".join(parts)

    def probe_line(self) -> str:
        """Say how the prober itself does."""
        facts = self.facts.get("probe", {})
        late = facts.get("late_p99_ms")
        text = f"{facts.get('probes', 0):,} probes"
        return text + (f", late {late:.1f} ms p99" if isinstance(late, int | float) else "")


class Lines:
    """A line per change and a heartbeat each 30 s, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._board = stream, Board()
        self._last = time.monotonic_ns()

    def __call__(self, progress: Progress) -> None:
        """Take progress in and write what is worth a line."""
        before = dict(self._board.down)
        self._board.take(progress)
        if isinstance(progress, RunBegan):
            self._write("run", f"started: {printable(progress.name)}, out {progress.folder}")
        elif isinstance(progress, PhaseBegan):
            length = "" if progress.length is None else f" ({duration(progress.length / NS)})"
            self._write(progress.phase, f"started{length}")
        elif isinstance(progress, Said):
            self._write(progress.who, printable(progress.text))
        elif isinstance(progress, RunEnded):
            self._write("run", "measured; judging")
        else:
            self._changes(before, progress.at)

    def _changes(self, before: dict[str, int], now: int) -> None:
        for target in self._board.down.keys() - before.keys():
            self._write(target, "not served")
        for target, since in before.items():
            if target not in self._board.down:
                self._write(target, f"served again after about {duration((now - since) / NS)}")
        if now - self._last >= HEARTBEAT:
            load = self._board.load_line()
            phase = self._board.phase.phase if self._board.phase else "run"
            self._write(phase, "; ".join(filter(None, [self._board.probe_line(), load])))

    def _write(self, label: str, text: str) -> None:
        self._last = time.monotonic_ns()
        clock = rfc3339(time.time_ns())[11:19]
        try:
            self._stream.write(f"{clock}Z {printable(label):<{LABEL}} {text}\n")
            self._stream.flush()
        except OSError:
            pass  # nobody reads any more; the run goes on


@contextmanager
def console(*, color: bool, stream: TextIO = sys.stderr) -> Iterator[Listener]:
    """Give a listener for a run: live on a TTY, lines elsewhere."""
    if stream.isatty():
        from soakgate.cli.live import Live

        with Live(stream, color=color) as live:
            yield live
    else:
        yield Lines(stream)
