"""Whether this process itself ran: a stall of ours must never be counted against the service."""

import time

import gevent

from soakgate.model.times import MS, NS

__all__ = ["STALL", "Pulse"]

STALL = 250 * MS  # longer than any normal pause of the interpreter
BEAT = 0.02  # seconds


class Pulse:
    """Notices stretches in which the loop stood still; moments are ns of CLOCK_MONOTONIC."""

    def __init__(self) -> None:
        self._alive = time.monotonic_ns()
        self._late = 0
        self.lag = 0  # of the last beat, ns
        self._fresh: list[tuple[int, int]] = []
        self.last = (0, 0)

    def check(self, now: int) -> None:
        """Look for a stall up to `now`; called before anything that arrived is believed.

        Only `run` moves the beat on: a loop that is busy with requests but takes a quarter of a
        second for each turn cannot time them either.
        """
        if now - self._alive > STALL:
            self.last = (self._alive, now)
            self._fresh.append(self.last)
            self._alive = now

    def spoilt(self, sent: int, done: int) -> bool:
        """Whether the latest stall touches a request."""
        return done >= self.last[0] and sent <= self.last[1]

    def late(self, ns: int) -> None:
        """Note that we did something `ns` later than meant."""
        self._late = max(self._late, ns)

    def worst(self) -> int:
        """Give the worst lateness of ours since the last call, ns."""
        worst, self._late = self._late, 0
        return worst

    def drain(self) -> list[tuple[int, int]]:
        """Give the stalls since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def run(self) -> None:
        """Beat for ever; the body of a greenlet."""
        while True:
            due = time.monotonic_ns() + round(BEAT * NS)
            gevent.sleep(BEAT)
            now = time.monotonic_ns()
            self.check(now)
            self.lag = now - due
            self.late(self.lag)
            self._alive = now
