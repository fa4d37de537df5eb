"""Reads printed numbers back, to see whether a row reads on paper as it is in truth."""

import re
from decimal import Decimal

UNITS = {" ms": Decimal("0.001"), " min": Decimal(60), " h": Decimal(3600)}  # in s
NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d+)?(?:E[+-]?\d+)?")


def numbers(text: str) -> list[Decimal]:
    """Give the numbers of a printed text, in order."""
    return [Decimal(found.replace(",", "")) for found in NUMBER.findall(text)]


def base(text: str, like: str = "") -> list[Decimal]:
    """Give the numbers of a printed text in base units; one without a unit has that of `like`."""
    unit = next((u for u in UNITS if text.endswith(u)), None)
    unit = unit or next((u for u in UNITS if like.endswith(u)), "")
    return [number * UNITS.get(unit, 1) for number in numbers(text)]


def sign(a: object, b: object) -> int:
    """Compare two numbers: -1, 0 or 1."""
    return (a > b) - (a < b)  # type: ignore[operator]
