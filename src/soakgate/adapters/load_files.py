"""The load collector's folder as one table: later lines replace earlier ones, workers are summed.

Whatever a line is, reading goes on: one that cannot be believed is damage and counts for nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from soakgate.adapters.ndjson import read_lines
from soakgate.errors import printable
from soakgate.model.buckets import COUNT
from soakgate.model.evidence import Damage
from soakgate.model.load import Failure, LoadTable, LostWorker
from soakgate.model.times import NS, Window

__all__ = ["read_load"]

SOURCE = "load"
MOST = 1 << 60  # of any count or moment
LONGEST = 5_000_000  # seconds of one run: 58 days
SHOWN = 5  # bad lines of a file that are named one by one
TOTALS = ("started", "finished", "failed", "http_5xx", "void")
Ints = npt.NDArray[np.int64]
Line = Mapping[str, Any]
Key = tuple[str, int, str]


def _int(value: Any) -> int:
    """Take a count or moment. Raises ValueError."""
    if type(value) is not int or not 0 <= value <= MOST:
        message = f"no count: {value!r}"[:80]
        raise ValueError(message)
    return value


def _text(value: Any) -> str:
    """Take a name. Raises ValueError."""
    if not isinstance(value, str):
        message = f"no text: {value!r}"[:80]
        raise ValueError(message)
    return printable(value)


class _Folder:
    """Reads the files and keeps what is wrong with them."""

    def __init__(self, folder: Path, run: str | None) -> None:
        self._folder, self._run = folder, run
        self.damage: list[Damage] = []

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Give a file's lines; none if it is missing or foreign."""
        path = self._folder / name
        try:
            file = read_lines(path)
        except FileNotFoundError:
            self.note(name, "is missing")
            return []
        except OSError as error:
            self.note(name, f"cannot be read: {error.strerror}")
            return []
        if file.run is None and not file.lines and not file.bad:
            return []  # cut before its first line was whole
        if file.run is None or (self._run is not None and file.run != self._run):
            self.note(name, "does not belong to this run")
            return []
        self.note_lines(name, file.bad)
        return file.lines

    def note(self, name: str, what: str) -> None:
        """Keep one thing that is wrong."""
        self.damage.append(Damage(SOURCE, f"collect/{self._folder.name}/{name}", what))

    def note_lines(self, name: str, bad: Iterable[tuple[int, str]]) -> None:
        """Keep bad lines, the first few by number."""
        rows = list(bad)
        for number, why in rows[:SHOWN]:
            self.note(name, f"line {number} cannot be read: {printable(why, 100)}")
        if len(rows) > SHOWN:
            self.note(name, f"{len(rows) - SHOWN} more lines cannot be read")


class _Totals:
    """What load.ndjson says, before it becomes arrays."""

    def __init__(self) -> None:
        self.origin: int | None = None
        self.rows: dict[Key, Line] = {}
        self.seconds: dict[tuple[str, int], Line] = {}

    def take(self, line: Line) -> None:
        """Take a line. Raises ValueError, KeyError, TypeError for one that makes no sense."""
        if "origin" in line:
            self.origin = _int(line["origin"])
        elif "name" in line:
            _check_row(line)
            self.rows[_text(line["worker"]), _int(line["second"]), _text(line["name"])] = line
        else:
            _check_second(line)
            self.seconds[_text(line["worker"]), _int(line["second"])] = line

    def start(self) -> int:
        """Give T0, ns; of a file that lost it, its earliest second."""
        if self.origin is not None:
            return self.origin
        keys = [k[1] for k in self.rows] + [k[1] for k in self.seconds]
        return min(keys, default=0)


def _check_row(line: Line) -> None:
    started, finished, failed, http_5xx, void = (_int(line[t]) for t in TOTALS)
    kinds = sum(_int(n) for n in dict(line["kinds"]).values())
    served = 0
    for cell, count in line["cells"]:
        if not 0 <= _int(cell) < COUNT:
            message = f"no bucket: {cell}"
            raise ValueError(message)
        served += _int(count)
    if not (finished <= started and http_5xx <= failed == kinds):
        message = "totals contradict each other"
        raise ValueError(message)
    if finished != served + failed + void:
        message = "the histogram does not add up"
        raise ValueError(message)


def _check_second(line: Line) -> None:
    _int(line["users"]), _int(line["in_flight"])
    planned = line["planned"]
    if planned is not None and not (
        isinstance(planned, int | float) and not isinstance(planned, bool) and 0 <= planned <= MOST
    ):
        message = f"no plan: {planned!r}"[:80]
        raise ValueError(message)


def read_load(folder: Path, *, run: str | None = None) -> tuple[LoadTable | None, list[Damage]]:
    """Read a load collector's folder as far as it goes; no table if nothing of it can be used."""
    files = _Folder(folder, run)
    totals = _Totals()
    bad = []
    for number, line in enumerate(files.lines("load.ndjson"), 2):
        try:
            totals.take(line)
        except (ValueError, KeyError, TypeError) as error:
            bad.append((number, f"{type(error).__name__} {error}"))
    origin = totals.start()
    bad += _drop_strays(totals, origin)
    files.note_lines("load.ndjson", bad)
    failures, unlisted = _failures(files)
    lost, stalls = _events(files)
    if not totals.rows and not totals.seconds:
        return None, files.damage
    table = _table(totals, origin, failures, unlisted, lost, stalls)
    return table, files.damage


