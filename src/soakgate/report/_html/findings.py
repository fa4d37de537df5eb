"""Criteria as rows of the first screen, and as findings with their slice of the timeline."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soakgate.analysis.timeline import slice_pad
from soakgate.model.result import BrownoutRow, CriterionRow, EpisodeRow, OutageRow, PhaseRow
from soakgate.model.times import NS
from soakgate.report import details
from soakgate.report import format as words
from soakgate.report._html.anchors import finding_anchors
from soakgate.report._html.bar import bounds_bar
from soakgate.report._html.chart import NARROW, WIDE, draw
from soakgate.report._html.view import Whole, gather_slice, offset

__all__ = ["Criterion", "Slice", "criteria"]

MAX_INCIDENTS = 5  # outages and such that a finding lists; the tables below have all
MAX_SLICES = 12  # pictures of findings; further ones refer to the whole timeline
REFERENCE = re.compile(r"(outages|episodes|brownouts)\[(\d{1,6})\]")
LOST = frozenset({"downtime", "longest-outage", "errors", "http-5xx"})  # told by outages
TRUTHS = {
    "window": "Judges what happened in this run.",
    "process": "Judges what lies behind this run: what a longer one would show.",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """A finding's part of the timeline, for wide and for narrow screens (SVG)."""

    wide: str
    narrow: str
    words: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of the table of criteria; `bar` is SVG, `open` findings get an article."""

    anchor: str
    id: str
    subject: str
    verdict: str
    word: str
    mark: str
    observed: str
    bounds: str
    limit: str
    margin: str
    bar: str
    samples: str
    needs: str
    note: str
    why: str
    reason: str
    truth: str
    evidence: tuple[str, ...]
    incidents: tuple[str, ...]
    open: bool
    slice: Slice | None


def criteria(whole: Whole) -> list[Criterion]:
    """Give all rows, worst first; what is not a plain pass is open and may have a slice."""
    rows = whole.result.criteria
    anchors = dict(zip(map(id, rows), finding_anchors(rows), strict=True))
    found, slices = [], 0
    for index, row in enumerate(words.worst_first(rows)):
        piece = None
        if _is_open(row) and slices < MAX_SLICES:
            piece = _slice(whole, row, index)
            slices += piece is not None
        found.append(_criterion(whole, row, anchors[id(row)], index, piece))
    return found


def _criterion(
    whole: Whole, row: CriterionRow, anchor: str, index: int, piece: Slice | None
) -> Criterion:
    verdict = words.shown(row)
    return Criterion(
        anchor=anchor, id=row.id, subject=words.subject(row), verdict=verdict,
        word=words.word(verdict), mark=words.mark(verdict),
        observed=words.observed(row, html=True), bounds=words.bounds(row, html=True).strip("()"),
        limit=words.limit(row, html=True), margin=words.margin(row, html=True),
        bar=bounds_bar(row, key=f"b{index}"), samples=words.samples(row), needs=words.needs(row),
        note=words.note(row), why=_why(whole, row), reason=row.reason, truth=TRUTHS[row.truth],
        evidence=tuple(_ranges(row.evidence)),
        incidents=tuple(details.lines(whole.result, row, most=MAX_INCIDENTS)),
        open=_is_open(row), slice=piece,
    )  # fmt: skip


def _is_open(row: CriterionRow) -> bool:
    """Tell whether a row gets an article: it counts, and is not a plain pass."""
    return row.verdict != "pass" and words.shown(row) != "info"


def _why(whole: Whole, row: CriterionRow) -> str:
    """Give the reason that the first screen shows beside a row; the headline is not repeated."""
    plain = row.verdict == row.effective == "pass" and row.level != "info"
    return "" if plain else words.why(row, said=words.headline(whole.result))


def _ranges(references: Sequence[str]) -> Iterator[str]:
    """Fold references that follow each other: `outages[0] to outages[19]`."""
    at = 0
    while at < len(references):
        end = at
        while end + 1 < len(references) and _follows(references[end], references[end + 1]):
            end += 1
        if end - at > 1:
            yield f"{references[at]} to {references[end]}"
        else:
            yield from references[at : end + 1]
        at = end + 1


def _follows(one: str, other: str) -> bool:
    first, second = REFERENCE.fullmatch(one), REFERENCE.fullmatch(other)
    if first is None or second is None or first[1] != second[1]:
        return False
    return int(second[2]) == int(first[2]) + 1


def _rows(whole: Whole, row: CriterionRow) -> list[OutageRow | EpisodeRow | BrownoutRow]:
    """Find the rows of the result that a finding refers to; unknown references are left out."""
    found: list[OutageRow | EpisodeRow | BrownoutRow] = []
    for reference in row.evidence:
        match = REFERENCE.fullmatch(reference)
        rows = getattr(whole.result, match[1]) if match else []
        if match and int(match[2]) < len(rows):
            found.append(rows[int(match[2])])
    return found


def _window(whole: Whole, row: CriterionRow) -> tuple[int, int] | None:
    """Give the stretch around the longest row a finding refers to, or else its phase."""
    result = whole.result
    spans = [_span(whole, r) for r in _rows(whole, row)]
    if not spans and row.phase is not None:
        spans = [_span(whole, p) for p in result.phases if p.name == row.phase]
    if not spans and row.id in LOST:
        spans = [_span(whole, e) for e in result.episodes if e.target == row.target]
        spans += [_span(whole, o) for o in result.outages if o.target == row.target]
    if not spans:
        return None
    start, end = max(spans, key=lambda s: (s[1] - s[0], -s[0]))
    pad = slice_pad(end - start)
    window = max(0, start - pad), min(whole.length, end + pad)
    return window if window[1] - window[0] < 0.7 * whole.length else None


def _span(whole: Whole, row: OutageRow | EpisodeRow | BrownoutRow | PhaseRow) -> tuple[int, int]:
    end = whole.length if row.end is None else offset(whole.result, row.end)
    return offset(whole.result, row.start), end


def _slice(whole: Whole, row: CriterionRow, index: int) -> Slice | None:
    window = _window(whole, row)
    target = row.target or next((r.target for r in _rows(whole, row)), None)
    if window is None or target is None or whole.result.run.started is None:
        return None
    view = gather_slice(whole, target=target, start=window[0], end=window[1])
    label = f"{words.finding_id(row)}: {row.reason}"
    wide, narrow = (
        draw(view, start=window[0], end=window[1], size=size, key=f"s{index}{name}", label=label)
        for size, name in ((WIDE, "w"), (NARROW, "n"))
    )
    return Slice(wide, narrow, words.duration((window[1] - window[0]) / NS))
