"""The books of one load process: requests in flight, counts, failures, and the report of a second.

Clients hand in absolute moments (ns of CLOCK_MONOTONIC); reports hold moments since T0, so that
they mean the same on every host.
"""

import time
from collections import Counter
from typing import Any

import gevent

from soakgate.errors import printable
from soakgate.model.times import NS
from soakgate.observe.load.counters import Counters, Row
from soakgate.observe.load.pulse import Pulse

__all__ = ["VOID", "Flight", "Overdue", "Recorder"]

VOID = "void"
"""Kind of a request that failed for want of our own file handles, ports or memory."""

SWEEP = 0.02  # seconds; how late an overdue request may be ended, not how it is judged
GRACE = 5 * NS  # on top of the answer limit, until a second is settled


class Overdue(BaseException):
    """Thrown into a request whose limit has passed; nobody but the client may catch it."""


class Flight:
    """A request in flight: its lane is thrown `Overdue` once `deadline` (ns) has passed."""

    __slots__ = ("deadline", "lane", "name", "row", "scheduled", "sent", "user")

    def __init__(self, *, scheduled: int, sent: int, deadline: int, name: str, row: Row) -> None:
        self.scheduled, self.sent, self.deadline = scheduled, sent, deadline
        self.name, self.row = name, row
        self.lane: Any = None
        self.user = ""


class Recorder:
    """Counts what clients do. `limit` ns is the answer limit; `failures` bounds the listed ones."""

    def __init__(self, *, names: int, failures: int, limit: int, pulse: Pulse) -> None:
        self.counters = Counters(names=names, keep=limit + GRACE)
        self.limit, self.pulse = limit, pulse
        self.origin = time.monotonic_ns()
        self._room = failures
        self._failures: list[dict[str, Any]] = []
        self._unlisted: Counter[int] = Counter()
        self._errors: Counter[str] = Counter()
        self._flights: set[Flight] = set()
        self._sequence = 0

    def begin(self, name: str, *, scheduled: int, sent: int) -> Flight:
        """Count a request as started; moments in ns."""
        row = self.counters.begin(scheduled - self.origin, name)
        deadline = scheduled + self.limit
        return Flight(scheduled=scheduled, sent=sent, deadline=deadline, name=name, row=row)

    def watch(self, flight: Flight) -> None:
        """Let the sweeper end the current greenlet's request at its deadline."""
        flight.lane = gevent.getcurrent()
        self._flights.add(flight)

    def unwatch(self, flight: Flight) -> None:
        """Leave the request to its client from now on."""
        self._flights.discard(flight)

    def serve(self, flight: Flight, done: int) -> None:
        """End a request that was served at `done`, ns."""
        self.pulse.check(done)
        if self.pulse.spoilt(flight.sent, done):
            self.counters.void(flight.row)
        else:
            self.counters.serve(flight.row, done - flight.scheduled)

    def fail(
        self, flight: Flight, done: int, *, kind: str, status: int = 0, detail: str = "", user: str
    ) -> None:
        """End a request that failed at `done`, ns."""
        self.pulse.check(done)
        if kind == VOID or self.pulse.spoilt(flight.sent, done):
            self.counters.void(flight.row)
            return
        self.counters.fail(flight.row, kind, status)
        at = flight.scheduled - self.origin
        if self._room <= 0:
            self._unlisted[flight.row.second] += 1
            return
        self._room -= 1
        self._failures.append(
            {"at": at, "done": done - self.origin, "name": flight.row.name, "kind": kind,
             "status": status, "detail": printable(detail, 200), "user": user}
        )  # fmt: skip

    def error(self, what: str) -> None:
        """Note an error of the locust file itself, one short text per distinct one."""
        text = printable(what, 200)
        if len(self._errors) < 50 or text in self._errors:
            self._errors[text] += 1

    def report(self, now: int, *, second: int, users: int, skipped: int) -> dict[str, Any]:
        """Give what changed since the last report; `users` and such are those of `second`."""
        since = now - self.origin
        self._sequence += 1
        failures, self._failures = self._failures, []
        unlisted, self._unlisted = self._unlisted, Counter()
        errors, self._errors = self._errors, Counter()
        counters = self.counters
        return {
            "seq": self._sequence,
            "second": second,
            "users": users,
            "in_flight": counters.in_flight,
            "requests": counters.started,
            "failed": counters.failed,
            "skipped": skipped,
            "late": self.pulse.worst(),
            "rows": counters.drain(max(0, since), last=second),
            "failures": failures,
            "unlisted": sorted(unlisted.items()),
            "errors": sorted(errors.items()),
            "stalls": [(a - self.origin, b - self.origin) for a, b in self.pulse.drain()],
        }

    def sweep(self) -> None:
        """End overdue requests for ever; the body of a greenlet."""
        loop = gevent.get_hub().loop
        while True:
            gevent.sleep(SWEEP)
            now = time.monotonic_ns()
            self.pulse.check(now)
            for flight in [f for f in self._flights if f.deadline <= now]:
                loop.run_callback(self._expire, flight)

    def _expire(self, flight: Flight) -> None:
        # Runs in the hub, where the lane can only be waiting; it may have ended meanwhile.
        if flight in self._flights:
            self._flights.discard(flight)
            flight.lane.throw(Overdue)