def _drop_strays(totals: _Totals, origin: int) -> list[tuple[int, str]]:
    """Leave out lines whose second is none of this run's."""

    def stray(second: int) -> bool:
        index, rest = divmod(second - origin, NS)
        return bool(rest) or not 0 <= index < LONGEST

    rows = [k for k in totals.rows if stray(k[1])]
    seconds = [k for k in totals.seconds if stray(k[1])]
    for key in rows:
        del totals.rows[key]
    for pair in seconds:
        del totals.seconds[pair]
    count = len(rows) + len(seconds)
    return [(0, f"{count} rows are of no second of this run")] if count else []


def _table(
    totals: _Totals,
    origin: int,
    failures: tuple[Failure, ...],
    unlisted: int,
    lost: tuple[LostWorker, ...],
    stalls: tuple[Window, ...],
) -> LoadTable:
    names = tuple(sorted({name for _, _, name in totals.rows}))
    place = {name: i for i, name in enumerate(names)}
    groups: dict[tuple[int, int], list[Line]] = {}
    kinds: Counter[str] = Counter()
    for (_, second, name), line in totals.rows.items():
        groups.setdefault(((second - origin) // NS, place[name]), []).append(line)
        for kind, count in line["kinds"].items():
            kinds[printable(kind, 80)] += count
    order = sorted(groups)
    sums = np.array(
        [[sum(line[t] for line in groups[key]) for t in TOTALS] for key in order], np.int64
    ).reshape(len(order), len(TOTALS))
    keys = np.array(order, np.int64).reshape(len(order), 2)
    cells = _cells([groups[key] for key in order])
    users, planned, in_flight = _dense(totals, origin)
    started, finished, failed, http_5xx, void = sums.T.copy()
    cell_row, cell_bucket, cell_count = cells
    return LoadTable(
        origin=origin,
        names=names,
        second=keys[:, 0],
        name=keys[:, 1],
        started=started,
        finished=finished,
        failed=failed,
        http_5xx=http_5xx,
        void=void,
        cell_row=cell_row,
        cell_bucket=cell_bucket,
        cell_count=cell_count,
        users=users,
        planned=planned,
        in_flight=in_flight,
        kinds=dict(sorted(kinds.items())),
        failures=failures,
        unlisted=unlisted,
        lost=lost,
        stalls=stalls,
    )


def _cells(groups: list[list[Line]]) -> tuple[Ints, Ints, Ints]:
    rows, cells, counts = [], [], []
    for index, lines in enumerate(groups):
        merged: Counter[int] = Counter()
        for line in lines:
            for cell, count in line["cells"]:
                merged[cell] += count
        for cell in sorted(merged):
            rows.append(index)
            cells.append(cell)
            counts.append(merged[cell])
    return np.array(rows, np.int64), np.array(cells, np.int64), np.array(counts, np.int64)


def _dense(totals: _Totals, origin: int) -> tuple[Ints, npt.NDArray[np.float64], Ints]:
    length = (
        max((second - origin) // NS for _, second in totals.seconds) + 1 if (totals.seconds) else 0
    )
    users, in_flight = np.zeros(length, np.int64), np.zeros(length, np.int64)
    planned = np.full(length, np.nan)
    for (_, second), line in totals.seconds.items():
        index = (second - origin) // NS
        users[index] += line["users"]
        in_flight[index] += line["in_flight"]
        if line["planned"] is not None:
            before = planned[index]
            planned[index] = line["planned"] + (0.0 if np.isnan(before) else before)
    return users, planned, in_flight


def _failures(files: _Folder) -> tuple[tuple[Failure, ...], int]:
    found, unlisted, bad = [], 0, []
    for number, line in enumerate(files.lines("failures.ndjson"), 2):
        try:
            if "unlisted" in line:
                unlisted += _int(line["unlisted"])
            else:
                found.append(_failure(line))
        except (ValueError, KeyError, TypeError) as error:
            bad.append((number, f"{type(error).__name__} {error}"))
    files.note_lines("failures.ndjson", bad)
    return tuple(sorted(found, key=lambda f: (f.at, f.done, f.name, f.user))), unlisted


def _failure(line: Line) -> Failure:
    at, done, status = _int(line["at"]), _int(line["done"]), _int(line["status"])
    name, kind, detail, user = (_text(line[k]) for k in ("name", "kind", "detail", "user"))
    return Failure(at, done, name, kind, status, detail, user)


def _events(files: _Folder) -> tuple[tuple[LostWorker, ...], tuple[Window, ...]]:
    """Pair losses with returns. Lines that are no events of ours are somebody else's to judge."""
    lost: dict[tuple[str, int], LostWorker] = {}
    stalls = []
    for line in files.lines("events.ndjson"):
        name, start, end = line.get("event"), line.get("from"), line.get("to")
        if type(start) is not int:
            continue
        worker = printable(str(line.get("worker")), 80)
        if name == "worker-lost":
            lost[worker, start] = LostWorker(worker, start, None)
        elif name == "worker-back" and type(end) is int and end >= start:
            lost[worker, start] = LostWorker(worker, start, end)
        elif name == "stall" and type(end) is int and end > start:
            stalls.append(Window(start, end))
    return tuple(lost[k] for k in sorted(lost)), tuple(sorted(stalls))
