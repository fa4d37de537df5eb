"""A TCP front that spreads connections over backends in turn: stands for a load balancer."""

import asyncio
import contextlib

__all__ = ["Front"]

CHUNK = 65_536


class Front:
    """Listens on loopback; `backends` (ports) may be changed at any moment."""

    def __init__(self) -> None:
        self.backends: list[int] = []
        self._turn = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on a free port and give it."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = self._next()
        try:
            if backend is None:
                return
            there = await asyncio.open_connection("127.0.0.1", backend)
            await _both_ways((reader, writer), there)
        except OSError:
            pass  # the client sees its connection end, as with any load balancer
        finally:
            writer.close()

    def _next(self) -> int | None:
        if not self.backends:
            return None
        self._turn += 1
        return self.backends[self._turn % len(self.backends)]


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _both_ways(here: Streams, there: Streams) -> None:
    tasks = [
        asyncio.create_task(_copy(here[0], there[1])),
        asyncio.create_task(_copy(there[0], here[1])),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        there[1].close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
