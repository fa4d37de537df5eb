"""Where all probes in flight are known: clock, suspension, deadlines, and the record of the end."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

from soakgate.errors import printable
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import MS
from soakgate.observe.probe.poller import Poller

__all__ = ["STALL", "SWEEP", "Flight", "Hub", "Row", "Stage"]

STALL = 250 * MS  # a longer silence of this process makes what was in flight unusable
SWEEP = 20 * MS  # how late an overdue probe may be ended; its outcome does not depend on it

CODES = {outcome: code for code, outcome in enumerate(OUTCOMES)}
SERVED = CODES[Outcome.SERVED]
Row = tuple[int, int, int, int, int, int, int, str | None]
"""Series, intended, sent, first byte, done (ns), outcome's code, status, detail."""


class Stage(Protocol):
    """What a flight waits for: a name, a connection, an answer."""

    def expire(self, now: int) -> None:
        """Act on a deadline that has passed: end the flight, or go on and move its deadline."""

    def abandon(self) -> None:
        """Let go of everything; the flight is ended by the caller."""


class Flight:
    """One probe under way. `deadline` is that of its stage, never after `answer_by`; all ns."""

    __slots__ = ("answer_by", "deadline", "first_byte", "intended", "sent", "series", "stage")

    def __init__(self, series: int, *, intended: int, sent: int, answer_limit: int) -> None:
        self.series, self.intended, self.sent = series, intended, sent
        self.first_byte = 0
        self.answer_by = self.deadline = intended + answer_limit
        self.stage: Stage | None = None

    def limit(self, moment: int) -> None:
        """Set the deadline of the stage that begins."""
        self.deadline = min(moment, self.answer_by)


class Hub:
    """Shared by all series. `record` gets each ended probe, `note` events; `clock` gives ns."""

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        poller: Poller,
        record: Callable[[Row], Any],
        note: Callable[[dict[str, Any]], None],
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.loop, self.poller, self.clock = loop, poller, clock
        self._record, self._note = record, note
        self._last = 0  # when we were last awake, ns; 0 before the loop runs
        self._retired: list[tuple[int, socket.socket]] = []
        self.flights: set[Flight] = set()

    def alive(self) -> int:
        """Give the time, having voided all flights if this process was silent for too long.

        To be called first by every callback, before it looks at its data: what is in flight over
        a suspension may have been answered, cut or timed out by our own absence.
        """
        now = self.clock()
        if now - self._last > STALL and self._last:
            self._stalled(now)
        self._last = now
        return now

    def _stalled(self, now: int) -> None:
        self._note({"event": "stall", "from": self._last, "to": now})
        for flight in tuple(self.flights):
            if flight.stage is not None:
                flight.stage.abandon()
            self.end(flight, Outcome.VOID, now, detail="this process was suspended")

    def begin(self, series: int, *, intended: int, answer_limit: int) -> Flight:
        """Take note of a probe that starts now."""
        sent = self.clock()
        flight = Flight(series, intended=intended, sent=sent, answer_limit=answer_limit)
        self.flights.add(flight)
        return flight

    def end(
        self,
        flight: Flight,
        outcome: Outcome,
        now: int,
        *,
        status: int = 0,
        detail: str | None = None,
    ) -> None:
        """Record how a probe ended at `now`; a second end of the same flight changes nothing."""
        if flight not in self.flights:
            return
        self.flights.remove(flight)
        flight.stage = None
        text = None if detail is None else printable(detail, 200)
        code = SERVED if outcome is Outcome.SERVED else CODES[outcome]
        f = flight
        self._record((f.series, f.intended, f.sent, f.first_byte, now, code, status, text))

    def retire(self, sock: socket.socket) -> None:
        """Close a connection a little later.

        By then the server, which was told that this was the last request, has closed its side:
        its port stays in TIME_WAIT and not ours, of which there are 28,000 a minute.
        """
        self._retired.append((self._last + SWEEP, sock))

    def sweep(self, now: int) -> None:
        """End overdue flights and close retired connections."""
        for flight in tuple(self.flights):
            if now > flight.deadline and flight.stage is not None:
                flight.stage.expire(now)
        while self._retired and self._retired[0][0] <= now:
            self._retired.pop(0)[1].close()

    @property
    def busy(self) -> bool:
        """Whether a sweep will be needed."""
        return bool(self.flights or self._retired)
