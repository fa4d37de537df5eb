"""Counts and quantiles by bucket, for pictures: no bounds, nothing here decides a verdict."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from soakgate.model.buckets import EDGES
from soakgate.model.times import NS

__all__ = ["QUANTILES", "Quantiles", "bucket_width", "cell_quantiles", "quantiles", "totals"]

Ints = npt.NDArray[np.int64]
Quantiles = tuple[tuple[int | None, ...], tuple[int | None, ...], tuple[int | None, ...]]

QUANTILES = (0.5, 0.95, 0.99)
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds people can read

_MIDDLES = np.sqrt(np.array(EDGES[:-1], np.float64) * np.array(EDGES[1:], np.float64))


def bucket_width(length: int, *, most: int) -> int:
    """Give the width in ns of at most `most` buckets over a length in ns; whole seconds."""
    for step in STEPS:
        if step * NS * most >= length:
            return step * NS
    return -(-length // (most * 3600 * NS)) * 3600 * NS


def totals(index: Ints, size: int, weights: Ints | None = None) -> Ints:
    """Count by bucket index, or sum weights; int64[size]."""
    summed = np.bincount(index, weights=weights, minlength=size)[:size]
    return summed.astype(np.int64)


def quantiles(index: Ints, values: Ints, size: int) -> Quantiles:
    """Give p50, p95, p99 of values by bucket index, nearest rank; None for an empty bucket."""
    order = np.lexsort((values, index))
    return _ranked(index[order], values[order], np.ones(len(index), np.int64), size)


def cell_quantiles(index: Ints, cells: Ints, counts: Ints, size: int) -> Quantiles:
    """The same over histogram cells (numbers of `model.buckets`), by the middle of each cell."""
    order = np.lexsort((cells, index))
    values = np.round(_MIDDLES[cells[order]]).astype(np.int64)
    return _ranked(index[order], values, counts[order], size)


def _ranked(index: Ints, values: Ints, counts: Ints, size: int) -> Quantiles:
    """Quantiles by nearest rank; `index` ascending, `values` ascending inside each index."""
    per_bucket = totals(index, size, counts)
    before = np.concatenate(([0], np.cumsum(per_bucket)[:-1])) if size else per_bucket
    running = np.cumsum(counts)
    found: list[tuple[int | None, ...]] = []
    for p in QUANTILES:
        rank = before + np.maximum(1, np.ceil(p * per_bucket).astype(np.int64))
        place = np.searchsorted(running, rank)
        found.append(_pick(values, place, per_bucket))
    return found[0], found[1], found[2]


def _pick(values: Ints, place: Ints, per_bucket: Ints) -> tuple[int | None, ...]:
    pairs: Sequence[tuple[int, int]] = list(zip(place.tolist(), per_bucket.tolist(), strict=True))
    return tuple(int(values[at]) if n else None for at, n in pairs)
