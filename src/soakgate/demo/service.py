"""One instance of the demo service: `python -m soakgate.demo.service PORT [--careless]`.

On TERM it finishes what it has and closes idle connections; with --careless it exits at once.
The end of its stdin ends it too, so that it never outlives who started it.
"""

import asyncio
import os
import signal
import sys

__all__ = ["Service"]

BODY = b"demo is ready\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
DRAIN = 0.3  # seconds in which last requests of open connections are answered


class Service(asyncio.Protocol):
    """Answers every request that ends with an empty line; says `close` while draining."""

    draining = False

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            request, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        close = Service.draining or b"connection: close" in request.lower()
        word = b"Connection: close\r\n" if close else b""
        self._transport.write(HEAD % len(BODY) + word + b"\r\n" + BODY)
        if close:
            self._transport.close()


async def _drain(server: asyncio.Server) -> None:
    Service.draining = True
    server.close()
    await asyncio.sleep(DRAIN)
    os._exit(0)


async def _serve(port: int, *, careless: bool) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Service, "127.0.0.1", port)
    tasks: list[asyncio.Task[None]] = []
    end = (
        (lambda: os._exit(1))
        if careless
        else lambda: tasks.append(loop.create_task(_drain(server)))
    )
    loop.add_signal_handler(signal.SIGTERM, end)
    loop.add_reader(0, lambda: None if os.read(0, 64) else os._exit(0))
    await loop.create_future()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), careless="--careless" in sys.argv))
