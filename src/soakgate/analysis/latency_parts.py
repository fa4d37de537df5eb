"""Latency before, during and after the upgrade: by target from probes, by name from load."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from soakgate.analysis.bucketing import cell_quantiles, quantiles, totals
from soakgate.analysis.curves import LatencyRow
from soakgate.model.evidence import Phase, Series
from soakgate.model.load import LoadTable
from soakgate.model.times import Window

__all__ = ["load_rows", "parts_of", "probe_rows"]

MAX_NAMES = 30  # request names with a row of their own; the tail is folded into "others"
PARTS = {"baseline": "before", "upgrade": "during", "settle": "after", "soak": "after"}
OTHERS = "others"

Ints = npt.NDArray[np.int64]
Parts = Mapping[str, tuple[Window, ...]]


def parts_of(phases: tuple[Phase, ...], window: Window) -> dict[str, tuple[Window, ...]]:
    """Windows of before, during and after; without two of them, of the whole run."""
    parts: dict[str, list[Window]] = {"before": [], "during": [], "after": []}
    for phase in phases:
        end = window.end if phase.end is None else phase.end
        part = PARTS.get(phase.name.split("/")[0])
        if part is not None and end > phase.start:
            parts[part].append(Window(phase.start, end))
    found = {part: tuple(windows) for part, windows in parts.items() if windows}
    return found if len(found) > 1 else {"whole run": (window,)}


def probe_rows(series: Series, parts: Parts) -> list[LatencyRow]:
    """Give a row per part, over all probes of a target."""
    rows = []
    for part, windows in parts.items():
        inside = np.zeros(len(series.intended), np.bool_)
        for window in windows:
            inside |= (series.intended >= window.start) & (series.intended < window.end)
        chosen = series.pick(inside)
        served = chosen.pick(chosen.served)
        taken = quantiles(_zeros(served.intended), served.done - served.intended, 1)
        rows.append(
            LatencyRow(
                series.target, "probes", part, len(served.intended), int(chosen.bad.sum()),
                *(q[0] for q in taken),
            )
        )  # fmt: skip
    return rows


def _zeros(like: Ints) -> Ints:
    return np.zeros(len(like), np.int64)


def load_rows(load: LoadTable, parts: Parts) -> list[LatencyRow]:
    """One row per request name and part; names beyond the busiest 30 become `others`."""
    sums = totals(load.name, len(load.names), load.started)
    busiest = np.argsort(-sums, kind="stable")[:MAX_NAMES].tolist()
    groups = [(load.names[n], load.name == n) for n in busiest]
    if len(load.names) > MAX_NAMES:
        groups.append((OTHERS, ~np.isin(load.name, busiest)))
    return [
        _load_row(load, name, part, mask & _inside(load, windows))
        for name, mask in groups
        for part, windows in parts.items()
    ]


def _inside(load: LoadTable, windows: tuple[Window, ...]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(load.second.size, np.bool_)
    for window in windows:
        inside |= load.rows(window)
    return inside


def _load_row(load: LoadTable, name: str, part: str, mask: npt.NDArray[np.bool_]) -> LatencyRow:
    _, cells, counts = load.cells(mask)
    taken = cell_quantiles(_zeros(cells), cells, counts, 1)
    failed = int(load.failed[mask].sum())
    served = int((load.finished - load.void)[mask].sum()) - failed
    return LatencyRow("load", name, part, served, failed, *(q[0] for q in taken))
