"""The lean HTTP/1.1 client: sockets, one parser, time stamps; several times the requests per core.

Keep-alive, TLS, no retry, no redirects, no cookies, no proxies, no Accept-Encoding. The answer
limit runs from the scheduled start to the whole body and is decided by time stamps.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any, Protocol

import gevent
import httptools

from soakgate.errors import UsageError
from soakgate.model.samples import Outcome
from soakgate.observe.load.answer import Answer
from soakgate.observe.load.causes import error_kind, error_text, status_kind
from soakgate.observe.load.recorder import Flight, Overdue, Recorder
from soakgate.observe.load.wire import Connection, Dialer, DialError

__all__ = ["LeanClient", "Listener", "take_schedule"]

CHUNK = 1 << 16
IDLE = 4  # connections of one user that are kept; others close as they become idle


class Listener(Protocol):
    """Hears of each ended request: for event listeners of a locust file."""

    def __call__(self, *, method: str, flight: Flight, done: int, answer: Answer) -> None:
        """Take the request; `done` in ns."""


def take_schedule(now: int) -> int:
    """Give the scheduled start of the current lane's first request, else `now`; ns."""
    lane: Any = gevent.getcurrent()
    slot: int = getattr(lane, "slot", 0)
    if not slot:
        return now
    lane.slot = 0
    return slot


class LeanClient:
    """Requests of one user; safe to use from several of its lanes."""

    def __init__(
        self, dialer: Dialer, recorder: Recorder, *, user: str, listener: Listener | None = None
    ) -> None:
        self._dialer, self._recorder, self._user = dialer, recorder, user
        self._listener = listener
        self._idle: list[Connection] = []
        self._heads: dict[tuple[str, str], bytes] = {}

    def get(self, path: str, **options: Any) -> Answer:
        """Send a GET; see `request`."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        """Send a POST; see `request`."""
        return self.request("POST", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        expect: Collection[int] | None = None,
    ) -> Answer:
        """Send a request and wait for its answer; failures are counted, never raised.

        `name` groups requests (default: the path without its query); `expect` lists the statuses
        that are right (default 200..299). Raises UsageError for what cannot be sent.
        """
        payload = self._payload(method, path, headers, body)
        now = time.monotonic_ns()
        label = name or path.partition("?")[0]
        flight = self._recorder.begin(label, scheduled=take_schedule(now), sent=now)
        answer, detail = self._attempt(flight, payload, head=method == "HEAD")
        done = time.monotonic_ns()
        if done >= flight.deadline and answer.kind != "void":
            answer.kind, detail = Outcome.ANSWER_TIMEOUT.value, ""
        elif answer.kind is None and not _expected(answer.status, expect):
            answer.kind = status_kind(answer.status)
        self._book(flight, done, answer, detail)
        if self._listener is not None:
            self._listener(method=method, flight=flight, done=done, answer=answer)
        return answer

    def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _book(self, flight: Flight, done: int, answer: Answer, detail: str) -> None:
        if answer.kind is None:
            self._recorder.serve(flight, done)
            return
        self._recorder.fail(
            flight, done, kind=answer.kind, status=answer.status, detail=detail, user=self._user
        )

    def _attempt(self, flight: Flight, payload: bytes, *, head: bool) -> tuple[Answer, str]:
        connection: Connection | None = None
        kept = False
        self._recorder.watch(flight)
        try:
            connection = self._connection()
            answer = _exchange(connection, payload, head=head)
            kept = connection.reader.reusable and len(self._idle) < IDLE
        except DialError as failure:
            return _failed(failure.kind), str(failure)
        except Overdue:
            return _failed(Outcome.ANSWER_TIMEOUT.value), ""
        except (OSError, ValueError, httptools.HttpParserError) as error:
            return _failed(_kind(error)), error_text(error)
        else:
            return answer, ""
        finally:
            self._recorder.unwatch(flight)
            if connection is not None:
                if kept:
                    self._idle.append(connection)
                else:
                    connection.close()

    def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.stale():
                return connection
            connection.close()
        return self._dialer.dial()

    def _payload(
        self, method: str, path: str, headers: Mapping[str, str] | None, body: bytes | None
    ) -> bytes:
        plain = headers is None and body is None
        known = self._heads.get((method, path)) if plain else None
        if known is None:
            known = self._head(method, path, headers, body)
            if plain and len(self._heads) < 1_000:
                self._heads[method, path] = known
        return known

    def _head(
        self, method: str, path: str, headers: Mapping[str, str] | None, body: bytes | None
    ) -> bytes:
        origin = self._dialer.origin
        if not path.startswith("/"):
            raise UsageError("load: a path that cannot be sent", expected="/...", found=repr(path))
        lines = [f"{method} {origin.path}{path} HTTP/1.1", f"Host: {origin.authority}"]
        lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
        if body is not None or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body or b'')}")
        if any("\r" in line or "\n" in line for line in lines) or " " in path:
            raise UsageError("load: a request that cannot be sent", found=repr(lines)[:200])
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + (body or b"")


def _exchange(connection: Connection, payload: bytes, *, head: bool) -> Answer:
    """Send and read to the end of the answer. Raises what sockets and parser raise."""
    sock, reader = connection.sock, connection.reader
    reader.reset(head=head)
    sock.sendall(payload)
    while not reader.complete:
        data = sock.recv(CHUNK)
        if data:
            reader.feed(data)
        elif not reader.end():
            answer = reader.answer
            answer.kind = (Outcome.TRUNCATED if reader.begun else Outcome.CLOSED).value
            return answer
    return reader.answer


def _expected(status: int, expect: Collection[int] | None) -> bool:
    return 200 <= status <= 299 if expect is None else status in expect


def _failed(kind: str) -> Answer:
    answer = Answer()
    answer.kind = kind
    return answer


def _kind(error: BaseException) -> str:
    ours = isinstance(error, OSError)  # some TLS errors are ValueErrors as well
    return error_kind(error) if ours else Outcome.PROTOCOL.value
