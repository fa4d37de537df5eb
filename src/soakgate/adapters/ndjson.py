"""Append-only NDJSON evidence: the first line names the run, each line is written in one call."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from soakgate.adapters.files import read_plain, write_all

__all__ = ["LineFile", "Lines", "append_line", "read_lines"]

_encoder = msgspec.json.Encoder()


def _encode(item: Mapping[str, Any]) -> bytes:
    """Encode one item; half characters of foreign text become question marks."""
    try:
        return _encoder.encode(item)
    except UnicodeEncodeError:
        return json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")


class Lines:
    """A file that grows by whole lines; one write(2) each, so a crash tears at most the last."""

    def __init__(self, path: Path, *, run: str | None) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL
        self._fd = os.open(path, flags | os.O_CLOEXEC, 0o644)
        if run is not None:
            self.write({"run": run})

    def write(self, *items: Mapping[str, Any]) -> None:
        """Append one line per item. Raises OSError."""
        write_all(self._fd, b"".join(_encode(item) + b"\n" for item in items))

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def append_line(path: Path, item: Mapping[str, Any]) -> None:
    """Append one line to a file that another process made. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        write_all(fd, _encode(item) + b"\n")
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class LineFile:
    """An NDJSON file as read: `bad` lists (line number, why) of lines that are no JSON object."""

    run: str | None
    lines: list[dict[str, Any]]
    bad: list[tuple[int, str]]
    torn: bool  # the last line has no end


def read_lines(path: Path) -> LineFile:
    """Read an NDJSON file as far as it goes; never fails for its content. Raises OSError."""
    data = read_plain(path)
    torn = bool(data) and not data.endswith(b"\n")
    rows = data.split(b"\n")
    rows = rows[:-1]
    lines: list[dict[str, Any]] = []
    bad: list[tuple[int, str]] = []
    for number, row in enumerate(rows, 1):
        try:
            lines.append(msgspec.json.decode(row, type=dict[str, Any]))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            bad.append((number, str(error)))
    run = lines[0].get("run") if lines and not any(n == 1 for n, _ in bad) else None
    return LineFile(run if isinstance(run, str) else None, lines[1:] if run else lines, bad, torn)
