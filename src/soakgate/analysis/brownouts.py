"""Brown-outs: served, but later than the objective. Neither downtime nor ignored.

The arithmetic is that of outages with `slow` in the place of `bad`. A failed probe is not slow and
not blind: it is downtime, which has its own criterion.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from soakgate.analysis import outages
from soakgate.analysis.intervals import Moments
from soakgate.analysis.outages import SeriesOutages
from soakgate.model.evidence import Series
from soakgate.model.times import Window

__all__ = ["DOWN_SHARE", "SeriesBrownouts", "analyse", "slow"]

DOWN_SHARE = 0.10
"""Share of the window that a target may be down before nothing can be said about slowness."""


@dataclass(frozen=True, slots=True, eq=False)
class SeriesBrownouts:
    """Brown-outs of one series in one window.

    `found` has the same parts as for outages, of slow probes; its `downtime` is the sum. `served`:
    probes that were served there; `down_share`: share of the window in which the target was down,
    likely value.
    """

    found: SeriesOutages
    served: int
    down_share: float

    @property
    def decidable(self) -> bool:
        """Whether enough was served to say anything about slowness."""
        return self.served > 0 and self.down_share <= DOWN_SHARE


def slow(series: Series, *, objective: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which probes were served later than `objective` (ns) after their intended start."""
    late: np.ndarray[tuple[int], np.dtype[np.bool_]]
    late = series.served & (series.done - series.intended > objective)
    return late


def analyse(
    series: Series,
    *,
    objective: int,
    run: Window,
    stalls: Iterable[Window] = (),
    window: Window | None = None,
) -> SeriesBrownouts:
    """Find and bound the brown-outs of one series in `window` (default: the whole run)."""
    part = window or run
    down = outages.of_series(series, window=run, stalls=stalls)
    used = ~series.void
    probes = outages.Probes(
        intended=down.intended,
        bad=slow(series, objective=objective)[used],
        voids=down.voids,
        period=down.period,
        window=run,
        stalls=down.stalls,
    )
    lost = outages.analyse(down, window=part).downtime
    return SeriesBrownouts(
        found=outages.analyse(probes, window=part),
        served=_served(series.intended[series.served], part),
        down_share=lost.value * 1e9 / part.length if part.length else 0.0,
    )


def _served(moments: Moments, window: Window) -> int:
    return int(((moments >= window.start) & (moments <= window.end)).sum())
