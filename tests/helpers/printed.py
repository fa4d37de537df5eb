"""Reads printed numbers back, to see whether a row reads on paper as it is in truth."""

import re
from decimal import Decimal

NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d+)?(?:E[+-]?\d+)?")


def numbers(text: str) -> list[Decimal]:
    """Give the numbers of a printed text, in order."""
    return [Decimal(found.replace(",", "")) for found in NUMBER.findall(text)]


def sign(a: object, b: object) -> int:
    """Compare two numbers: -1, 0 or 1."""
    return (a > b) - (a < b)  # type: ignore[operator]
