"""A server on the loopback that misbehaves at exact moments and remembers what it did.

    script = [(t0 + 2 * NS, "refuse"), (t0 + 4 * NS, "ok")]
    with FaultServer(script) as server:
        ...                       # probe server.url
    server.truth                  # [(ns, mode)]: when each mode was really in force

Moments are CLOCK_MONOTONIC ns. `server.switch(mode)` changes the mode at once, from any thread.

Modes, for whole connections:
    refuse      the listener is gone, its port is kept; open connections are closed
    syn-drop    packets of new connections are dropped (full accept queue), open ones fall silent
Modes, per request:
    ok, NNN (a status), blackhole, reset, closed, truncated, truncated-reset, half-header, stalled,
    wrong-body, redirect, garbage, slow:SECONDS, one-in-three[:MODE] (each request with the
    probability 1/3, default 503), bigbody[:BYTES], endless-header, chunked, until-eof, interim,
    http10, extra-bytes, early (431 at the first bytes; the rest is never read), idle-close (says
    keep-alive, closes after the answer), drip:SECONDS
"""

import asyncio
import contextlib
import errno
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType

NS = 1_000_000_000
BODY = b"ready\n"
BIG = 200 << 20
PIECE = bytes(1 << 16)


class FaultHost:
    """A thread with a loop that any number of servers can live in."""

    def __init__(self, *, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def start(self) -> "FaultHost":
        self._thread.start()
        return self

    def call(self, function: Callable[[], object]) -> None:
        """Run a function in the loop and wait for it; its exception comes back."""

        async def run() -> object:
            return function()

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


class FaultServer:
    """One listening address; see the module. `truth` and `requests` may be read at any time."""

    def __init__(
        self,
        script: Iterable[tuple[int, str]] = (),
        *,
        mode: str = "ok",
        address: str = "127.0.0.1",
        port: int = 0,
        body: bytes = BODY,
        tls: ssl.SSLContext | None = None,
        host: FaultHost | None = None,
        seed: int = 0,
    ) -> None:
        self._script = sorted(script)
        self.mode, self.body, self._tls = mode, body, tls
        self.random = random.Random(seed)
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._address = address
        self._holder = self._bound(port)  # never listens: keeps the port while nobody does
        self.port: int = self._holder.getsockname()[1]
        self._listener: socket.socket | None = None
        self._fillers: list[socket.socket] = []
        self._own_host = host is None
        self._host = host or FaultHost()
        self._timers: list[asyncio.TimerHandle] = []
        self.sessions: set[Session] = set()
        self._tasks: set[asyncio.Task[object]] = set()
        self.requests = self.connections = 0
        self.truth: list[tuple[int, str]] = []

    @property
    def url(self) -> str:
        name = f"[{self._address}]" if ":" in self._address else self._address
        return f"http{'s' if self._tls else ''}://{name}:{self.port}/ready"

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._host.loop

    def __enter__(self) -> "FaultServer":
        if self._own_host:
            self._host.start()
        self._host.call(self._begin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._host.call(self._end)
        if self._own_host:
            self._host.stop()

    def switch(self, mode: str) -> int:
        """Change the mode now; gives the moment (ns) from which it is in force."""
        self._host.call(lambda: self._switch(mode))
        return self.truth[-1][0]

    # In the loop's thread from here on.

    def _begin(self) -> None:
        first = self.mode
        self._enter(first)
        self.truth.append((time.monotonic_ns(), first))
        for at, mode in self._script:
            delay = (at - time.monotonic_ns()) / NS
            self._timers.append(self.loop.call_later(max(delay, 0), self._switch, mode))

    def _end(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._close_listener()
        self._drop_fillers()
        self._holder.close()
        for session in tuple(self.sessions):
            session.abort()

    def _switch(self, mode: str) -> None:
        self._drop_fillers()
        self._enter(mode)
        self.mode = mode
        self.truth.append((time.monotonic_ns(), mode))

    def _enter(self, mode: str) -> None:
        if mode == "refuse":
            self._close_listener()
            for session in tuple(self.sessions):
                session.close()
            return
        self._open_listener()
        if mode == "syn-drop":
            self._fill()

    def _bound(self, port: int) -> socket.socket:
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((self._address, port))
        return sock

    def _open_listener(self) -> None:
        if self._listener is None:
            self._listener = self._bound(self.port)
            self._listener.setblocking(False)
        self._listener.listen(512)
        self.loop.add_reader(self._listener.fileno(), self._accept, self._listener)

    def _close_listener(self) -> None:
        if self._listener is not None:
            self.loop.remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None

    def _fill(self) -> None:
        """Shrink the accept queue to one place, and take it: further SYNs are dropped."""
        assert self._listener is not None
        self.loop.remove_reader(self._listener.fileno())
        self._take_all(self._listener)
        self._listener.listen(0)
        for _ in range(2):
            filler = socket.socket(self._family, socket.SOCK_STREAM)
            filler.setblocking(False)
            code = filler.connect_ex((self._address, self.port))
            assert code in (0, errno.EINPROGRESS), code
            self._fillers.append(filler)

    def _drop_fillers(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    def _accept(self, listener: socket.socket) -> None:
        if listener is self._listener:
            self._take_all(listener)

    def _take_all(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:  # nothing left, or the client is gone already
                return
            self.connections += 1
            sock.setblocking(False)
            made = self.loop.connect_accepted_socket(lambda: Session(self), sock, ssl=self._tls)
            task = self.loop.create_task(self._serve(made))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, made: object) -> None:
        with contextlib.suppress(OSError):  # a handshake that the client broke off
            await made  # type: ignore[misc]


def head(status: str, length: int, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


class Session(asyncio.Protocol):
    """One connection; answers each request by the mode in force when it is complete."""

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._data = b""
        self._last = self._mute = False
        self._rest = 0  # bytes of a big body still to be sent
        self._stopped = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._server.sessions.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest = 0
        self._server.sessions.discard(self)

    def close(self) -> None:
        self.transport.close()

    def abort(self) -> None:
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._server.mode in ("closed", "reset"):  # whatever it is, TLS' greeting too
            self._answer(self._server.mode)
            return
        if self._server.mode == "early":
            self.transport.pause_reading()
            self.transport.write(head("431 Too Large", 0))
            return
        while b"\r\n\r\n" in self._data and not self._mute and not self.transport.is_closing():
            request, _, self._data = self._data.partition(b"\r\n\r\n")
            self._last = b"connection: close" in request.lower()
            self._server.requests += 1
            self._answer(self._server.mode)

    def _answer(self, mode: str) -> None:
        name, _, value = mode.partition(":")
        if name == "one-in-three":
            bad = self._server.random.random() < 1 / 3
            self._answer((value or "503") if bad else "ok")
        elif name.isdigit():
            self._send(head(f"{name} Because", 0))
        else:
            method = getattr(self, f"_do_{name.replace('-', '_')}")
            method(value) if value else method()

    def _send(self, data: bytes) -> None:
        if self.transport.is_closing():  # a slow answer to a client that is gone
            return
        self.transport.write(data)
        if self._last:
            self.transport.close()

    def _do_ok(self) -> None:
        body = self._server.body
        self._send(head("200 OK", len(body)) + body)

    def _do_blackhole(self) -> None:
        self._mute = True

    _do_syn_drop = _do_blackhole

    def _do_refuse(self) -> None:  # a request that came with the very switch
        self.transport.close()

    _do_closed = _do_refuse

    def _do_reset(self) -> None:
        sock = self.transport.get_extra_info("socket")
        linger = (1).to_bytes(4, "little") + bytes(4)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()

    def _do_truncated(self) -> None:
        self.transport.write(head("200 OK", 1000) + self._server.body)
        self.transport.close()

    def _do_truncated_reset(self) -> None:
        self.transport.write(head("200 OK", 1000) + self._server.body)
        self._server.loop.call_later(0.01, self._do_reset)

    def _do_half_header(self) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        self.transport.close()

    def _do_stalled(self) -> None:
        self.transport.write(head("200 OK", len(self._server.body)))
        self._mute = True

    def _do_wrong_body(self) -> None:
        self._send(head("200 OK", 6) + b"wrong\n")

    def _do_redirect(self) -> None:
        self._send(head("302 Found", 0, "Location: http://127.0.0.1:1/"))

    def _do_garbage(self) -> None:
        self._send(b"\x00\xff this is no HTTP\r\n\r\n")

    def _do_slow(self, delay: str) -> None:
        self._server.loop.call_later(float(delay), self._do_ok)

    def _do_drip(self, delay: str) -> None:
        """Send the answer a byte at a time."""
        body = self._server.body
        self._drip(head("200 OK", len(body)) + body, float(delay))

    def _drip(self, data: bytes, delay: float) -> None:
        if not data or self.transport.is_closing():
            return
        self.transport.write(data[:1])
        self._server.loop.call_later(delay, self._drip, data[1:], delay)

    def _do_chunked(self) -> None:
        body = self._server.body
        start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        self._send(start + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

    def _do_until_eof(self) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\n\r\n" + self._server.body)
        self.transport.close()

    def _do_interim(self) -> None:
        self.transport.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        self._do_ok()

    def _do_http10(self) -> None:
        self.transport.write(head("200 OK", len(self._server.body)).replace(b"/1.1", b"/1.0", 1))
        self.transport.write(self._server.body)
        self.transport.close()

    def _do_extra_bytes(self) -> None:
        body = self._server.body
        self._send(head("200 OK", len(body)) + body + b"and more")

    def _do_idle_close(self) -> None:
        self._do_ok()
        self.transport.close()

    def _do_endless_header(self) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\n")
        self._endless()

    def _endless(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"X-More: %b\r\n" % (b"x" * 4000))
            self._server.loop.call_later(0.001, self._endless)

    def _do_bigbody(self, size: str = str(BIG)) -> None:
        self._rest = int(size)
        self.transport.write(head("200 OK", self._rest + len(self._server.body)))
        self.transport.write(self._server.body)
        self._pour()

    def _pour(self) -> None:
        while self._rest > 0 and not self._stopped and not self.transport.is_closing():
            piece = PIECE[: self._rest]
            self._rest -= len(piece)
            self.transport.write(piece)
        if not self._rest and self._last:
            self.transport.close()

    def pause_writing(self) -> None:
        self._stopped = True

    def resume_writing(self) -> None:
        self._stopped = False
        self._server.loop.call_soon(self._pour)  # not inside the transport's own write
