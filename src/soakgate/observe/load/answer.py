"""One HTTP/1.1 answer, read by httptools; bodies are counted whole and kept up to a bound."""

import httptools

__all__ = ["KEPT", "Answer", "Reader"]

KEPT = 1 << 20  # bytes of a body that a task may look at
HEAD_LIMIT = 1 << 16  # bytes of a head


class Answer:
    """What came back. `kind` None: as expected; else the word for the failure, `status` 0: none."""

    __slots__ = ("body", "headers", "kind", "length", "status")

    def __init__(self) -> None:
        self.status = 0
        self.kind: str | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.length = 0

    @property
    def ok(self) -> bool:
        """Whether the answer was the expected one."""
        return self.kind is None

    def header(self, name: str) -> str | None:
        """Give the first header of a name, if any."""
        wanted = name.lower().encode()
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == wanted), None)


class Reader:
    """Parser of one connection; `reset` before each request. Callbacks are httptools'."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.reset(head=False)

    def reset(self, *, head: bool) -> None:
        """Expect a new answer; `head`: it has no body whatever its headers say."""
        self.answer = Answer()
        self.complete = self.begun = self.surplus = self.headed = False
        self.framed = False  # the body's end is told by its length or chunks
        self._head, self._before = head, 0
        self._chunks: list[bytes] = []
        self._kept = 0

    def feed(self, data: bytes) -> None:
        """Take bytes. Raises httptools.HttpParserError, ValueError for an endless head."""
        if not self.headed:
            self._before += len(data)
            self._parser.feed_data(data)
            if not self.headed and self._before > HEAD_LIMIT:
                message = "head without end"
                raise ValueError(message)
            return
        self._parser.feed_data(data)

    def end(self) -> bool:
        """Take the end of the connection; whether it completes the answer."""
        if self.headed and not self.framed and not self.complete:
            self._finish()
        return self.complete

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another request."""
        return self.complete and not self.surplus and self._alive

    def on_message_begin(self) -> None:
        """Note a first byte, or one that nobody asked for."""
        if self.complete:
            self.surplus = True
        self.begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.answer.headers.append((name, value))
        low = name.lower()
        if low in (b"content-length", b"transfer-encoding"):
            self.framed = True

    def on_headers_complete(self) -> None:
        """Take the end of a head; an interim one (1xx) is not the answer."""
        if self.complete:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            return
        self.answer.status = status
        self.headed = True
        self._alive = self._parser.should_keep_alive()
        if self._head:
            self._alive = False  # the parser would wait for the body
            self._finish()

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        if self.complete:
            return
        self.answer.length += len(data)
        if self._kept < KEPT:
            self._chunks.append(data[: KEPT - self._kept])
            self._kept += len(data)

    def on_message_complete(self) -> None:
        """Take the end of an answer."""
        if self.headed and not self.complete:
            self._finish()
        elif not self.headed:  # an interim answer; the real one follows
            self.answer.headers.clear()
            self.framed = False

    def _finish(self) -> None:
        self.answer.body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self.complete = True

    _alive = False
