"""Durations, shares, rates and limits as people write them, to numbers and back to text.

All parsers raise ValueError with one line that shows the right form. Durations are int ns, shares
float fractions, rates float Hz. Text goes through Decimal, so `0.01%` is exactly 0.0001.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from soakgate.model.criteria import Limit, Op, Unit
from soakgate.model.times import NS

__all__ = [
    "Objective",
    "duration_text",
    "fit_limit",
    "limit_text",
    "number_text",
    "objective_text",
    "parse_duration",
    "parse_limit",
    "parse_objective",
    "parse_rate",
    "parse_share",
    "share_text",
]

_STEPS = {"d": 86_400 * NS, "h": 3_600 * NS, "m": 60 * NS, "s": NS, "ms": NS // 1000}
_SMALL = {"us": 1_000, "ns": 1}
_NUMBER = r"(?:\d{1,15}(?:\.\d{1,9})?)"
_PART = re.compile(rf"({_NUMBER})(ms|us|ns|d|h|m|s)", re.ASCII)
_BARE = re.compile(rf"[+-]?{_NUMBER}", re.ASCII)
_SHARE = re.compile(rf"([+-]?)({_NUMBER}) ?%", re.ASCII)
_RATE = re.compile(rf"({_NUMBER}) ?(?:/s|Hz)?", re.ASCII)
_LIMIT = re.compile(r"(<=|>=|<|=|)\s*(\S.*)", re.ASCII)
_MULTIPLE = re.compile(rf"({_NUMBER}) ?x +baseline +p95", re.ASCII)
_LONGEST = 366 * 86_400 * NS  # nothing here lasts longer than a year
_FORM = "write it like 250ms, 30s, 15m, 4h or 1h30m"


def parse_duration(text: object, *, zero: bool = False) -> int:
    """Read `250ms 30s 15m 4h 1h30m` as ns; above zero unless `zero`. Raises ValueError."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise ValueError(f"a duration is needed; {_FORM}")
    word = str(text).strip()
    if _BARE.fullmatch(word):
        raise ValueError(f"a duration needs its unit: {word}s? {_FORM}")
    steps, ns, at = list((_STEPS | _SMALL).items()), 0, 0
    previous = -1
    while part := _PART.match(word, at):
        order = next(i for i, (unit, _) in enumerate(steps) if unit == part[2])
        if order <= previous:
            break
        exact = Decimal(part[1]) * steps[order][1]
        if exact != int(exact):
            raise ValueError("a duration cannot be finer than 1ns")
        ns, at, previous = ns + int(exact), part.end(), order
    if not word or at < len(word):
        raise ValueError(f"not a duration; {_FORM}")
    return _bounded(ns, zero=zero)


def _bounded(ns: int, *, zero: bool) -> int:
    if ns > _LONGEST:
        raise ValueError("a duration can be at most 366d")
    if ns == 0 and not zero:
        raise ValueError("the duration must be above zero")
    return ns


def duration_text(ns: int) -> str:
    """Write ns in the largest units that are whole: `1h30m`, `250ms`, `0s`."""
    text, rest = "", ns
    for unit, size in (_STEPS | _SMALL).items():
        if unit == "d":
            continue
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def number_text(value: float) -> str:
    """Write a float in its shortest exact form without an exponent or a useless `.0`."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_share(text: object) -> float:
    """Read `0.01%`, `+10%`, `10 %` as a fraction. Raises ValueError."""
    word = str(text).strip()
    found = _SHARE.fullmatch(word) if isinstance(text, str) else None
    if found is None:
        hint = f"{word}%? " if _BARE.fullmatch(word) else ""
        raise ValueError(f"a share needs its %: {hint}write it like 0.01% or +10%")
    value = Decimal(found[2]) / 100
    return float(-value if found[1] == "-" else value)


def share_text(value: float) -> str:
    """Write a fraction as a share: 0.0001 is `0.01%`."""
    return f"{number_text(float(Decimal(repr(float(value))) * 100))}%"


def parse_rate(text: object) -> float:
    """Read `10`, `0.5`, `10/s` or `10 Hz` as Hz above zero. Raises ValueError."""
    word = "" if isinstance(text, bool) else str(text).strip()
    found = _RATE.fullmatch(word)
    if found is None:
        raise ValueError("not a rate; write it like 10 (requests per second) or 10/s")
    if not float(found[1]) > 0:
        raise ValueError("the rate must be above zero")
    return float(found[1])


def parse_limit(text: object, *, unit: Unit | None = None) -> Limit:
    """Read `1s`, `0.01%`, `+10%`, `>= 2`, `= 100%`, `< 5`, `0`; `<=` where no operator is given.

    A bare 0 takes `unit`, the criterion's; any other number must carry the unit that `unit` asks
    for. Raises ValueError.
    """
    word = "" if isinstance(text, bool) else str(text).strip()
    found = _LIMIT.fullmatch(word)
    if found is None:
        raise ValueError("not a limit; write it like 1s, 0.01%, +10%, 0, < 5 or >= 2")
    value, own = _quantity(found[2].strip())
    limit = Limit(Op(found[1] or "<="), value, own)
    return limit if unit is None else fit_limit(limit, unit=unit)


def fit_limit(limit: Limit, *, unit: Unit) -> Limit:
    """Give a bare 0 the unit of its criterion; any other mismatch raises ValueError."""
    if limit.unit == "count" and limit.value == 0:
        return Limit(limit.op, 0.0, unit)
    if limit.unit != unit:
        raise ValueError(_mismatch(limit, unit=unit))
    return limit


def _quantity(word: str) -> tuple[float, Unit]:
    if _BARE.fullmatch(word) and not word.startswith("-"):
        return float(word), "count"
    if word.endswith("%"):
        return parse_share(word), "ratio"
    try:
        return parse_duration(word, zero=True) / NS, "s"
    except ValueError:
        raise ValueError("not a limit; write it like 1s, 0.01%, +10%, 0, < 5 or >= 2") from None


def _mismatch(limit: Limit, *, unit: Unit) -> str:
    forms = {"s": "a duration (like 1s)", "ratio": "a share (like 0.01%)", "count": "a number"}
    text = f"the limit of this criterion is {forms[unit]}"
    if limit.unit != "count" or unit == "count":
        return text
    return f"{text}; {number_text(limit.value)}{'s' if unit == 's' else '%'}?"


def limit_text(limit: Limit) -> str:
    """Write a limit so that `parse_limit` reads the same."""
    if limit.unit == "s":
        word = duration_text(round(limit.value * NS))
    else:
        word = share_text(limit.value) if limit.unit == "ratio" else number_text(limit.value)
    return word if limit.op is Op.AT_MOST else f"{limit.op} {word}"


@dataclass(frozen=True, slots=True)
class Objective:
    """When a served answer is too late: after `ns`, or after `multiple` times baseline p95."""

    ns: int | None
    multiple: float | None = None


def parse_objective(text: object) -> Objective:
    """Read `2s` or `3x baseline p95`. Raises ValueError."""
    found = _MULTIPLE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        if isinstance(text, str) and "x" in text:
            raise ValueError("not an objective; write it like 2s or 3x baseline p95")
        return Objective(parse_duration(text))
    if not float(found[1]) > 1:
        raise ValueError("a multiple of baseline p95 must be above 1x")
    return Objective(None, float(found[1]))


def objective_text(objective: Objective) -> str:
    """Write an objective so that `parse_objective` reads the same."""
    if objective.ns is not None:
        return duration_text(objective.ns)
    return f"{number_text(objective.multiple or 0)}x baseline p95"
