"""A tiny web server that counts what it was asked; its paths say how to answer.

/            200 "ok"              /503   503            /hang   never
/close       end without an answer /slow/MS  200 after MS milliseconds
"""

import asyncio
import ssl
import threading
from collections import Counter
from types import TracebackType


class Web:
    """`with Web() as web: web.url ... web.asked["/"]`; counts are exact once clients are done."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.connections = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.asked.values())

    def __enter__(self) -> "Web":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _open(self) -> asyncio.Server:
        make = lambda: _Session(self)  # noqa: E731
        return await self._loop.create_server(make, "127.0.0.1", 0, backlog=4096, ssl=self._tls)


class _Session(asyncio.Protocol):
    def __init__(self, web: Web) -> None:
        self._web, self._data = web, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._web.connections += 1

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self._web.asked[path] += 1
            self._answer(path)

    def _answer(self, path: str) -> None:
        if path == "/hang":
            return
        if path == "/close":
            self._transport.close()
        elif path.startswith("/slow/"):
            delay = int(path.removeprefix("/slow/")) / 1000
            asyncio.get_running_loop().call_later(delay, self._send, "200 OK")
        else:
            self._send("503 Busy" if path == "/503" else "200 OK")

    def _send(self, status: str) -> None:
        self._transport.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
