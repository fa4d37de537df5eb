"""Sentences for people that criteria share; numbers are rounded by the one rule of all reports."""

import math
from collections.abc import Iterable

from soakgate.model.bounds import Bounds
from soakgate.model.criteria import Limit
from soakgate.model.numbers import scales_of, settle

__all__ = ["compared", "joined", "lasting", "some"]


def compared(number: float, limit: Limit) -> tuple[str, str]:
    """Write a number and a limit so that they compare on paper as they do in truth."""
    own, scale = scales_of(limit.unit, [number], limit=limit.value)
    bar = settle([number], scale=scale, limit=limit.value).limit
    seen = settle([number], scale=own, limit=limit.value if own is scale else None).texts[0]
    return f"{seen} {own.word}".rstrip(), f"{bar} {scale.word}".rstrip()


def some(observed: Bounds, limit: Limit) -> tuple[str, str]:
    """Write the observed value and the limit."""
    return compared(observed.value, limit)


def joined(names: Iterable[str]) -> str:
    """Join names as in a sentence: `a, b and c`."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def lasting(seconds: float) -> str:
    """Write how long something more takes, rounded up: `40 s`, `6 min`, `2.5 h`."""
    if seconds <= 120:
        return f"{math.ceil(seconds)} s"
    if seconds <= 120 * 60:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 360) / 10:,g} h"
