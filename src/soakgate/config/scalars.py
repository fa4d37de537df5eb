"""What a plain (unquoted) YAML scalar means here: the least surprising part of YAML 1.2.

Null, true, false, whole and decimal numbers are what they look like. Words and numbers that YAML
1.1 and 1.2 read differently (`no`, `on`, `0123`, `0x1F`, `1_000`, `1:30`) are refused rather than
guessed, as is what is no number (`.nan`, `.inf`). All else is text; days too.
"""

import math
import re

__all__ = ["plain"]

Scalar = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SURPRISE = frozenset({"yes", "no", "on", "off"})
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_ODD = re.compile(
    r"[-+]?(?:0[0-9_]+(?:\.[0-9_]*)?|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|[0-9][0-9_]*_[0-9_.]*"
    r"|[1-9][0-9]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?)",
    re.ASCII,
)
_DIGITS = 18  # more would not be kept exactly by whoever reads the file elsewhere


def plain(text: str) -> Scalar:
    """Give the value of a plain scalar. Raises ValueError with what to write instead."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text.lower() in _SURPRISE:
        truth = "true" if text.lower() in ("yes", "on") else "false"
        raise ValueError(f'{text} means different things to YAML tools; write {truth} or "{text}"')
    if text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    if _NO_NUMBER.fullmatch(text):
        raise ValueError("a number must be finite")
    if _INT.fullmatch(text):
        if len(text) > _DIGITS:
            raise ValueError("the number is too long; quote it if it is a text")
        return int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError("a number must be finite")
        return value
    if _ODD.fullmatch(text):
        raise ValueError("YAML tools read this number differently; write it decimal, or quote it")
    return text
