"""HTTP/1.1 probes: one GET each, over a new connection or over the one that is kept."""

from soakgate.model.samples import Connection, Outcome
from soakgate.model.times import MS
from soakgate.observe.probe.address import parse_url
from soakgate.observe.probe.answer import Answer, Expectation, judge
from soakgate.observe.probe.dial import Dial
from soakgate.observe.probe.failures import socket_failure, tell
from soakgate.observe.probe.hub import Flight, Hub
from soakgate.observe.probe.route import Route, make_route, request
from soakgate.observe.probe.secure import TlsError
from soakgate.observe.probe.settings import Target
from soakgate.observe.probe.wire import Channel

__all__ = ["HttpProber", "make"]

FRESH = MS // 10  # ns; a client cannot know of an end that comes any closer to its request


class Exchange:
    """One connection and the requests that go over it, one at a time; a stage and a dialler."""

    __slots__ = ("_answer", "_channel", "_owner", "flight")

    def __init__(self, owner: "HttpProber", *, flight: Flight) -> None:
        self._owner = owner
        self._answer = Answer(owner.expect)
        self._channel: Channel | None = None
        self.flight: Flight | None = flight

    def connected(self, channel: Channel, now: int) -> None:
        """Send the request that the connection was made for."""
        self._channel = channel
        if self.flight is not None:
            self.send(self.flight, now)

    def failed(self, outcome: Outcome, detail: str, now: int) -> None:
        """Hand on that there is no connection."""
        self._finish(outcome, now, detail=detail)

    def send(self, flight: Flight, now: int) -> None:
        """Send a request for `flight`, at once."""
        assert self._channel is not None
        self.flight = flight
        flight.stage = self
        flight.deadline = flight.answer_by
        self._answer.begin()
        try:
            self._channel.send(self._owner.request)
        except OSError as error:
            self.broke(error, now)

    def received(self, data: bytes, now: int) -> None:
        """Take bytes of the answer; bytes that nobody asked for end the connection."""
        flight, answer = self.flight, self._answer
        if flight is None:
            self.close()
            return
        if not flight.first_byte:
            flight.first_byte = now
        answer.feed(data)
        if now > flight.deadline:
            self.expire(now)
        elif answer.fault is not None:
            self._finish(Outcome.PROTOCOL, now, detail=answer.fault)
        elif answer.complete:
            self._complete(now)

    def _complete(self, now: int) -> None:
        outcome, detail = judge(self._answer, self._owner.expect)
        channel = self._channel
        assert channel is not None
        if self._owner.keeps and self._answer.reusable and channel.all_sent:
            flight, self.flight = self.flight, None
            self._owner.keep(self)
            if flight is not None:
                self._owner.end(flight, outcome, now, status=self._answer.status, detail=detail)
        else:
            self._finish(outcome, now, detail=detail, later=True)

    def ended(self, now: int) -> None:
        """Take note of an end, which completes an answer without a length."""
        flight, answer = self.flight, self._answer
        if flight is None:
            self.close()
        elif now > flight.deadline:
            self.expire(now)
        elif answer.end():
            self._complete(now)
        elif answer.started:
            self._finish(Outcome.TRUNCATED, now, detail="connection ended inside the answer")
        else:
            self._finish(Outcome.CLOSED, now, detail="connection ended before a byte")

    def broke(self, error: OSError, now: int) -> None:
        """Take note of a failure of the connection."""
        if self.flight is None:
            self.close()
        elif now > self.flight.deadline:
            self.expire(now)
        elif isinstance(error, TlsError):
            self._finish(Outcome.TLS, now, detail=str(error))
        else:
            outcome = socket_failure(error, connected=True)
            self._finish(outcome, now, detail=tell(error))

    def expire(self, now: int) -> None:
        """End a probe whose answer is overdue."""
        answer = self._answer
        got = f"status {answer.status}" if answer.status else "some bytes"
        detail = f"{got}, but not the whole answer" if answer.started else "no byte of an answer"
        self._finish(Outcome.ANSWER_TIMEOUT, now, detail=detail)

    def abandon(self) -> None:
        """Let go of the connection: what it will bring belongs to a request that is void."""
        self.flight = None
        self.close()

    def usable(self) -> bool:
        """Tell whether the connection can take another request."""
        return self._channel is not None and self._channel.usable()

    def close(self, *, later: bool = False) -> None:
        """Close the connection, and forget it if it was the kept one."""
        self._owner.forget(self)
        if self._channel is not None:
            self._channel.close(later=later)

    def _finish(
        self, outcome: Outcome, now: int, *, detail: str | None, later: bool = False
    ) -> None:
        flight, self.flight = self.flight, None
        self.close(later=later)
        if flight is not None:
            self._owner.end(flight, outcome, now, status=self._answer.status, detail=detail)


class HttpProber:
    """One series of HTTP probes. A reused series keeps one idle connection, the most recent:
    surplus ones rot in address translators and give outages that no user sees.
    """

    def __init__(
        self, target: Target, *, connection: Connection, series: int, hub: Hub, route: Route
    ) -> None:
        self.request = request(target, connection)
        status = None if target.expect_status is None else frozenset(target.expect_status)
        self.expect = Expectation(status, (target.expect_body or "").encode())
        self.keeps = connection is Connection.REUSED
        self.end = hub.end
        self._series, self._hub, self._route = series, hub, route
        self._limit = target.answer_limit
        self._idle: Exchange | None = None

    def fire(self, intended: int) -> None:
        """Start one probe now."""
        flight = self._hub.begin(self._series, intended=intended, answer_limit=self._limit)
        idle, self._idle = self._idle, None
        if idle is not None:
            # What came before the last look at all sockets is known; looking again is dear.
            if flight.sent - self._hub.poller.looked < FRESH or idle.usable():
                idle.send(flight, flight.sent)
                return
            idle.close()
        exchange = Exchange(self, flight=flight)
        Dial(self._route, hub=self._hub, flight=flight, user=exchange).start()

    def keep(self, exchange: Exchange) -> None:
        """Keep a connection that has become idle, and close the one kept before."""
        if self._idle is not None and self._idle is not exchange:
            self._idle.close()
        self._idle = exchange

    def forget(self, exchange: Exchange) -> None:
        """Keep it no more."""
        if self._idle is exchange:
            self._idle = None

    def close(self) -> None:
        """Close the kept connection."""
        if self._idle is not None:
            self._idle.close()


def make(target: Target, *, connection: Connection, series: int, hub: Hub) -> HttpProber:
    """Give the prober of one series. Raises UsageError if the target cannot be probed."""
    place = parse_url(target.url, where=target.name)
    route = make_route(target, place=place, hub=hub)
    return HttpProber(target, connection=connection, series=series, hub=hub, route=route)
