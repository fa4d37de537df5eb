"""Reads hostile YAML into plain data and the line of each key.

Built on the events of libyaml, not on its loader: so nothing is ever constructed that is not a
dict, list, str, int, float, bool or None, depth and size stay bounded, and each key has its line.
Refused, with one line that says where: tags, directives, merge keys, duplicate keys, keys that are
not text, several documents, anchors that contain themselves, aliases that multiply, nesting beyond
`DEPTH`, more than `NODES` values, files beyond `BYTES`, anything but UTF-8, control characters.
Keys are always text, so `on:` is the key "on"; for values see `scalars`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from soakgate.config.problems import FileError, KeyPath, Problems
from soakgate.config.scalars import plain

__all__ = ["BYTES", "DEPTH", "NODES", "YamlFile", "read_yaml"]

BYTES = 1_000_000  # a scenario has a few thousand
DEPTH = 32  # a scenario has six levels
NODES = 20_000  # values after aliases are followed

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\ufeff"
)
"""Control characters, other line ends, and marks that reorder what is seen."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file as plain data, and the line (from 1) of each key and item."""

    data: Any
    lines: dict[KeyPath, int]


@dataclass(slots=True)
class _Open:
    """A collection that is still being read."""

    value: Any
    path: KeyPath
    line: int
    anchor: str | None
    before: int  # nodes counted when it began
    key: str | None = None
    keys: dict[str, int] = field(default_factory=dict)


class _RefusedError(Exception):
    def __init__(self, what: str, *, line: int, path: KeyPath = ()) -> None:
        super().__init__(what)
        self.what, self.line, self.path = what, line, path


def read_yaml(data: bytes, *, source: str) -> YamlFile:
    """Read one YAML document. Raises FileError with one line for whatever is wrong with it."""
    try:
        text = _decode(data)
        reader = _Reader(yaml.parse(text, Loader=_LOADER))
        read = reader.read()
    except _RefusedError as error:
        raise _refusal(source, error) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        last = text.rstrip("\n").count("\n") + 1  # marks of a sudden end lie behind it
        line = min(mark.line + 1, last) if mark else 1
        what = f"not valid YAML: {error.problem or 'cannot be read'}{_hint(text, line=line)}"
        raise _refusal(source, _RefusedError(what, line=line)) from None
    except yaml.YAMLError as error:
        what = f"not valid YAML: {str(error).splitlines()[0]}"
        raise _refusal(source, _RefusedError(what, line=1)) from None
    if reader.refused:
        raise _refusal(source, *reader.refused)
    return read


def _refusal(source: str, *errors: _RefusedError) -> FileError:
    problems = Problems(source)
    for error in errors:
        problems.add(error.path, error.what, line=error.line)
    return problems.error()


def _hint(text: str, *, line: int) -> str:
    """Help with the one mistake that limits invite: `limit: >= 2` needs quotes in YAML."""
    lines = text.split("\n")
    faulty = lines[line - 1] if line <= len(lines) else ""
    found = re.search(r":\s*(>=?\s*[0-9][^,}\s]*)", faulty)
    return f'; a text that begins with > needs quotes: "{found[1]}"' if found else ""


def _decode(data: bytes) -> str:
    """Give the text of the file; a leading UTF-8 byte order mark is what some editors write."""
    if len(data) > BYTES:
        raise _RefusedError(f"the file is larger than {BYTES:,} bytes", line=1)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        raise _RefusedError("the file is UTF-16 or UTF-32; save it as UTF-8", line=1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _RefusedError("the file is not valid UTF-8", line=line) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if found := _BAD.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _RefusedError(f"control character U+{ord(found[0]):04X}", line=line)
    return text


class _Reader:
    """Turns events into data without recursion."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._stack: list[_Open] = []
        self._lines: dict[KeyPath, int] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}  # value, nodes in it
        self._nodes = 0
        self._documents = 0
        self._root: Any = None
        self.refused: list[_RefusedError] = []
        """What cannot be used though reading could go on."""

    def read(self) -> YamlFile:
        for event in self._events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                self._begin(event, line=line)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, line=line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end(line)
        return YamlFile(self._root, self._lines)

    def _begin(self, event: Any, *, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _RefusedError("a second document begins; one is read", line=line)
        if event.version or event.tags:
            raise _RefusedError("directives (%YAML, %TAG) are not read", line=line)

    def _node(self, event: Any, *, line: int) -> None:
        if getattr(event, "tag", None) is not None:
            self._refuse("tags (!...) are not read", line=line, path=self._path())
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(event, top=top, line=line)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line=line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line=line)
        else:
            self._open(event, line=line)

    def _refuse(self, what: str, *, line: int, path: KeyPath) -> None:
        self.refused.append(_RefusedError(what, line=line, path=path))

    def _path(self) -> KeyPath:
        """Give the path of the value that comes next."""
        if not self._stack:
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key is None else (*top.path, top.key)

    def _count(self, nodes: int, *, line: int) -> None:
        self._nodes += nodes
        if self._nodes > NODES:
            raise _RefusedError(f"more than {NODES:,} values, aliases followed", line=line)

    def _key(self, event: Any, *, top: _Open, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _RefusedError("a key must be a plain text", line=line, path=top.path)
        if event.anchor:
            raise _RefusedError("a key cannot have an anchor", line=line, path=top.path)
        key = str(event.value)
        path = (*top.path, key)
        if key == "<<" and event.implicit[0]:
            self._refuse("merge keys (<<) are not read", line=line, path=top.path)
        if key in top.keys:
            what = f"the key is given twice, first in line {top.keys[key]}"
            self._refuse(what, line=line, path=path)
        self._count(1, line=line)
        top.key = key
        self._lines[path] = top.keys.setdefault(key, line)

    def _scalar(self, event: Any, *, line: int) -> None:
        self._count(1, line=line)
        value = event.value
        try:
            value = plain(event.value) if event.implicit[0] else event.value
        except ValueError as error:
            self._refuse(str(error), line=line, path=self._path())
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, line=line)

    def _alias(self, event: Any, *, line: int) -> None:
        if event.anchor not in self._anchors:
            inside = any(item.anchor == event.anchor for item in self._stack)
            what = "contains itself" if inside else "is not defined above"
            raise _RefusedError(f"the anchor of *{event.anchor} {what}", line=line)
        value, nodes = self._anchors[event.anchor]
        self._count(nodes, line=line)
        self._add(value, line=line)

    def _open(self, event: Any, *, line: int) -> None:
        if len(self._stack) >= DEPTH:
            raise _RefusedError(f"nested deeper than {DEPTH} levels", line=line)
        self._count(1, line=line)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._path()
        self._lines.setdefault(path, line)
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Open(value, path, line, event.anchor, self._nodes - 1))

    def _end(self, line: int) -> None:
        done = self._stack.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, self._nodes - done.before)
        self._add(done.value, line=line)

    def _add(self, value: Any, *, line: int) -> None:
        self._lines.setdefault(self._path(), line)
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[top.key] = value
            top.key = None
