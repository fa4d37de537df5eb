"""The load collector's folder as one table: later lines replace earlier ones, workers are summed.

Whatever a line is, reading goes on: one that cannot be believed is damage and counts for nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import msgspec
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
MOST = 1 << 40  # of any count
LATEST = 1 << 62  # ns
LONGEST = 5_000_000  # seconds of one run: 58 days
SHOWN = 5  # bad lines of a file that are named one by one
Ints = npt.NDArray[np.int64]
Line = Mapping[str, Any]
Key = tuple[str, int, str]


Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
Bucket = Annotated[int, msgspec.Meta(ge=0, lt=COUNT)]


class _Row(msgspec.Struct, frozen=True, gc=False):
    """Totals of one worker, second and name."""

    worker: str
    second: Moment
    name: str
    started: Count
    finished: Count
    failed: Count
    http_5xx: Count
    void: Count
    kinds: dict[str, Count]
    cells: list[tuple[Bucket, Count]]

    def check(self) -> None:
        """Raise ValueError if the totals contradict each other."""
        served = sum([count for _, count in self.cells])
        whole = self.finished == served + self.failed + self.void
        inside = self.finished <= self.started and self.http_5xx <= self.failed
        if not (whole and inside and self.failed == sum(self.kinds.values())):
            message = "totals contradict each other"
            raise ValueError(message)


class _Second(msgspec.Struct, frozen=True, gc=False):
    """State of one worker at the end of a second, or what was planned for it."""

    worker: str
    second: Moment
    users: Count
    in_flight: Count
    planned: Annotated[float, msgspec.Meta(ge=0, le=MOST)] | None


class _Origin(msgspec.Struct, frozen=True):
    origin: Moment


class _Unlisted(msgspec.Struct, frozen=True):
    unlisted: Count


class _Failure(msgspec.Struct, frozen=True, gc=False):
    at: Moment
    done: Moment
    name: str
    kind: str
    status: Count
    detail: str
    user: str


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
        self.rows: dict[Key, _Row] = {}
        self.seconds: dict[tuple[str, int], _Second] = {}

    def take(self, line: Line) -> None:
        """Take a line. Raises ValueError for one that makes no sense."""
        if "name" in line:
            row = msgspec.convert(line, _Row)
            row.check()
            self.rows[row.worker, row.second, row.name] = row
        elif "origin" in line:
            self.origin = msgspec.convert(line, _Origin).origin
        else:
            state = msgspec.convert(line, _Second)
            self.seconds[state.worker, state.second] = state

    def start(self) -> int:
        """Give T0, ns; of a file that lost it, its earliest second."""
        if self.origin is not None:
            return self.origin
        keys = [k[1] for k in self.rows] + [k[1] for k in self.seconds]
        return min(keys, default=0)


def read_load(folder: Path, *, run: str | None = None) -> tuple[LoadTable | None, list[Damage]]:
    """Read a load collector's folder as far as it goes; no table if nothing of it can be used."""
    files = _Folder(folder, run)
    totals = _Totals()
    bad = []
    for number, line in enumerate(files.lines("load.ndjson"), 2):
        try:
            totals.take(line)
        except ValueError as error:  # msgspec's too
            bad.append((number, str(error)))
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
    groups: dict[tuple[int, int], list[_Row]] = {}
    kinds: Counter[str] = Counter()
    for row in totals.rows.values():
        groups.setdefault(((row.second - origin) // NS, place[row.name]), []).append(row)
        kinds.update(row.kinds)
    order = sorted(groups)
    keys = np.array(order, np.int64).reshape(len(order), 2)
    sums = np.array([_sums(groups[key]) for key in order], np.int64).reshape(len(order), 5)
    cells = _cells([groups[key] for key in order])
    users, planned, in_flight = _dense(totals, origin)
    started, finished, failed, http_5xx, void = sums.T.copy()
    cell_row, cell_bucket, cell_count = cells
    return LoadTable(
        origin=origin,
        names=tuple(printable(name) for name in names),
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
        kinds={printable(kind, 80): n for kind, n in sorted(kinds.items())},
        failures=failures,
        unlisted=unlisted,
        lost=lost,
        stalls=stalls,
    )


def _sums(rows: list[_Row]) -> list[int]:
    columns = [(r.started, r.finished, r.failed, r.http_5xx, r.void) for r in rows]
    return [sum(column) for column in zip(*columns, strict=True)]


def _cells(groups: list[list[_Row]]) -> tuple[Ints, Ints, Ints]:
    """Give row, bucket and count of all cells, sorted by row, then bucket; doubles are summed."""
    pairs = [pair for rows in groups for row in rows for pair in row.cells]
    sizes = [sum(len(row.cells) for row in rows) for rows in groups]
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    flat = np.fromiter(chain.from_iterable(pairs), np.int64, 2 * len(pairs)).reshape(-1, 2)
    key = np.repeat(np.arange(len(groups)), sizes) * COUNT + flat[:, 0]
    places, inverse = np.unique(key, return_inverse=True)
    counts = np.zeros(places.size, np.int64)
    np.add.at(counts, inverse, flat[:, 1])
    return places // COUNT, places % COUNT, counts


def _dense(totals: _Totals, origin: int) -> tuple[Ints, npt.NDArray[np.float64], Ints]:
    length = max(((s.second - origin) // NS + 1 for s in totals.seconds.values()), default=0)
    users, in_flight = np.zeros(length, np.int64), np.zeros(length, np.int64)
    planned = np.full(length, np.nan)
    for state in totals.seconds.values():
        index = (state.second - origin) // NS
        users[index] += state.users
        in_flight[index] += state.in_flight
        if state.planned is not None:
            before = planned[index]
            planned[index] = state.planned + (0.0 if np.isnan(before) else before)
    return users, planned, in_flight


def _failures(files: _Folder) -> tuple[tuple[Failure, ...], int]:
    found, unlisted, bad = [], 0, []
    for number, line in enumerate(files.lines("failures.ndjson"), 2):
        try:
            if "unlisted" in line:
                unlisted += msgspec.convert(line, _Unlisted).unlisted
            else:
                found.append(_failure(msgspec.convert(line, _Failure)))
        except ValueError as error:  # msgspec's too
            bad.append((number, str(error)))
    files.note_lines("failures.ndjson", bad)
    return tuple(sorted(found, key=lambda f: (f.at, f.done, f.name, f.user))), unlisted


def _failure(row: _Failure) -> Failure:
    name, kind, detail, user = map(printable, (row.name, row.kind, row.detail, row.user))
    return Failure(row.at, row.done, name, kind, row.status, detail, user)


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
