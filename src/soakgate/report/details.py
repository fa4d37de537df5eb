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
    said = [_coincidence(c) for c in coincided[:MOST_NEAR]]
    return f"; coincided with {', '.join(said)}" if said else ""


def _coincidence(near: Coincidence) -> str:
    """Say what happened and when; what has no object is told by its message."""
    what = f"{near.what} {near.object}" if near.object else near.message or near.what
    return f"{what} ({_offset(near.offset)})"


def _line(row: Incident) -> str:
    start = clock(row.start, digits=3)
    end = ", still open" if row.end is None else ""
    head = f"{row.target}/{row.connection} at {start} for {interval(row.seconds)}{end}"
    if isinstance(row, EpisodeRow):
        what = "partial episode" if row.partial else "episode"
        rows = f"{count(row.rows)} outage{'' if row.rows == 1 else 's'}"
        return f"{what} {head}: {rows}, {interval(row.share, unit='ratio')} of probes failed"
    if isinstance(row, OutageRow):
        kinds = ", ".join(f"{kind} × {count(n)}" for kind, n in row.kinds.items()) or row.kind
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


def _together(result: RunResult, row: Incident) -> Incident:
    """Give the partial episode that an outage is a part of, else the row itself."""
    if not isinstance(row, OutageRow):
        return row
    for episode in result.episodes:
        same = (episode.target, episode.connection) == (row.target, row.connection)
        ended = episode.end is None or row.start < episode.end
        if same and episode.partial and episode.start <= row.start and ended:
            return episode
    return row


def lines(result: RunResult, row: CriterionRow, *, most: int = MOST_LINES) -> list[str]:
    """Describe the incidents that a finding refers to; unknown references are passed over.

    Outages of a partial episode are told as that episode, once: one of them alone says little.
    """
    together = (_together(result, incident) for incident in _rows(result, row))
    found = list({id(incident): incident for incident in together}.values())
    texts = [_line(incident) for incident in found[:most]]
    if len(found) > most:
        texts.append(f"and {count(len(found) - most)} more, listed in result.json")
    return texts
