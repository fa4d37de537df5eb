"""Observed values, bounds, limits and margins in print. `html=True` gives typographic signs."""

from collections.abc import Sequence
from decimal import Decimal

from soakgate.model.numbers import (
    MOST_DECIMALS,
    PERCENT,
    Scale,
    Scaled,
    plain,
    scale_of,
    scales_of,
    settle,
)
from soakgate.model.result import CriterionRow, Interval, UnitName

__all__ = ["bounds", "interval", "limit", "margin", "observed", "pair", "seen"]

SIGNS = {"<=": "≤", ">=": "≥"}
NO_DATA = "no data"
NOT_JUDGED = "not judged"  # there may be data, but they decide nothing: the reason says why
YES_NO = frozenset({"upgrade-happened"})  # 1 or 0
MARGIN_DIGITS = 3  # significant ones; more say nothing about how far away a limit is
SIGNED = frozenset({"latency-regression"})  # a change: its sign is its meaning
ACROSS = ((0, 3), (1, 5), (2, 4))  # value with value, low with the other's high


def _known(row: CriterionRow) -> list[float]:
    seen = row.observed
    return [n for n in (seen.value, seen.low, seen.high) if n is not None]


def _scaled(row: CriterionRow) -> tuple[Scaled, Scale]:
    """Give limit, value and bounds in the unit of the limit, so that they compare truly with it."""
    seen, limit_ = row.observed, row.limit.value
    _, scale = scales_of(row.limit.unit, _known(row), limit=limit_)
    return settle([seen.value, seen.low, seen.high], scale=scale, limit=limit_), scale


def _seen(row: CriterionRow) -> tuple[Scaled, Scale]:
    """Give value and bounds to print: far below their limit they have a unit of their own."""
    own, scale = scales_of(row.limit.unit, _known(row), limit=row.limit.value)
    seen = row.observed
    bar = row.limit.value if own is scale else None
    return settle([seen.value, seen.low, seen.high], scale=own, limit=bar), own


def _is_yes_no(row: CriterionRow) -> bool:
    return row.id in YES_NO and {*_known(row), row.limit.value} <= {0.0, 1.0}


def _signed(text: str, row: CriterionRow) -> str:
    plus = row.id in SIGNED and text[0] != "-" and text.strip("0.,")
    return f"+{text}" if plus else text


def _with_unit(text: str, scale: Scale) -> str:
    return f"{text} {scale.word}" if scale.word else text


def _dressed(text: str, *, html: bool) -> str:
    return text.replace("-", "−") if html else text


def observed(row: CriterionRow, *, html: bool = False) -> str:
    """Give the observed value with its unit: `4.2 s`, `0.021 %`, or `not judged`."""
    scaled, scale = _seen(row)
    text = scaled.texts[0]
    if text is None:
        return NO_DATA if _known(row) else NOT_JUDGED
    if _is_yes_no(row):
        return "yes" if row.observed.value else "no"
    return _dressed(_with_unit(_signed(text, row), scale), html=html)


def pair(before: CriterionRow, after: CriterionRow) -> tuple[str, str]:
    """Give value and bounds of a criterion in two runs, rounded alike.

    Values, and bounds that do or do not overlap, compare on paper as they do in truth.
    """
    units = before.limit.unit, after.limit.unit
    if units[0] != units[1] or _is_yes_no(after):
        return seen(before), seen(after)
    one, two = before.observed, after.observed
    numbers = [one.value, one.low, one.high, two.value, two.low, two.high]
    known = [n for n in numbers if n is not None]
    scale, other = scales_of(units[1], known, limit=after.limit.value)
    limit_ = after.limit.value if scale is other else None
    texts: tuple[str | None, ...] = ()
    for least in range(MOST_DECIMALS):
        texts = settle(numbers, scale=scale, limit=limit_, least=least).texts
        if all(_reads_true(numbers, texts, a, b) for a, b in ACROSS):
            break
    return _joined(texts[:3], before, scale), _joined(texts[3:], after, scale)


def _reads_true(
    numbers: Sequence[float | None], texts: Sequence[str | None], a: int, b: int
) -> bool:
    x, y, left, right = numbers[a], numbers[b], texts[a], texts[b]
    if x is None or y is None or left is None or right is None:
        return True
    one, two = (Decimal(text.replace(",", "")) for text in (left, right))
    return (one > two) == (x > y) and (one < two) == (x < y)


def _joined(texts: Sequence[str | None], row: CriterionRow, scale: Scale) -> str:
    value, low, high = (None if text is None else _signed(text, row) for text in texts)
    absent = NO_DATA if _known(row) else NOT_JUDGED
    text = absent if value is None else _with_unit(value, scale)
    return text if _is_exact(row.observed) else f"{text} {_span(low, high, html=False)}".rstrip()


def _is_exact(row: Interval) -> bool:
    return row.value is not None and row.low == row.value == row.high


def seen(row: CriterionRow, *, html: bool = False) -> str:
    """Give value and bounds together: `4.2 s (4.1 - 4.3)`."""
    return f"{observed(row, html=html)} {bounds(row, html=html)}".rstrip()


def _span(low: str | None, high: str | None, *, html: bool) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"(at least {_dressed(low or '', html=html)})"
    if low is None:
        return f"(at most {_dressed(high, html=html)})"
    dash = " – " if html else " - "
    return f"({_dressed(low, html=html)}{dash}{_dressed(high, html=html)})"


def bounds(row: CriterionRow, *, html: bool = False) -> str:
    """Give the bounds in the unit of the value: `(4.1 - 4.3)`; empty for an exact number."""
    if _is_exact(row.observed):
        return ""
    _, low, high = (None if t is None else _signed(t, row) for t in _seen(row)[0].texts)
    return _span(low, high, html=html)


def limit(row: CriterionRow, *, html: bool = False) -> str:
    """Give the limit: `<= 1 s`, in HTML `≤ 1 s`."""
    if _is_yes_no(row):
        return f"{row.limit.op} {'yes' if row.limit.value else 'no'}"
    scaled, scale = _scaled(row)
    sign = SIGNS.get(row.limit.op, row.limit.op) if html else row.limit.op
    return f"{sign} {_dressed(_with_unit(scaled.limit, scale), html=html)}"


def margin(row: CriterionRow, *, html: bool = False) -> str:
    """Give the signed distance to the limit, `-3.1 s`; points of per cent have no unit."""
    if row.margin is None or _is_yes_no(row):
        return ""
    scaled, scale = _scaled(row)
    exact = scale.apply(row.margin)
    enough = MARGIN_DIGITS - 1 - exact.adjusted() if exact else 0
    decimals = max(0, min(scaled.decimals, enough))
    while exact and not plain(exact, decimals).strip("-0.,") and decimals < 320:
        decimals += 1
    text = plain(exact, decimals)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if not exact:
        return "0"
    text = text if text.startswith("-") else f"+{text}"
    return _dressed(text if scale is PERCENT else _with_unit(text, scale), html=html)


def interval(row: Interval, *, unit: UnitName = "s", html: bool = False) -> str:
    """Give a value with bounds but no limit, as in the lists of outages: `4.2 s (4.1 - 4.3)`."""
    numbers = [row.value, row.low, row.high]
    scale = scale_of(unit, [n for n in numbers if n is not None])
    value, low, high = settle(numbers, scale=scale).texts
    text = NO_DATA if value is None else _dressed(_with_unit(value, scale), html=html)
    span = "" if _is_exact(row) else _span(low, high, html=html)
    return f"{text} {span}".rstrip()
