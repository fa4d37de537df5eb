"""The small bar of a criterion: its value, its bounds and the limit on one scale."""

from soakgate.model.result import CriterionRow
from soakgate.report import format as words
from soakgate.report.svg import Drawing, Tone

__all__ = ["TONES", "bounds_bar"]

TONES = {
    "pass": Tone.GOOD,
    "warn": Tone.SLOW,
    "inconclusive": Tone.BLIND,
    "fail": Tone.BAD,
    "info": Tone.IDLE,
}
WIDTH, HEIGHT, PLOT = 160.0, 20.0, 150.0


def _range(row: CriterionRow) -> tuple[float, float]:
    """Give the ends of the scale: zero, all numbers, and some room above them."""
    seen = row.observed
    known = [v for v in (seen.value, seen.low, seen.high, row.limit.value) if v is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    reach = (high - low) or 1.0
    return (low - 0.1 * reach if low < 0 else 0.0), high + 0.2 * reach


def bounds_bar(row: CriterionRow, *, key: str) -> str:
    """Draw a row; an unbounded upper end runs off to the right with an arrow."""
    low, high = _range(row)
    drawing = Drawing(key)
    tone = TONES[words.shown(row)]

    def x(value: float) -> float:
        return 2 + PLOT * (value - low) / (high - low)

    drawing.rect(2, 9, PLOT, 2, tone=Tone.GRID, radius=1)
    seen = row.observed
    if seen.value is not None:
        start, end = sorted((x(0.0), x(seen.value)))
        drawing.rect(start, 6, end - start, 8, tone=tone, opacity=0.45, radius=1)
    _whisker(
        drawing,
        row,
        x(low if seen.low is None else seen.low),
        x(high if seen.high is None else seen.high),
    )
    if seen.value is not None:
        drawing.rect(x(seen.value) - 1.5, 5, 3, 10, tone=tone, radius=1)
    limit = x(row.limit.value)
    drawing.line(limit, 1, limit, 19, tone=Tone.INK, width=1.8)
    return drawing.render(WIDTH, HEIGHT, label=_label(row), hatched=False)


def _whisker(drawing: Drawing, row: CriterionRow, start: float, end: float) -> None:
    seen = row.observed
    if seen.low is None and seen.high is None:
        return
    drawing.line(start, 10, end, 10, tone=Tone.INK, width=1.6)
    if seen.low is not None:
        drawing.line(start, 7, start, 13, tone=Tone.INK, width=1.4)
    if seen.high is not None:
        drawing.line(end, 7, end, 13, tone=Tone.INK, width=1.4)
    else:
        tip = f"M{end - 5:.1f} 6L{end:.1f} 10L{end - 5:.1f} 14"
        drawing.path(tip, tone=Tone.INK, width=1.4)


def _label(row: CriterionRow) -> str:
    parts = (words.observed(row), words.bounds(row), f"limit {words.limit(row)}")
    return " ".join(p for p in parts if p)
