"""When each series sends: a fixed grid, on which missed ticks are skipped and never made up."""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

from soakgate.model.times import MS, NS

__all__ = ["PHASE_LIMIT", "Schedule"]

PHASE_LIMIT = NS  # a slow series still sends its first probe within a second
LATE_LIMIT = 250 * MS  # a tick later than this (or than its period) says nothing about its time


class Schedule:
    """The grid T0 + phase + k * period of each series; all times ns, CLOCK_MONOTONIC.

    `skipped` counts ticks that were missed because the process woke up too late.
    """

    def __init__(self, periods: Sequence[int], *, phases: Sequence[int]) -> None:
        self._periods, self._phases = list(periods), list(phases)
        self._heap: list[tuple[int, int]] = []  # (next due, series)
        self._stop: int | None = None
        self.started = False
        self.skipped = 0

    def start(self, at: int) -> None:
        """Lay the grid from T0 on; a second call changes nothing."""
        if not self.started:
            self._heap = [(at + phase, series) for series, phase in enumerate(self._phases)]
            heapify(self._heap)
            self.started = True

    def stop(self, at: int) -> None:
        """Set the last intended start; an earlier one replaces it, a later one does not."""
        self._stop = at if self._stop is None else min(self._stop, at)

    def next_due(self) -> int | None:
        """Give the next tick, or None when there is none."""
        if not self._heap or (self._stop is not None and self._heap[0][0] > self._stop):
            return None
        return self._heap[0][0]

    def over(self, now: int) -> bool:
        """Tell whether no probe will be started any more."""
        return self._stop is not None and now >= self._stop and self.next_due() is None

    def due(self, now: int) -> list[tuple[int, int]]:
        """Take what is to be sent now: (series, intended), the newest tick of each series only."""
        fire = []
        horizon = now if self._stop is None else min(now, self._stop)
        while self._heap and self._heap[0][0] <= horizon:
            first, series = self._heap[0]
            period = self._periods[series]
            missed = (horizon - first) // period
            newest = first + missed * period
            if now - newest > min(period, LATE_LIMIT):
                missed += 1
            else:
                fire.append((series, newest))
            self.skipped += missed
            heapreplace(self._heap, (newest + period, series))
        while self._stop is not None and self._heap and self._heap[0][0] > self._stop:
            heappop(self._heap)
        return fire
