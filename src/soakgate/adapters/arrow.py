"""Samples on disk: one Arrow IPC stream per prober, a batch per second, run id in its schema."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from soakgate.adapters.files import read_plain
from soakgate.model.samples import OUTCOMES

__all__ = ["MOST", "SampleFile", "SampleWriter", "SeriesInfo", "read_samples"]

MOST = 1 << 60
"""ns of any moment or period: 36 years."""


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """One series of a sample file; `period` is the time between intended starts, ns."""

    target: str
    connection: str
    period: int

    @property
    def name(self) -> str:
        """The series as written in the `series` column."""
        return f"{self.target}/{self.connection}"


def _schema(run: str, series: Sequence[SeriesInfo]) -> pa.Schema:
    described = [[s.target, s.connection, s.period] for s in series]
    moment = pa.int64()
    return pa.schema(
        [
            pa.field("series", pa.dictionary(pa.int16(), pa.string()), nullable=False),
            pa.field("intended", moment, nullable=False),
            pa.field("sent", moment, nullable=False),
            pa.field("first_byte", moment, nullable=False),
            pa.field("done", moment, nullable=False),
            pa.field("outcome", pa.dictionary(pa.int8(), pa.string()), nullable=False),
            pa.field("status", pa.int16(), nullable=False),
            pa.field("detail", pa.string()),
        ],
        metadata={"run": run, "series": json.dumps(described)},
    )


class SampleWriter:
    """Collects samples in plain lists and writes them as one batch per `flush`.

    Columns: series (index into `series`), intended, sent, first_byte, done (ns, CLOCK_MONOTONIC,
    0 = never), outcome (index into OUTCOMES), status (0 = none), detail (text or None).
    """

    def __init__(self, path: Path, *, run: str, series: Sequence[SeriesInfo]) -> None:
        # Buffered, since Arrow takes a short write of a nearly full disk for a whole one.
        self._file: BinaryIO = path.open("xb")
        self._schema = _schema(run, series)
        self._names = pa.array([s.name for s in series], pa.string())
        self._outcomes = pa.array([o.value for o in OUTCOMES], pa.string())
        self._writer = pa.ipc.new_stream(self._file, self._schema)
        self._file.flush()
        self._rows: list[tuple[int, int, int, int, int, int, int, str | None]] = []
        self.add = self._rows.append

    def flush(self) -> None:
        """Write what was added since the last call. Raises OSError."""
        if not self._rows:
            return
        series, intended, sent, first, done, outcome, status, detail = zip(*self._rows, strict=True)
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(series, pa.int16()), self._names),
            pa.array(intended, pa.int64()),
            pa.array(sent, pa.int64()),
            pa.array(first, pa.int64()),
            pa.array(done, pa.int64()),
            pa.DictionaryArray.from_arrays(pa.array(outcome, pa.int8()), self._outcomes),
            pa.array(status, pa.int16()),
            pa.array(detail, pa.string()),
        ]
        self._rows.clear()
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._file.flush()

    def close(self) -> None:
        """Flush and end the stream. Raises OSError."""
        self.flush()
        self._writer.close()
        self._file.close()


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A sample file as read: `table` holds the whole batches; `torn` names what cut it, if any."""

    run: str
    series: tuple[SeriesInfo, ...]
    table: pa.Table
    torn: str | None


BROKEN = (pa.ArrowException, OSError, ValueError, MemoryError)
"""What Arrow raises for bytes that are no stream, or that claim sizes that cannot be."""


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            yield reader.read_next_batch()
        except StopIteration:
            return


def read_samples(path: Path) -> SampleFile:
    """Read a sample file as far as it goes.

    Raises OSError, and ValueError if not even its schema is there or a value cannot be.
    """
    # Not mapped: a file that is cut while it is mapped ends the process.
    data = read_plain(path)
    try:
        reader = pa.ipc.open_stream(pa.BufferReader(data))
        meta = {k.decode(): v.decode() for k, v in (reader.schema.metadata or {}).items()}
        series, run = _described(meta["series"]), meta["run"]
    except (*BROKEN, KeyError, TypeError) as error:
        raise ValueError(f"not a sample file: {error}") from error
    batches: list[pa.RecordBatch] = []
    torn = None
    try:
        batches.extend(_batches(reader))
    except BROKEN as error:
        torn = str(error)
    table = pa.Table.from_batches(batches, schema=reader.schema)
    # Arrow trusts offsets inside the bytes; a changed one would be read out of bounds.
    table.validate(full=True)
    return SampleFile(run, series, table, torn)


def _described(text: str) -> tuple[SeriesInfo, ...]:
    """Read the series of a file. Raises ValueError, TypeError."""
    found = tuple(SeriesInfo(str(t), str(c), int(p)) for t, c, p in json.loads(text))
    if not all(0 < s.period <= MOST for s in found):
        raise ValueError("a series has no period")
    return found
