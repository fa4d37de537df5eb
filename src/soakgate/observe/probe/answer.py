"""One HTTP answer as it comes in, and what it is worth. Pure: bytes in, outcome out."""

import contextlib
from dataclasses import dataclass

import httptools

from soakgate.model.samples import Outcome

__all__ = ["HEADER_LIMIT", "SEARCH_LIMIT", "Answer", "Expectation", "judge"]

HEADER_LIMIT = 65_536  # bytes in a row that are no body; servers send 8 KiB at most
SEARCH_LIMIT = 8 << 20  # bytes of a body in which the expected text is looked for


@dataclass(frozen=True, slots=True)
class Expectation:
    """What makes an answer good: a status (None: 200..299) and a text in the body, if any."""

    status: frozenset[int] | None
    body: bytes

    def takes(self, status: int) -> bool:
        """Tell whether a status is as expected."""
        return 200 <= status <= 299 if self.status is None else status in self.status


class Answer:
    """The answers of one connection, one after the other; `begin` makes room for the next.

    `complete`, `fault` (why it is no HTTP) and `started` (a byte came) tell how far it is;
    `reusable` holds once complete. Callbacks of the parser begin with `on_`.
    """

    __slots__ = ("_body", "_head", "_headers_done", "_needle", "_parser", "_searched", "_stale",
        "_tail", "complete", "fault", "found", "reusable", "started", "status")  # fmt: skip

    def __init__(self, expect: Expectation) -> None:
        self._needle = expect.body
        self._parser = httptools.HttpResponseParser(self)
        self.begin()

    def begin(self) -> None:
        """Forget the last answer."""
        self._body = self._searched = self._stale = 0
        self._tail = self._head = b""
        self._headers_done = False
        self.complete = self.started = False
        self.reusable = True
        self.found = not self._needle
        self.fault: str | None = None
        self.status = 0

    def feed(self, data: bytes) -> None:
        """Take some bytes of the answer."""
        self.started = True
        body = self._body
        if not self._headers_done:
            self._head = self._head + data if self._head else data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.reusable = False
        except httptools.HttpParserError as error:
            self.reusable = False
            if not self.complete and self.fault is None:
                self.fault = str(error) or "not HTTP"
        self._stale = 0 if self._body > body else self._stale + len(data)
        if self._stale > HEADER_LIMIT and not self.complete:
            self.fault = f"over {HEADER_LIMIT} bytes of header"

    def end(self) -> bool:
        """Take note of the connection's end; true if that completes the answer."""
        if self._headers_done and not self._length_known():
            self.complete = True
        self.reusable = False
        return self.complete

    def on_message_begin(self) -> None:
        """Notice bytes after the answer."""
        if self.complete:
            self.reusable = False

    def on_headers_complete(self) -> None:
        """Read the status, and whether this is HTTP/1 at all."""
        if self.complete:
            return
        self._headers_done = True
        self.status = self._parser.get_status_code()
        if not self._head.lstrip(b"\r\n").startswith(b"HTTP/1."):
            self.fault = f"HTTP version {self._parser.get_http_version()}"

    def on_body(self, data: bytes) -> None:
        """Search a piece of the body, and forget it."""
        if self.complete:
            return
        self._body += len(data)
        if self.found or self._searched >= SEARCH_LIMIT:
            return
        piece = data[: SEARCH_LIMIT - self._searched]
        if self._tail:
            piece = self._tail + piece
        self._searched += len(data)
        self.found = self._needle in piece
        if self.found:
            return
        keep = len(self._needle) - 1
        self._tail = piece[-keep:] if keep else b""

    def on_message_complete(self) -> None:
        """End the answer, unless it was an interim one (1xx)."""
        if self.complete:
            return
        if 100 <= self.status <= 199 and self.status != 101:
            self._headers_done = False
            self.status = 0
            return
        self.complete = True
        self.reusable = self.reusable and self._parser.should_keep_alive()

    def header(self, name: bytes) -> bytes | None:
        """Give a header of the final answer; `name` in lower case. Slow, as it is rarely asked."""
        return _Headers(self._head).found.get(name)

    def _length_known(self) -> bool:
        coding = self.header(b"transfer-encoding")
        if coding is not None:
            return coding.lower().rstrip().endswith(b"chunked")
        return self.header(b"content-length") is not None


class _Headers:
    """Reads the headers of the final answer, again, when one of them matters."""

    def __init__(self, head: bytes) -> None:
        self.found: dict[bytes, bytes] = {}
        self._done = False
        self._parser = httptools.HttpResponseParser(self)
        with contextlib.suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._parser.feed_data(head)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._done:
            self.found[name.lower()] = value

    def on_headers_complete(self) -> None:
        if 100 <= self._parser.get_status_code() <= 199:
            self.found.clear()
        else:
            self._done = True


def judge(answer: Answer, expect: Expectation) -> tuple[Outcome, str | None]:
    """Say what a complete answer is worth, with a detail if it is not good."""
    if not expect.takes(answer.status):
        if 300 <= answer.status <= 399:
            where = (answer.header(b"location") or b"").decode("latin-1")
            return Outcome.REDIRECT, f"{answer.status} to {where}" if where else str(answer.status)
        return Outcome.STATUS, None
    if not answer.found:
        return Outcome.WRONG_BODY, "the expected text is not in the body"
    return Outcome.SERVED, None
