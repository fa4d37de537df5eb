"""When requests are to start: a rate over time, and the grid of slots that follows from it.

Times are ns since T0, rates requests/s. Pure, so that the master and each worker agree.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from soakgate.errors import UsageError
from soakgate.model.times import NS

__all__ = ["Plan"]

LONGEST = 1e9  # seconds; a slot later than that is never


class Plan:
    """A rate that is linear between points (seconds since T0, requests/s) and then holds.

    Slot k starts when the planned number of requests reaches k, so slots are evenly spaced at any
    rate and never bunch. Raises UsageError for points that go back in time or below zero.
    """

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        self.points = tuple((float(t), float(r)) for t, r in points)
        _check(self.points)
        self._sums = [0.0]  # requests planned before each point
        for (t0, r0), (t1, r1) in pairwise(self.points):
            self._sums.append(self._sums[-1] + (r0 + r1) / 2 * (t1 - t0))

    @classmethod
    def steady(cls, rate: float) -> "Plan":
        """Plan a constant rate."""
        return cls([(0.0, rate)])

    @classmethod
    def ramp(cls, rate: float, *, over: float) -> "Plan":
        """Plan a rise from zero within `over` seconds, then a constant rate."""
        return cls([(0.0, 0.0), (over, rate)]) if over > 0 else cls.steady(rate)

    @property
    def highest(self) -> float:
        """The highest rate that is ever asked for."""
        return max(r for _, r in self.points)

    def rate(self, at: int) -> float:
        """Give the rate at a moment."""
        t = max(0.0, at / NS)
        for (t0, r0), (t1, r1) in pairwise(self.points):
            if t < t1:
                return r0 + (r1 - r0) * (t - t0) / (t1 - t0)
        return self.points[-1][1]

    def count(self, at: int) -> float:
        """Give the number of requests planned before a moment."""
        t = max(0.0, at / NS)
        index = self._segment_by_time(t)
        t0, r0 = self.points[index]
        spent = t - t0
        if index + 1 < len(self.points):
            t1, r1 = self.points[index + 1]
            return self._sums[index] + r0 * spent + (r1 - r0) / (t1 - t0) * spent * spent / 2
        return self._sums[index] + r0 * spent

    def planned(self, start: int, end: int) -> float:
        """Give the number of requests planned between two moments."""
        return max(0.0, self.count(end) - self.count(start))

    def moment(self, slot: int) -> int | None:
        """Give the start of a slot, or None if the plan never gets there."""
        index = self._segment_by_sum(float(slot))
        t0, r0 = self.points[index]
        missing = slot - self._sums[index]
        slope = 0.0
        if index + 1 < len(self.points):
            t1, r1 = self.points[index + 1]
            slope = (r1 - r0) / (t1 - t0)
        spent = _spent(missing, r0, slope)
        return None if spent is None or spent > LONGEST else round((t0 + spent) * NS)

    def _segment_by_time(self, t: float) -> int:
        index = 0
        while index + 1 < len(self.points) and t >= self.points[index + 1][0]:
            index += 1
        return index

    def _segment_by_sum(self, slot: float) -> int:
        index = 0
        while index + 1 < len(self.points) and slot >= self._sums[index + 1]:
            index += 1
        return index


def _spent(missing: float, rate: float, slope: float) -> float | None:
    """Solve rate t + slope t^2 / 2 = missing in the form that does not cancel."""
    if missing <= 0:
        return 0.0
    root = rate + math.sqrt(max(0.0, rate * rate + 2 * slope * missing))
    return None if root <= 0 else 2 * missing / root


def _check(points: Sequence[tuple[float, float]]) -> None:
    rising = all(a[0] < b[0] for a, b in pairwise(points))
    sane = all(math.isfinite(t) and math.isfinite(r) and r >= 0 for t, r in points)
    if not points or points[0][0] != 0 or not rising or not sane:
        raise UsageError(
            "load: a plan that cannot be kept",
            expected="points (seconds from 0 on, requests/s >= 0)",
            found=repr(points)[:200],
        )
