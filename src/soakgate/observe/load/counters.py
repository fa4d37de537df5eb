"""Running totals per second of start and request name; the only statistics that are judged.

Moments are ns since T0. A request is `begun`, which makes it visible as started, and later ended
once: served, failed or void. Memory stays constant: rows of old seconds are forgotten once they
were drained, while a request in flight keeps its own row alive.
"""

from typing import Any

from soakgate.errors import printable
from soakgate.model.buckets import bucket
from soakgate.model.times import NS

__all__ = ["OTHER", "Counters", "Row"]

OTHER = "(other)"
"""Name that stands for all names above the limit: addresses in names must not eat the memory."""

NAME_LENGTH = 200


class Row:
    """Totals of one (second, name). Cells hold response times of served requests only."""

    __slots__ = ("cells", "dirty", "failed", "finished", "http_5xx", "kinds", "name", "second",
                 "started", "void")  # fmt: skip

    def __init__(self, second: int, name: str) -> None:
        self.second, self.name = second, name
        self.started = self.finished = self.failed = self.http_5xx = self.void = 0
        self.kinds: dict[str, int] = {}
        self.cells: dict[int, int] = {}
        self.dirty = False

    def totals(self) -> dict[str, Any]:
        """Give the row as it is written, without its worker; `second` is an index here."""
        return {
            "second": self.second,
            "name": self.name,
            "started": self.started,
            "finished": self.finished,
            "failed": self.failed,
            "http_5xx": self.http_5xx,
            "void": self.void,
            "kinds": self.kinds,
            "cells": sorted(self.cells.items()),
        }


class Counters:
    """All rows of one process. `keep` ns: how long after its start a second may still change."""

    def __init__(self, *, names: int, keep: int) -> None:
        self._limit = names
        self._keep = -(-keep // NS)
        self._names: dict[str, str] = {}
        self._known: set[str] = set()
        self._rows: dict[tuple[int, str], Row] = {}
        self._dirty: list[Row] = []
        self._oldest = 0
        self.started = self.finished = self.failed = 0

    @property
    def in_flight(self) -> int:
        """Requests begun and not ended."""
        return self.started - self.finished

    def begin(self, at: int, name: str) -> Row:
        """Count a request as started at a moment; the row is needed to end it."""
        known = self._names.get(name)
        if known is None:
            known = self._admit(name)
        key = (max(self._oldest, at // NS), known)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(*key)
        row.started += 1
        self.started += 1
        if not row.dirty:
            self._touch(row)
        return row

    def serve(self, row: Row, took: int) -> None:
        """End a request that was served after `took` ns."""
        row.finished += 1
        self.finished += 1
        cell = bucket(took)
        row.cells[cell] = row.cells.get(cell, 0) + 1
        if not row.dirty:
            self._touch(row)

    def fail(self, row: Row, kind: str, status: int = 0) -> None:
        """End a request that failed."""
        row.finished += 1
        row.failed += 1
        row.http_5xx += 500 <= status <= 599
        row.kinds[kind] = row.kinds.get(kind, 0) + 1
        self.finished += 1
        self.failed += 1
        if not row.dirty:
            self._touch(row)

    def void(self, row: Row) -> None:
        """End a request that our own fault spoilt."""
        row.finished += 1
        row.void += 1
        self.finished += 1
        if not row.dirty:
            self._touch(row)

    def rename(self, row: Row, name: str) -> Row:
        """Move a request in flight to the name that it turned out to have."""
        row.started -= 1
        self.started -= 1
        if not row.dirty:
            self._touch(row)
        return self.begin(row.second * NS, name)

    def drain(self, now: int, *, last: int) -> list[dict[str, Any]]:
        """Give the rows that changed since the last call and forget those that are settled.

        Seconds after `last` (an index) are kept back: they are not over yet.
        """
        changed = [row for row in self._dirty if row.second <= last]
        self._dirty = [row for row in self._dirty if row.second > last]
        for row in changed:
            row.dirty = False
        self._oldest = max(self._oldest, now // NS - self._keep)
        for key in [k for k in self._rows if k[0] < self._oldest]:
            del self._rows[key]
        return [row.totals() for row in changed]

    def _admit(self, name: str) -> str:
        clean = printable(name, NAME_LENGTH)
        if clean not in self._known:
            if len(self._known) >= self._limit:
                return OTHER  # not remembered: names without end would eat the memory
            self._known.add(clean)
        if len(self._names) < 4 * self._limit:
            self._names[name] = clean
        return clean

    def _touch(self, row: Row) -> None:
        row.dirty = True
        self._dirty.append(row)
