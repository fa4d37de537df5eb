"""What happened behind a finding, a line each: the rows of result.json that it refers to."""

import re
from collections.abc import Iterator, Sequence

from soakgate.model.result import (
    BrownoutRow,
    Coincidence,
    CriterionRow,
    EpisodeRow,
    OutageRow,
    RunResult,
)
from soakgate.report.format import clock, count, duration, interval

__all__ = ["lines"]

MOST_LINES = 20  # of one finding; result.json has all
MOST_NEAR = 3  # coincidences of one row, nearest first as in result.json
REFERENCE = re.compile(r"(outages|episodes|brownouts)\[(\d{1,9})\]")

Incident = OutageRow | EpisodeRow | BrownoutRow


def _offset(seconds: float) -> str:
    return f"{duration(abs(seconds))} {'before' if seconds < 0 else 'after'} its start"


def _near(coincided: list[Coincidence]) -> str:
    said = [f"{c.what} {c.object} ({_offset(c.offset)})".strip() for c in coincided[:MOST_NEAR]]
    return f"; coincided with {', '.join(said)}" if said else ""


def _line(row: Incident) -> str:
    start = clock(row.start, digits=3)
    end = ", still open" if row.end is None else ""
    head = f"{row.target}/{row.connection} at {start} for {interval(row.seconds)}{end}"
    if isinstance(row, EpisodeRow):
        what = "partial episode" if row.partial else "episode"
        return f"{what} {head}, {count(row.rows)} outage{'' if row.rows == 1 else 's'}"
    if isinstance(row, OutageRow):
        kinds = ", ".join(f"{kind} {count(n)}" for kind, n in row.kinds.items()) or row.kind
        return f"outage {head}, {kinds}{_near(row.coincided)}"
    return f"brown-out {head}{_near(row.coincided)}"


def _rows(result: RunResult, row: CriterionRow) -> Iterator[Incident]:
    lists: dict[str, Sequence[Incident]] = {
        "outages": result.outages,
        "episodes": result.episodes,
        "brownouts": result.brownouts,
    }
    for reference in row.evidence:
        match = REFERENCE.fullmatch(reference)
        if match is not None:
            yield from lists[match[1]][int(match[2]) :][:1]


def lines(result: RunResult, row: CriterionRow, *, most: int = MOST_LINES) -> list[str]:
    """Describe the incidents that a finding refers to; unknown references are passed over."""
    found = list(_rows(result, row))
    texts = [_line(incident) for incident in found[:most]]
    if len(found) > most:
        texts.append(f"and {count(len(found) - most)} more, listed in result.json")
    return texts
