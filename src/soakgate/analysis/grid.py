"""Series and load summed up by bucket: one curve each, however long the run was."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.analysis.bucketing import bucket_width, cell_quantiles, quantiles, totals
from soakgate.analysis.curves import Curve, LoadCurve
from soakgate.model.evidence import Series
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window

__all__ = ["MAX_BUCKETS", "Grid", "curve", "joined", "load_curve"]

MAX_BUCKETS = 1500

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where buckets begin: `start` monotonic ns, `width` ns, `size` buckets."""

    start: int
    width: int
    size: int

    @classmethod
    def over(cls, window: Window) -> "Grid":
        """Lay a grid over a window; one of no length has one bucket."""
        length = max(window.length, 1)
        width = bucket_width(length, most=MAX_BUCKETS)
        return cls(window.start, width, -(-length // width))

    def index(self, moments: Ints) -> Ints:
        """Give the bucket of each moment; the last one takes what lies on the window's end."""
        return np.clip((moments - self.start) // self.width, 0, self.size - 1)


def joined(series: tuple[Series, ...], target: str) -> Series:
    """All series of a target as one, sorted by intended start."""
    mine = [s for s in series if s.target == target]
    columns = [
        np.concatenate([getattr(s, name) for s in mine])
        for name in ("intended", "sent", "first_byte", "done", "outcome", "status")
    ]
    order = np.argsort(columns[0], kind="stable")
    return Series(target, "any", min(s.period for s in mine), *(c[order] for c in columns))


def curve(series: Series, grid: Grid) -> Curve:
    """Sum up one series; void probes are in no bucket."""
    usable = grid.index(series.intended[~series.void])
    bad = grid.index(series.intended[series.bad])
    served = series.pick(series.served)
    p50, p95, p99 = quantiles(grid.index(served.intended), served.done - served.intended, grid.size)
    count, failed = totals(usable, grid.size).tolist(), totals(bad, grid.size).tolist()
    return Curve(series.target, series.connection, tuple(count), tuple(failed), p50, p95, p99)


def load_curve(load: LoadTable, grid: Grid) -> LoadCurve:
    """Sum up all load, over all request names."""
    index = grid.index(load.origin + load.second * NS)
    started, finished, failed = (
        totals(index, grid.size, column)
        for column in (load.started, load.finished - load.void, load.failed)
    )
    width = grid.width / NS
    seconds, cells, counts = load.cells(np.ones(load.second.size, np.bool_))
    p50, p95, p99 = cell_quantiles(grid.index(load.origin + seconds * NS), cells, counts, grid.size)
    share = np.divide(failed, finished, out=np.full(grid.size, np.nan), where=finished > 0)
    return LoadCurve(
        tuple((started / width).tolist()), _asked(load, grid), _known(share), p50, p95, p99
    )


def _asked(load: LoadTable, grid: Grid) -> tuple[float | None, ...]:
    """Requests per second that were planned, averaged over the seconds of each bucket."""
    planned = np.flatnonzero(~np.isnan(load.planned))
    index = grid.index(load.origin + planned * NS)
    summed = np.bincount(index, weights=load.planned[planned], minlength=grid.size)
    known = totals(index, grid.size)
    return _known(np.divide(summed, known, out=np.full(grid.size, np.nan), where=known > 0))


def _known(values: npt.NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if v != v else v for v in values.tolist())  # noqa: PLR0124 - NaN
