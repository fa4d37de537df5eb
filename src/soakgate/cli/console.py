"""Progress on stderr: one live block on a TTY, a line per change and a heartbeat without one."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from soakgate.cli.board import Board, PhaseDone
from soakgate.errors import printable
from soakgate.model.times import NS, rfc3339
from soakgate.orchestrate.progress import Listener, PhaseBegan, Progress, RunBegan, RunEnded, Said
from soakgate.report.format import duration

__all__ = ["Lines", "console"]

HEARTBEAT = 30 * NS
LABEL = 12


class Lines:
    """A line per change and a heartbeat each 30 s, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._board = stream, Board()
        self._last = time.monotonic_ns()

    def __call__(self, progress: Progress) -> None:
        """Take progress in and write what is worth a line."""
        before, done = dict(self._board.down), len(self._board.done)
        self._board.take(progress)
        for phase in self._board.done[done:]:
            self._phase_ended(phase)
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

    def _phase_ended(self, done: PhaseDone) -> None:
        if done.seen:
            self._write(done.phase.phase, f"{'over' if done.failed else 'ok'}: {done.seen}")

    def _changes(self, before: dict[str, int], now: int) -> None:
        for target in self._board.down.keys() - before.keys():
            self._write(target, "not served")
        for target, since in before.items():
            if target not in self._board.down:
                self._write(target, f"served again after about {duration((now - since) / NS)}")
        if now - self._last >= HEARTBEAT:
            load = self._board.load_line()
            phase = self._board.phase.phase if self._board.phase else "run"
            self._write(phase, "; ".join(filter(None, [self._board.probe_line(now), load])))

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
