"""The live block of a run on a TTY, redrawn in place and left behind as it was at the end."""

import time
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.live import Live as RichLive
from rich.text import Text

from soakgate.cli.board import PREFLIGHT, Board
from soakgate.errors import printable
from soakgate.model.times import NS
from soakgate.orchestrate.progress import Progress
from soakgate.report.format import cut_middle, duration

__all__ = ["Live"]

LABEL = 13
LONGEST = 32  # columns of a target's name
MOST = 8  # targets shown


class Live:
    """Draws a Board with rich, twice a second."""

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        self._board = Board()
        self._console = Console(file=stream, no_color=not color, highlight=False)
        self._live = RichLive(
            console=self._console, get_renderable=self._draw, refresh_per_second=2, transient=False
        )

    def __enter__(self) -> "Live":
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, progress: Progress) -> None:
        """Take progress in; the next frame shows it."""
        self._board.take(progress)

    def _draw(self) -> Text:
        board, now = self._board, time.monotonic_ns()
        text = Text(no_wrap=True, overflow="ellipsis")
        if board.run is None:
            text.append(" soakgate run · starting\n" if board.preflight else " soakgate run\n")
            self._preflight(text)
            return text
        text.append(f" soakgate run · {printable(board.run.name)} · out {board.run.folder}\n")
        self._preflight(text)
        self._phases(text, now)
        self._targets(text, now)
        if board.load_line():
            self._row(text, " ", "load", board.load_line())
        self._row(text, " ", "prober", board.probe_line(now))
        if board.said is not None:
            self._row(text, "·", board.said.who, printable(board.said.text))
        return text

    def _preflight(self, text: Text) -> None:
        said = self._board.preflight
        if said is None and self._board.run is None:
            self._row(text, "●", PREFLIGHT, "looking up host names", "bold")
        elif said is not None:
            self._row(text, "✓", PREFLIGHT, printable(said.text.removeprefix("ok: ")), "green")

    def _targets(self, text: Text, now: int) -> None:
        """Show those that are down first, and count what finds no room."""
        board = self._board
        assert board.run is not None
        order = sorted(board.run.targets, key=lambda t: (t not in board.down, -self._lost(t)))
        width = min(LONGEST, max(LABEL, *map(len, order[:MOST]), 0))
        for target in order[:MOST]:
            style = "bold red" if target in board.down else ""
            label = f"{cut_middle(target, width):<{width}}"
            self._row(text, " ", label, board.target_line(target, now), style)
        if len(order) > MOST:
            down = sum(t in board.down for t in order[MOST:])
            more = f"{down} of them not served" if down else "none of them down"
            self._row(text, " ", f"+ {len(order) - MOST} more", more)

    def _lost(self, target: str) -> int:
        return self._board.outages.get(target, 0)

    def _phases(self, text: Text, now: int) -> None:
        board = self._board
        assert board.run is not None
        for done in board.done:
            lasted = duration((done.ended - done.phase.at) / NS)
            seen = f"{lasted} · {done.seen}" if done.seen else lasted
            mark, style = ("!", "yellow") if done.failed else ("✓", "green")
            self._row(text, mark, done.phase.phase, seen, style)
        if board.phase is not None and not board.over:
            spent = max(0, now - board.phase.at) / NS
            of = "" if board.phase.length is None else f" of {duration(board.phase.length / NS)}"
            self._row(text, "●", board.phase.phase, f"{duration(spent)}{of}", "bold")
        began = len(board.done) + (board.phase is not None)
        for name, _ in board.run.phases[began:]:
            self._row(text, " ", name, "—", "dim")

    def _row(self, text: Text, mark: str, label: str, value: str, style: str = "") -> None:
        text.append(f" {mark} {label:<{LABEL}} ", style=style)
        text.append(f"{value}\n", style=style if style == "bold red" else "")
