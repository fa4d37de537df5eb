"""Outages of one series in one window: rows, episodes, blind time, downtime, longest outage."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from soakgate.analysis import blind as blindness
from soakgate.analysis import downtime, episodes, intervals, longest, rows
from soakgate.analysis.blind import Blind
from soakgate.analysis.episodes import Episodes
from soakgate.analysis.intervals import Moments, Stretches
from soakgate.analysis.part import Part
from soakgate.analysis.rows import Flags, Rows
from soakgate.model.bounds import Bounds
from soakgate.model.evidence import Series
from soakgate.model.times import Window

__all__ = ["Probes", "SeriesOutages", "analyse", "of_series"]


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """What the arithmetic needs of one series over a whole run; moments in ns, CLOCK_MONOTONIC.

    `intended`: int64[n], sorted starts of usable probes; `bad`: bool[n]; `voids`: starts of void
    probes; `period`; `window`: from the first to the last planned moment; `stalls`: when the
    prober stood still or was away.
    """

    intended: Moments
    bad: Flags
    voids: Moments
    period: int
    window: Window
    stalls: Stretches = intervals.NONE


@dataclass(frozen=True, slots=True, eq=False)
class SeriesOutages:
    """What one series shows in one window (`part`), with its bounds in seconds."""

    part: Part
    downtime: Bounds
    longest: Bounds

    @property
    def rows(self) -> Rows:
        """Its rows, clipped to the window."""
        return self.part.rows

    @property
    def episodes(self) -> Episodes:
        """Its episodes; their `first, stop` are indices into `rows`."""
        return self.part.episodes

    @property
    def blind(self) -> Blind:
        """What it could not see of the window."""
        return self.part.blind

    @property
    def usable(self) -> int:
        """How many usable probes started in the window."""
        return self.part.usable


def of_series(series: Series, *, window: Window, stalls: Iterable[Window] = ()) -> Probes:
    """Take what is needed from recorded samples; `window` is the whole run."""
    used = ~series.void
    return Probes(
        intended=series.intended[used],
        bad=series.bad[used],
        voids=series.intended[~used],
        period=series.period,
        window=window,
        stalls=intervals.of(stalls),
    )


def analyse(probes: Probes, *, window: Window | None = None) -> SeriesOutages:
    """Find and bound the outages of one series in `window` (default: the whole run)."""
    part = window or probes.window
    blind = blindness.find(
        probes.intended,
        period=probes.period,
        window=probes.window,
        voids=probes.voids,
        stalls=probes.stalls,
    )
    found = rows.find(
        probes.intended,
        probes.bad,
        period=probes.period,
        window=probes.window,
        blind=blind.stretches,
    )
    cut = rows.clip(
        found, part, intended=probes.intended, blind=blind.stretches, end=probes.window.end
    )
    edges = np.searchsorted(probes.intended, [part.start, part.end + 1])
    shown = Part(
        rows=cut,
        episodes=episodes.find(cut, period=probes.period, blind=blind.stretches),
        blind=blind.clip(part),
        period=probes.period,
        window=part,
        usable=int(edges[1] - edges[0]),
    )
    return SeriesOutages(shown, downtime=downtime.bound(shown), longest=longest.bound(shown))
