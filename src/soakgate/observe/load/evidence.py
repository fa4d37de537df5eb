"""The files of a load child, and the figures of its progress line.

`load.ndjson` holds running totals: a later line with the same (worker, second, name) replaces the
earlier one. Moments of reports are ns since T0 and become CLOCK_MONOTONIC here. Raises OSError.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from soakgate.adapters.ndjson import Lines
from soakgate.model.buckets import edges
from soakgate.model.times import MS, NS
from soakgate.observe.child import Heart
from soakgate.observe.load.plan import Plan

__all__ = ["PLAN", "Evidence", "Recent"]

PLAN = "plan"
"""Worker name of the rows that hold what was planned, by all workers together."""

KEPT = 8  # seconds of rows that the progress line looks at


class Recent:
    """The last seconds' rows of all workers, for people to watch; never judged."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str, str], Mapping[str, Any]] = {}
        self._totals: dict[str, Mapping[str, Any]] = {}

    def take(self, worker: str, report: Mapping[str, Any]) -> None:
        """Take a worker's report."""
        self._totals[worker] = report
        oldest = report["second"] - KEPT
        for row in report["rows"]:
            if row["second"] >= oldest:
                self._rows[row["second"], worker, row["name"]] = row
        for key in [k for k in self._rows if k[0] < oldest]:
            del self._rows[key]

    def drop(self, worker: str) -> None:
        """Take a worker for gone: it has no users any more."""
        if worker in self._totals:
            self._totals[worker] = {**self._totals[worker], "users": 0, "in_flight": 0}

    def total(self, what: str) -> int:
        """Sum one figure over workers."""
        return sum(int(r[what]) for r in self._totals.values())

    def facts(self, second: int, plan: Plan | None) -> dict[str, Any]:
        """Describe the load around a second."""
        started = sum(r["started"] for k, r in self._rows.items() if k[0] == second)
        asked = plan.planned(second * NS, (second + 1) * NS) if plan else None
        return {
            "rate": started,
            "asked": None if asked is None else round(asked, 3),
            "requests": self.total("requests"),
            "failed": self.total("failed"),
            "users": self.total("users"),
            "p95_ms": self._p95(second),
        }

    def _p95(self, second: int) -> float | None:
        sums: dict[int, int] = {}
        for (at, _, _), row in self._rows.items():
            if second - 4 <= at <= second:
                for cell, count in row["cells"]:
                    sums[cell] = sums.get(cell, 0) + count
        left = 0.95 * sum(sums.values())
        for cell in sorted(sums):
            left -= sums[cell]
            if left <= 0:
                return round(edges(cell)[1] / MS, 3)
        return None


class Evidence:
    """All that a load child writes, but for its log."""

    def __init__(self, folder: Path, run: str) -> None:
        self._load = Lines(folder / "load.ndjson", run=run)
        self._failures = Lines(folder / "failures.ndjson", run=run)
        self._events = Lines(folder / "events.ndjson", run=run)
        self._heart = Heart(folder, events=self._events)
        self._planned = 0  # seconds whose plan is written
        self.origin = 0
        self.recent = Recent()

    def event(self, name: str, *, at: int, **fields: Any) -> None:
        """Write an event; `at` in ns."""
        self._events.write({"event": name, "at": at, **fields})

    def begin(self, at: int) -> None:
        """Fix T0, ns: all seconds are counted from it."""
        self.origin = at
        self._load.write({"origin": at})

    def beat(self, facts: Mapping[str, Any] | None = None) -> None:
        """Write a heartbeat, and say how it goes."""
        self._heart.beat(facts)

    def take(self, worker: str, report: Mapping[str, Any]) -> None:
        """Write a worker's report of one second."""
        self.recent.take(worker, report)
        lines = [self._row(worker, row) for row in report["rows"]]
        lines.append(
            {
                "second": self._at(report["second"] * NS),
                "worker": worker,
                "users": report["users"],
                "planned": None,
                "in_flight": report["in_flight"],
                "skipped": report["skipped"],
                "late": report["late"],
            }
        )
        self._load.write(*lines)
        self._take_failures(report)
        for start, end in report["stalls"]:
            stall = {"from": self._at(start), "to": self._at(end)}
            self.event("stall", at=self._at(end), worker=worker, **stall)
        for what, count in report["errors"]:
            moment = self._at((report["second"] + 1) * NS)
            self.event("user-error", at=moment, worker=worker, what=what, count=count)

    def plan(self, until: int, plan: Plan | None, *, stop: int) -> None:
        """Write what was planned for the seconds before `until`; moments in ns since T0."""
        lines = []
        while self._planned * NS < min(until, stop):
            start = self._planned * NS
            part = plan.planned(start, min(start + NS, stop)) if plan else None
            lines.append(
                {
                    "second": self._at(start),
                    "worker": PLAN,
                    "users": 0,
                    "planned": None if part is None else round(part, 6),
                    "in_flight": 0,
                }
            )
            self._planned += 1
        if lines:
            self._load.write(*lines)

    def close(self) -> None:
        """Close all files."""
        self._heart.close()
        for lines in (self._load, self._failures, self._events):
            lines.close()

    def _at(self, since: int) -> int:
        return self.origin + int(since)

    def _row(self, worker: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"worker": worker, **row, "second": self._at(row["second"] * NS)}

    def _take_failures(self, report: Mapping[str, Any]) -> None:
        lines = [
            {**row, "at": self._at(row["at"]), "done": self._at(row["done"])}
            for row in report["failures"]
        ]
        unlisted: Iterable[Any] = report["unlisted"]
        lines += [{"second": self._at(second * NS), "unlisted": n} for second, n in unlisted]
        if lines:
            self._failures.write(*lines)
