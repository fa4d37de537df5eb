"""Sample files of a prober put together into series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from soakgate.adapters.arrow import MOST, SampleFile, SeriesInfo, read_samples
from soakgate.model.evidence import Damage, Series
from soakgate.model.samples import CONTROL, OUTCOMES

__all__ = ["Samples", "read_series"]

CODES = {outcome.value: code for code, outcome in enumerate(OUTCOMES)}
MOMENTS = ("intended", "sent", "first_byte", "done")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Series of targets, series of the control, what is wrong, and whether the end was torn."""

    series: tuple[Series, ...]
    control: tuple[Series, ...]
    damage: tuple[Damage, ...]
    torn: bool


def _codes(column: pa.ChunkedArray, known: dict[str, int]) -> npt.NDArray[np.int64]:
    """Turn a dictionary column into our codes; -1 for a word that we do not know."""
    chunk = column.chunk(0)
    table = np.array([known.get(word, -1) for word in chunk.dictionary.to_pylist()] or [-1])
    picked: npt.NDArray[np.int64] = table[chunk.indices.to_numpy(zero_copy_only=False)]
    return picked


def _split(file: SampleFile) -> dict[SeriesInfo, Series]:
    """Give one Series per series of a file. Raises ValueError for values that cannot be."""
    if not file.table.num_rows:
        return {}
    wanted = file.table.select(["series", "outcome", "status", *MOMENTS])
    table = wanted.unify_dictionaries().combine_chunks()
    series = _codes(table.column("series"), {s.name: i for i, s in enumerate(file.series)})
    outcome = _codes(table.column("outcome"), CODES)
    if (series < 0).any() or (outcome < 0).any():
        raise ValueError("names a series or an outcome that does not exist")
    columns = {name: table.column(name).to_numpy() for name in (*MOMENTS, "status")}
    if any((columns[m] < 0).any() or (columns[m] > MOST).any() for m in MOMENTS):
        raise ValueError("has a moment that cannot be")
    columns["outcome"] = outcome.astype(np.int8)
    return {
        info: _series(info, {name: column[series == index] for name, column in columns.items()})
        for index, info in enumerate(file.series)
    }


def _series(info: SeriesInfo, columns: Mapping[str, npt.NDArray[Any]]) -> Series:
    return Series(
        target=info.target,
        connection=info.connection,
        period=info.period,
        intended=columns["intended"],
        sent=columns["sent"],
        first_byte=columns["first_byte"],
        done=columns["done"],
        outcome=columns["outcome"],
        status=columns["status"],
    )


def _join(info: SeriesInfo, parts: Sequence[Series]) -> Series:
    """Put the parts of one series together, sorted by intended start."""
    names = (*MOMENTS, "outcome", "status")
    columns = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
    order = np.argsort(columns["intended"], kind="stable")
    return _series(info, {name: column[order] for name, column in columns.items()})


def _checked(path: Path, *, run: str) -> tuple[SampleFile, dict[SeriesInfo, Series]]:
    file = read_samples(path)
    if file.run != run:
        raise ValueError(f"is of another run: {file.run}")
    return file, _split(file)


def read_series(folder: Path, *, run: str) -> Samples:
    """Read all sample files of a prober's folder; what cannot be read is named, never raised."""
    parts: dict[SeriesInfo, list[Series]] = {}
    damage: list[Damage] = []
    torn = False
    for path in sorted(folder.glob("samples-*.arrows")):
        try:
            file, found = _checked(path, run=run)
        except Exception as error:
            where = f"collect/{folder.name}/{path.name}"
            what = getattr(error, "strerror", None) or str(error) or type(error).__name__
            damage.append(Damage(folder.name, where, what))
            continue
        torn = torn or file.torn is not None
        for info in file.series:
            parts.setdefault(info, [])
        for info, series in found.items():
            parts[info].append(series)
    joined = [_join(info, p) if p else _empty(info) for info, p in parts.items()]
    return Samples(
        tuple(s for s in joined if s.target != CONTROL),
        tuple(s for s in joined if s.target == CONTROL),
        tuple(damage),
        torn,
    )


def _empty(info: SeriesInfo) -> Series:
    kinds = {**dict.fromkeys(MOMENTS, np.int64), "outcome": np.int8, "status": np.int16}
    return _series(info, {name: np.empty(0, kind) for name, kind in kinds.items()})
