"""Findings as texts for a terminal and for JUnit: the words of the text report, a block each."""

from collections.abc import Sequence

from soakgate.errors import printable
from soakgate.model.result import CriterionRow, RunResult
from soakgate.report import details
from soakgate.report import format as words

__all__ = ["block", "properties", "told"]

MOST = 1000  # characters of one line


def _row_line(row: CriterionRow) -> str:
    """Say a finding in one line: verdict, subject, observed value, bounds, limit, margin."""
    name = f"{row.id} {words.subject(row)}".rstrip()
    seen = f"{words.observed(row)} {words.bounds(row)}".strip()
    far = f"margin {words.margin(row)}" if row.margin is not None else ""
    facts = ", ".join(part for part in (seen, f"limit {words.limit(row)}", far) if part)
    return printable(f"{words.word(words.shown(row))} {name}: {facts}", MOST)


def told(row: CriterionRow) -> str:
    """Say a finding with its reason, in one line or two."""
    why = words.evidence(row)
    return "\n".join([_row_line(row), *([f"  {printable(why, MOST)}"] if why else [])])


def block(result: RunResult, rows: Sequence[CriterionRow], *, folder: str) -> str:
    """Give the findings that did not pass, worst first, with what lies behind them."""
    lines = []
    for row in words.worst_first(rows):
        if words.shown(row) != "pass":
            lines.append(told(row))
            lines += [f"  {printable(line, MOST)}" for line in details.lines(result, row)]
    lines.append(f"  run: {printable(folder, MOST)}")
    return "\n".join(lines)


def properties(row: CriterionRow) -> list[tuple[str, str]]:
    """Give a finding as JUnit properties of its test case."""
    name = words.finding_id(row)
    facts = {
        "verdict": row.verdict,
        "effective": row.effective,
        "observed": f"{words.observed(row)} {words.bounds(row)}".strip(),
        "limit": words.limit(row),
    }
    return [(f"{name}.{key}", printable(value, MOST)) for key, value in facts.items()]
