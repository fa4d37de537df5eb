"""All problems of a file at once, one line each: `file:line: path.of.keys: what; did you mean`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from soakgate.errors import UsageError, printable

__all__ = ["FileError", "KeyPath", "Positions", "Problems", "path_text"]

KeyPath = tuple[str | int, ...]
"""Where in a file: keys and list indices from the top."""

Positions = Mapping[KeyPath, int]
"""Line (from 1) of each key and item."""

_MOST = 40  # lines shown; who has more repairs these first


class FileError(UsageError):
    """A file that cannot be used; its text is the first problem, `lines` are all of them."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__(lines[0])
        self._lines = lines

    @property
    def lines(self) -> tuple[str, ...]:
        """Give one line per problem, in the order of the file."""
        return self._lines

    def __str__(self) -> str:
        """Give the first problem, as it stands in `lines`."""
        return self._lines[0]


def path_text(path: KeyPath) -> str:
    """Write a path as people read it: `criteria[2].limit`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return printable(text, 120)


@dataclass(slots=True)
class Problems:
    """Collects problems of one file; `source` is the file's name as the user gave it."""

    source: str
    positions: Positions = field(default_factory=dict)
    _found: dict[tuple[int, str], None] = field(default_factory=dict)

    def add(self, path: KeyPath, what: str, *, hint: str | None = None, line: int = 0) -> None:
        """Note a problem at a path; its line is given, or that of the nearest key in the file."""
        line = line or self.line(path)
        place = f"{self.source}:{line}" if line else self.source
        parts = [printable(place, 200), path_text(path), printable(what, 400)]
        text = ": ".join(part for part in parts if part)
        self._found[line, f"{text}; {hint}" if hint else text] = None

    def line(self, path: KeyPath) -> int:
        """Give the line of the nearest key at or above a path; 0 if there is none."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return 0

    @property
    def is_full(self) -> bool:
        """Tell whether more would not be shown, so that hints need not be looked for."""
        return len(self._found) >= _MOST

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self._found)

    def raise_any(self) -> None:
        """Raise FileError if anything was found."""
        if self._found:
            raise self.error()

    def error(self) -> FileError:
        """Give the error with all lines, by their place in the file; something must be found."""
        lines = [text for _, text in sorted(self._found, key=lambda item: item[0])]
        more = len(lines) - _MOST
        if more > 0:
            lines[_MOST:] = [f"{printable(self.source, 200)}: and {more} more problems"]
        return FileError(tuple(lines))
