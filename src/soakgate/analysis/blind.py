"""When we could not see: per series for the bounds, and over all series for the list of gaps.

Blind is the whole space from the last usable probe before a disturbance of ours to the first
usable one after it, because a probe in flight during it says nothing; and, where two neighbouring
probes are merely too far apart, what exceeds 1.5 periods. The window's edges count as probes,
so that a prober that starts late or dies early is blind there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soakgate.analysis import intervals
from soakgate.analysis.intervals import Moments, Stretches
from soakgate.model.times import MS, NS, Window

__all__ = ["Blind", "find", "gaps", "late", "silent"]

SPACE = 1.5
"""Periods between neighbouring probes that are still normal: one late and one early tick."""

LATE = 250 * MS
"""Lateness that is listed as a gap, if it is more than two periods."""

SILENCE = 2_500 * MS
"""Time without a heartbeat (one a second) that is listed as a gap."""


@dataclass(frozen=True, slots=True, eq=False)
class Blind:
    """What one series could not see.

    `stretches` is the blind time itself; `spaces` are the whole spaces between two neighbouring
    usable probes (or a probe and the window's edge) that hold it: an unseen outage may fill one.
    """

    stretches: Stretches
    spaces: Stretches

    @property
    def total(self) -> int:
        """Blind time, ns."""
        return self.stretches.total

    def clip(self, window: Window) -> "Blind":
        """Give the part inside a window."""
        return Blind(self.stretches.clip(window), self.spaces.clip(window))


def _holding(points: Moments, voids: Moments) -> npt.NDArray[np.bool_]:
    """Tell which spaces between neighbouring points hold a void probe."""
    held = np.zeros(points.size - 1, bool)
    inside = voids[(voids >= points[0]) & (voids <= points[-1])]
    index = np.searchsorted(points, inside, side="right") - 1
    held[np.minimum(index, held.size - 1)] = True
    return held


def find(
    intended: Moments, *, period: int, window: Window, voids: Moments, stalls: Stretches
) -> Blind:
    """Find the blind time of one series in a run.

    `intended`: starts of its usable probes, sorted; `voids`: starts of its void ones;
    `stalls`: when the prober stood still. `period` and all moments in ns, CLOCK_MONOTONIC.
    """
    seen = intended[(intended >= window.start) & (intended <= window.end)]
    points = np.concatenate(([window.start], seen, [window.end])).astype(np.int64)
    starts, ends = points[:-1], points[1:]
    ours = _holding(points, voids) | intervals.touches(stalls, starts, ends)
    normal = int(SPACE * period)
    wide = ends - starts > normal
    # What is normal is left free around the probes that vouch for it; an edge vouches for nothing.
    before = np.full(starts.size, normal // 2)
    after = normal - before
    before[0], after[0] = 0, normal
    before[-1], after[-1] = (normal, 0) if seen.size else (0, 0)
    if not seen.size:
        after[0] = 0
    blind = ours | wide
    inner_starts = np.where(ours, starts, starts + before)[blind]
    inner_ends = np.where(ours, ends, ends - after)[blind]
    kept = inner_ends > inner_starts
    return Blind(
        Stretches(inner_starts[kept], inner_ends[kept]),
        Stretches(starts[blind][kept], ends[blind][kept]),
    )


def late(blind: Blind, *, period: int) -> Stretches:
    """Give the blind spaces long enough for the list of gaps: late by max(250 ms, two periods)."""
    spaces = blind.spaces
    kept = spaces.ends - spaces.starts - period > max(LATE, 2 * period)
    return Stretches(spaces.starts[kept], spaces.ends[kept])


def silent(beats: Moments, *, window: Window, sampled: Stretches) -> Stretches:
    """Give the time without a heartbeat for over 2.5 s, less the part that has samples.

    `beats`: moments of the heartbeats, sorted; `sampled`: when samples vouch that we were alive.
    """
    points = np.concatenate(([window.start], beats, [window.end])).astype(np.int64)
    points = np.sort(np.clip(points, window.start, window.end))
    kept = np.diff(points) > SILENCE
    quiet = Stretches(points[:-1][kept], points[1:][kept])
    return intervals.common(quiet, intervals.outside(sampled, window)) if len(quiet) else quiet


def gaps(parts: Iterable[Stretches], *, window: Window) -> Stretches:
    """Merge what series and heartbeats say into the gaps to list, in time order."""
    found = [part.clip(window) for part in parts]
    if not found:
        return intervals.NONE
    starts = np.concatenate([part.starts for part in found])
    ends = np.concatenate([part.ends for part in found])
    return intervals.merge(starts, ends)


assert LATE < NS < SILENCE  # a heartbeat comes each second
