"""summary.md: for the step summaries and comments of CI systems, worst first, cut by itself.

GitHub drops a step summary above 1,024 KB as a whole, and takes comments up to 64 KB. So the
document stays below `SUMMARY` bytes (`COMMENT` for comments) and says how many rows it left out.
Foreign strings cannot become markup, links, mentions or references.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from soakgate.errors import printable
from soakgate.model.result import CriterionRow, RunResult
from soakgate.report import details
from soakgate.report import format as words

if TYPE_CHECKING:
    from soakgate.analysis.timeline import Timeline

__all__ = ["COMMENT", "FILENAME", "SUMMARY", "render", "write"]

FILENAME = "summary.md"
SUMMARY = 1_000_000  # bytes; the limit is 1,024 KB and other steps want room
COMMENT = 60_000  # bytes
MOST_DETAILS = 5  # findings told at length
MOST_LINES = 8  # incidents of one of them
CELL = 300  # characters of one foreign text
RESERVE = 400  # bytes for what is said about rows left out

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", ":": "&#58;", ".": "&#46;"}
BROKEN = "&#8203;"  # a space of no width: no mention, no reference to an issue
MARKUP = re.compile(r"[\\`*_\[\]#!|~$@]|[&<>\"]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char in "@#":
        return f"&#{ord(char)};{BROKEN}"
    return ENTITIES.get(char) or f"&#{ord(char)};"


def escape(text: str, most: int = CELL) -> str:
    """Make a foreign string plain text in Markdown, HTML and table cells alike; at most `most`."""
    return MARKUP.sub(_escaped, printable(text, most))


HEADER = (
    "| Verdict | Criterion | Observed | 95 % bounds | Limit | Margin | Evidence |\n"
    "|---|---|---:|---|---|---:|---|\n"
)


def _row(row: CriterionRow, *, said: str) -> str:
    verdict = words.shown(row)
    cells = (
        f"{words.mark(verdict)} **{words.word(verdict)}**",
        escape(words.finding_id(row)),
        words.observed(row, html=True),
        words.bounds(row, html=True),
        words.limit(row, html=True),
        words.margin(row, html=True),
        escape(words.evidence(row, said=said)),
    )
    safe = (c.replace("<", "&lt;").replace("|", "&#124;") for c in cells)
    return f"| {' | '.join(safe)} |\n"


def _title(result: RunResult) -> str:
    mark, word = words.mark(result.verdict), words.word(result.verdict)
    return f"## {mark} {word}: {escape(words.headline(result), 1000)}\n\n"


def _about(result: RunResult) -> str:
    run = result.run
    length = words.length(run)
    started = "start unknown"
    if run.started is not None:
        started = f"{run.started[:10]} {words.clock(run.started)}"
    facts = (
        f"**{escape(run.name) or 'run'}**",
        escape(words.place(result)),
        (started if length is None else f"{started}, {words.duration(length)}")
        + (", cut short" if run.cut else ""),
        f"run {escape(run.id)}",
        f"soakgate {escape(run.soakgate)}",
    )
    return f"{' · '.join(facts)}\n\n"


def _detail(result: RunResult, row: CriterionRow) -> str:
    lines = details.lines(result, row, most=MOST_LINES)
    title = f"**{escape(words.finding_id(row))}**: {escape(words.evidence(row))}"
    return "".join([f"- {title}\n", *(f"  - {escape(line)}\n" for line in lines)])


def _details(result: RunResult, rows: Sequence[CriterionRow]) -> Iterator[str]:
    chosen = [row for row in rows if not words.incidental(row)][:MOST_DETAILS]
    if chosen:
        yield "\n### Findings\n\n"
    for row in chosen:
        yield _detail(result, row)


NOTE = (
    "\nBounds are two-sided 95 %: a false PASS or FAIL happens in at most 2.5 %. "
    "Judge again, offline: `soakgate judge RUN`.\n"
)


def _left_out(rows: Sequence[CriterionRow]) -> str:
    if not rows:
        return ""
    said = words.tally(rows)
    return f"\n{words.count(len(rows))} more left out here ({said}); result.json has all.\n"


def render(result: RunResult, *, limit: int = SUMMARY) -> str:
    """Give the document in at most `limit` bytes of UTF-8, worst findings first."""
    rows = words.worst_first(result.criteria)
    said = words.headline(result)
    head, tail = _title(result) + _about(result), "".join(_details(result, rows)) + NOTE
    if len((head + tail).encode()) > limit // 2:
        tail = NOTE
    room = limit - RESERVE - len((head + HEADER + tail).encode())
    table: list[str] = []
    for row in rows:
        text = _row(row, said=said)
        room -= len(text.encode())
        if room < 0:
            break
        table.append(text)
    return head + HEADER * bool(rows) + "".join(table) + _left_out(rows[len(table) :]) + tail


def write(result: RunResult, timeline: "Timeline | None" = None) -> bytes:
    """Give the bytes of summary.md; they depend on nothing but the result."""
    return render(result).encode()
