"""Columns that text takes on a terminal, and cutting and padding by them."""

import unicodedata

from soakgate.errors import printable

__all__ = ["cut_end", "cut_middle", "display_width", "pad", "wrap"]

ELLIPSIS = "…"
HIDDEN = ("Mn", "Me", "Cf")  # combining marks and format characters take no column


def _columns(char: str) -> int:
    if unicodedata.category(char) in HIDDEN:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def display_width(text: str) -> int:
    """Give the columns that printable text takes; wide characters take two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _head(text: str, room: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _columns(char)
        if used > room:
            return text[:index]
    return text


def cut_middle(name: str, width: int) -> str:
    """Cut a name to `width` columns in its middle: names tell by both ends; unprintable escaped."""
    clean = printable(name, 10_000)
    if display_width(clean) <= width:
        return clean
    if width < 2:
        return ELLIPSIS[:width]
    tail = (width - 1) // 2
    return _head(clean, width - 1 - tail) + ELLIPSIS + _head(clean[::-1], tail)[::-1]


def cut_end(text: str, width: int) -> str:
    """Cut a sentence to `width` columns at its end; unprintable characters are escaped."""
    clean = printable(text, 10_000)
    return clean if display_width(clean) <= width else _head(clean, max(0, width - 1)) + ELLIPSIS


def wrap(text: str, width: int, *, most: int) -> list[str]:
    """Break a sentence at spaces into at most `most` lines of `width` columns; the last is cut."""
    words, lines = printable(text, 10_000).split(), [""]
    for index, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if display_width(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) == most:
            lines[-1] = " ".join([lines[-1], *words[index:]])
            break
        else:
            lines.append(word)
    return [cut_end(line, width) for line in lines]


def pad(text: str, width: int) -> str:
    """Fill text up with spaces to `width` columns; longer text stays as it is."""
    return text + " " * (width - display_width(text))
