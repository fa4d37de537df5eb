"""The end of a run on stdout: verdict and sentence, aligned rows worst first, what to do next."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from soakgate.errors import printable
from soakgate.model.result import CriterionRow, RunResult
from soakgate.report import format as words
from soakgate.report.width import cut_end, cut_middle, display_width, pad, wrap

__all__ = ["paint", "summary"]

COLORS: dict[str, str] = {
    "pass": "32",
    "warn": "33",
    "inconclusive": "35",
    "fail": "1;31",
    "info": "2",
}
FOLD_ABOVE = 8  # up to so many rows nothing is folded away
PASSES_KEPT = 3
MOST_LINES = 3  # of evidence under a row
MOST_ROWS = 40  # of those that did not pass; result.json has all
ID_WIDTH, SUBJECT_WIDTH = 28, 30  # columns; on a wide terminal a subject gets a quarter
SAID: dict[words.Shown, str] = {
    "fail": "failed",
    "inconclusive": "inconclusive",
    "warn": "warned",
    "pass": "passed",
    "info": "for information",
}


def paint(text: str, verdict: words.Shown, *, color: bool) -> str:
    """Give text in the colour of a verdict, if colour is wanted."""
    return f"\x1b[{COLORS[verdict]}m{text}\x1b[0m" if color else text


@dataclass(frozen=True, slots=True)
class _Line:
    """The texts of one row; `cells` are aligned in columns, `evidence` takes what is left."""

    verdict: words.Shown
    cells: tuple[str, ...]
    evidence: str


def _line(row: CriterionRow, *, said: str, width: int) -> _Line:
    cells = (
        cut_middle(row.id, ID_WIDTH),
        cut_middle(words.subject(row), max(SUBJECT_WIDTH, width // 4)),
        words.observed(row),
        words.bounds(row),
        words.limit(row),
        words.margin(row),
    )
    evidence = printable(words.evidence(row, said=said), 2000)
    return _Line(words.shown(row), cells, evidence)


def _pick(rows: Sequence[CriterionRow]) -> tuple[list[CriterionRow], Counter[words.Shown]]:
    """Give the rows to show and how many of each verdict were folded away."""
    order = words.worst_first(rows)
    if len(order) <= FOLD_ABOVE:
        return order, Counter()
    bad = [row for row in order if not words.incidental(row)]
    good = [row for row in order if words.incidental(row)]
    hidden = bad[MOST_ROWS:] + good[PASSES_KEPT:]
    return bad[:MOST_ROWS] + good[:PASSES_KEPT], Counter(map(words.shown, hidden))


def _folded(hidden: Counter[words.Shown]) -> list[str]:
    said = [f"{words.count(hidden[v])} more {text}" for v, text in SAID.items() if hidden[v]]
    return [f"  + {', '.join(said)}"] if said else []


def _head(line: _Line, *, color: bool) -> str:
    text = pad(f"{words.mark(line.verdict)} {words.word(line.verdict)}", len("? INCONCLUSIVE"))
    return f"  {paint(text, line.verdict, color=color)}"


def _aligned(line: _Line, *, widths: Sequence[int], room: int, color: bool) -> str:
    cells = "  ".join(pad(cell, w) for cell, w in zip(line.cells, widths, strict=True))
    start = f"{_head(line, color=color)}  {cells}"
    if display_width(line.evidence) <= room:
        return f"{start}  {line.evidence}".rstrip()
    # what a decision lacks must not be cut away: it gets a line of its own
    whole = room + sum(widths) + 2 * len(widths) + len("? INCONCLUSIVE  ")
    return "\n".join([start.rstrip(), *_indented(line.evidence, whole - 2)])


def _indented(text: str, width: int) -> list[str]:
    """Give evidence lines of its own: a reason that is cut says nothing."""
    return [f"    {part}" for part in wrap(text, width, most=MOST_LINES)] if text else []


def _stacked(line: _Line, *, width: int, color: bool) -> str:
    name, subject, value, bounds, limit, margin = line.cells
    first = f"{_head(line, color=color)}  {f'{name} {subject}'.rstrip()}"
    second = " ".join(part for part in (value, bounds, limit) if part)
    second += f", margin {margin}" if margin else ""
    texts = [f"    {cut_end(second, width - 4)}", *_indented(line.evidence, width - 4)]
    return "\n".join([first.rstrip(), *texts])


def _table(rows: Sequence[CriterionRow], *, said: str, width: int, color: bool) -> list[str]:
    lines = [_line(row, said=said, width=width) for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*(x.cells for x in lines))]  # noqa: B905 - cells are alike
    room = width - len("  ? INCONCLUSIVE  ") - sum(widths) - 2 * len(widths)
    if room < 0:
        return [_stacked(line, width=width, color=color) for line in lines]
    return [_aligned(line, widths=widths, room=room, color=color) for line in lines]


def _next(result: RunResult, *, folder: str) -> list[str]:
    place = printable(shlex.quote(folder), 4096)
    texts = []
    cluster = result.run.cluster
    if cluster is not None and cluster.kind == "sandbox":
        texts.append("  on      sandbox, not Kubernetes")
    if "report" in result.files:
        path = f"{folder.rstrip('/') or folder}/{result.files['report']}"
        texts.append(f"  report  {printable(path, 4096)}")
    texts.append(f"  again   soakgate judge {place}")
    worst = next(iter(words.worst_first(result.criteria)), None)
    if worst is not None and worst.effective != "pass":
        texts.append(f"  why     soakgate explain {printable(worst.id)}")
    return texts


def summary(result: RunResult, *, width: int, color: bool, folder: str) -> str:
    """Give the text of a result for a terminal of `width` columns, ending with a line feed.

    `folder` is the run directory as the user wrote it. Foreign strings are made printable.
    """
    verdict, said = result.verdict, words.headline(result)
    rows, hidden = _pick(result.criteria)
    title = f"{paint(words.word(verdict), verdict, color=color)}  {printable(said, 1000)}"
    table = _table(rows, said=said, width=width, color=color)
    blocks = [[title], [*table, *_folded(hidden)], _next(result, folder=folder)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
