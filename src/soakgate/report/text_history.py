"""`compare` and `history` as text for a terminal, and as one JSON document each."""

from collections.abc import Sequence
from typing import Any

from soakgate.errors import printable
from soakgate.history.compare import Change, Comparison, Key, Move
from soakgate.history.table import Column, History, Line
from soakgate.model.result import CriterionRow, RunResult
from soakgate.report import format as words
from soakgate.report.text import paint
from soakgate.report.width import cut_end, cut_middle, display_width, pad

__all__ = [
    "comparison_document",
    "comparison_text",
    "history_document",
    "history_text",
]

NAME_WIDTH = 40
HELD = ("pass", "warn")  # would not have stopped a gate
CELL_WIDTH = 12
LEGEND = "  ✓ PASS  ! WARN  ? INCONCLUSIVE  ✕ FAIL  i INFO  · not judged"
MOVED = {
    Move.NEW: "new",
    Move.GONE: "gone",
    Move.WORSE: "worse",
    Move.BETTER: "better",
    Move.SAME: "bounds overlap: may be chance",
    Move.UNKNOWN: "not comparable",
}


def _name(row: CriterionRow) -> str:
    return cut_middle(f"{row.id} {words.subject(row)}".rstrip(), NAME_WIDTH)


def _values(change: Change) -> str:
    before, after = change.before, change.after
    if before is not None and after is not None:
        return " -> ".join(words.pair(before, after))
    return " -> ".join("not judged" if row is None else words.seen(row) for row in (before, after))


def _move(change: Change) -> str:
    if change.before and change.after and change.before.observed == change.after.observed:
        return "unchanged"
    return MOVED[change.move]


def _verdicts(change: Change) -> str:
    sides = [c and words.word(words.shown(c)) for c in (change.before, change.after)]
    return " -> ".join(dict.fromkeys(side or "-" for side in sides))


def _change(change: Change) -> tuple[str, ...]:
    limit = words.limit(change.row)
    return (_verdicts(change), _name(change.row), _values(change), limit, _move(change))


def _columns(rows: Sequence[Sequence[str]], *, width: int) -> list[str]:
    """Align rows in columns; the last one is cut so that nothing runs over the edge."""
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    texts = ["  ".join(map(pad, row, widths)) for row in rows]
    return [f"  {cut_end(text.rstrip(), max(20, width - 2))}" for text in texts]


def _run_line(label: str, result: RunResult) -> str:
    run = result.run
    started = "start unknown" if run.started is None else f"{run.started[:16]}Z"
    facts = (printable(run.id), started, printable(words.place(result)))
    return f"  {label}  {words.word(result.verdict):<12}  {'  '.join(facts)}"


def comparison_text(comparison: Comparison, *, width: int, color: bool) -> str:
    """Give a comparison for a terminal of `width` columns, what turned worse first."""
    before, after = comparison.before, comparison.after
    count = sum(change.turned is Move.WORSE for change in comparison.changes)
    better = sum(change.turned is Move.BETTER for change in comparison.changes)
    first = f"{words.word(before.verdict)} -> {words.word(after.verdict)}"
    title = f"{paint(first, after.verdict, color=color)}  {count} worse, {better} better"
    blocks = [[title], [_run_line("before", before), _run_line("after ", after)]]
    if comparison.differences:
        said = [f"  - {cut_end(text, max(20, width - 4))}" for text in comparison.differences]
        blocks.append(["  Not the same in both runs:", *said])
    if comparison.changes:
        blocks.append(_columns([_change(c) for c in comparison.changes], width=width))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _cell(row: CriterionRow | None, *, color: bool) -> str:
    if row is None:
        return pad("·", CELL_WIDTH)
    verdict = words.shown(row)
    value = cut_end(words.observed(row), CELL_WIDTH - 2)
    return paint(words.mark(verdict), verdict, color=color) + pad(f" {value}", CELL_WIDTH - 1)


def _when(column: Column) -> str:
    started = column.run.started
    return pad("?" if started is None else f"{started[5:10]} {started[11:16]}", CELL_WIDTH)


def _history_line(line: Line, *, kept: int, room: int, color: bool) -> str:
    name = pad(_name(line.rows[-1]), room)
    cells = " ".join(_cell(cell, color=color) for cell in line.cells[-kept:])
    counting = [row for row in line.rows if row.level != "info"]
    held = sum(row.effective in HELD for row in counting)
    return f"  {name}  {cells} {f'{held} of {len(counting)}' if counting else 'info'}"


def history_text(table: History, *, width: int, color: bool) -> str:
    """Give the table of criteria x runs; the newest runs that fit `width`, at least one."""
    if not table.columns:
        return "no runs\n"
    room = max((display_width(_name(line.rows[-1])) for line in table.lines), default=3)
    rest = width - room - 4 - len("999 of 999")
    kept = max(1, min(len(table.columns), rest // (CELL_WIDTH + 1)))
    columns = table.columns[-kept:]
    marks = (
        paint(words.mark(c.verdict), c.verdict, color=color) + " " * (CELL_WIDTH - 1)
        for c in columns
    )
    lines = [
        f"  {pad('', room)}  {' '.join(map(_when, columns))} held",
        f"  {pad('run', room)}  {' '.join(marks)}".rstrip(),
        *(_history_line(line, kept=kept, room=room, color=color) for line in table.lines),
    ]
    older = len(table.columns) - kept
    if older:
        lines.append(f"  + {words.count(older)} older run{'' if older == 1 else 's'} not shown")
    return "\n".join([*lines, "", LEGEND, ""])


def _key(key: Key) -> dict[str, str | None]:
    return dict(zip(("id", "target", "phase", "quantile"), key, strict=True))


def _dump(row: CriterionRow | None) -> dict[str, Any] | None:
    return None if row is None else row.model_dump(mode="json", by_alias=True)


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Give a comparison for `-o json`; values and verdicts as in result.json."""
    sides = {"before": comparison.before, "after": comparison.after}
    changes = [
        {
            "finding": words.finding_id(change.row),
            "move": change.move.value,
            "turned": change.turned.value,
            "overlap": change.overlap,
            "before": _dump(change.before),
            "after": _dump(change.after),
        }
        for change in comparison.changes
    ]
    runs = {
        side: {"verdict": result.verdict, "run": result.run.model_dump(by_alias=True)}
        for side, result in sides.items()
    }
    differences = list(comparison.differences)
    return {
        "schema": "soakgate.compare/1",
        **runs,
        "differences": differences,
        "changes": changes,
    }


def history_document(table: History) -> dict[str, Any]:
    """Give the table for `-o json`: runs, and for each criterion a cell (or null) per run."""
    return {
        "schema": "soakgate.history/1",
        "runs": [
            {"verdict": column.verdict, "run": column.run.model_dump(by_alias=True)}
            for column in table.columns
        ],
        "criteria": [
            {
                **_key(line.key),
                "passes": line.passes,
                "turns": line.turns,
                "cells": [_dump(cell) for cell in line.cells],
            }
            for line in table.lines
        ],
    }
