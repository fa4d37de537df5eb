"""A load child from its first order to its last notice; the crew does the work."""

import time
from typing import Any, Protocol

from soakgate.errors import UsageError
from soakgate.model.times import MS, NS
from soakgate.observe.child import say
from soakgate.observe.load.evidence import Evidence
from soakgate.observe.load.orders import Orders
from soakgate.observe.load.plan import Plan

__all__ = ["Crew", "Watch", "announce_ready"]

NEVER = 1 << 62
POLL = 200 * MS
AFTER = 5 * MS  # so that a second's last answers are booked before it is written
MARGIN = 300 * MS  # on top of the answer limit, for requests that are about to be ended


class Crew(Protocol):
    """Who sends the requests: this process, or workers."""

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight any more."""

    def prepare(self) -> None:
        """Get ready to start at once. Raises SoakgateError."""

    def start(self, at: int) -> None:
        """Take T0, ns."""

    def stop(self, at: int) -> None:
        """Take the last moment at which a request may start, ns."""

    def halt(self) -> None:
        """Wind down: the stop has come."""

    def poll(self) -> None:
        """Look after workers; called several times a second."""

    def tick(self, second: int) -> None:
        """Write a second's evidence."""

    def finish(self, second: int) -> None:
        """Write the last evidence."""

    def close(self) -> None:
        """End all workers at once."""


class Watch:
    """The child's main loop; moments are ns of CLOCK_MONOTONIC."""

    def __init__(
        self,
        crew: Crew,
        evidence: Evidence,
        orders: Orders,
        *,
        limit: int,
        plan: Plan | None,
    ) -> None:
        self._crew, self._evidence, self._orders = crew, evidence, orders
        self._limit, self._plan = limit, plan
        self._start, self._stop = NEVER, NEVER
        self._second = 0  # the next one to be written
        self._beat = time.monotonic_ns()

    def run(self) -> bool:
        """Serve until stopped; False if the parent went away. Raises OSError, SoakgateError."""
        while not self._orders.ended and not self._over():
            self._orders.wait(self._wake())
            while (order := self._orders.next()) is not None:
                self._obey(order)
            self._step()
        asked = not self._orders.ended
        if self._start != NEVER:
            self._finish()
        return asked

    def _obey(self, order: dict[str, Any]) -> None:
        what, at = order.get("do"), order.get("at")
        if what not in ("start", "stop") or not isinstance(at, int):
            raise UsageError("load: an order makes no sense", found=repr(order)[:80])
        if what == "start" and self._start == NEVER:
            self._start = at
            self._evidence.begin(at)
            self._crew.start(at)
        elif what == "stop":
            self._stop = min(self._stop, max(at, time.monotonic_ns()))
            self._crew.stop(self._stop)

    def _wake(self) -> int:
        """Give the next moment at which something is due."""
        now = time.monotonic_ns()
        if self._start == NEVER:
            return min(self._beat, now + POLL)
        due = self._start + (self._second + 1) * NS + AFTER
        return min(due, self._stop if self._stop > now else NEVER, now + POLL)

    def _step(self) -> None:
        now = time.monotonic_ns()
        self._crew.poll()
        if now >= self._stop:
            self._crew.halt()
        if self._start == NEVER or now < self._start:
            if now >= self._beat:
                self._evidence.beat()
                self._beat = now + NS
            return
        since = now - self._start
        if since >= (self._second + 1) * NS + AFTER:
            self._second = since // NS
            self._write(self._second - 1, since)

    def _write(self, second: int, since: int) -> None:
        self._crew.tick(second)
        self._evidence.plan(since // NS * NS, self._plan, stop=self._stop - self._start)
        self._evidence.beat(self._evidence.recent.facts(second - 1, self._plan))

    def _over(self) -> bool:
        now = time.monotonic_ns()
        if now < self._stop:
            return False
        return self._start == NEVER or self._crew.idle or now > self._stop + self._limit + MARGIN

    def _finish(self) -> None:
        now = time.monotonic_ns()
        since = max(0, now - self._start)
        if since >= (self._second + 1) * NS:
            self._crew.tick(since // NS - 1)  # whole, but not yet written
        self._crew.finish(since // NS)
        end = min(self._stop, now) - self._start
        self._evidence.plan(end, self._plan, stop=end)
        self._evidence.beat(self._evidence.recent.facts(since // NS - 1, self._plan))


def announce_ready(evidence: Evidence) -> None:
    """Say that the start may come. Raises OSError."""
    evidence.event("ready", at=time.monotonic_ns())
    say("ready")
