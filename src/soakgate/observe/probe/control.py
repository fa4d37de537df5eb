"""A tiny server in the prober's own loop: if probing it fails, the fault is ours."""

import asyncio
from typing import cast

from soakgate.model.samples import CONTROL
from soakgate.observe.probe.settings import Target

__all__ = ["control_target", "serve_control"]

RATE = 2.0  # Hz per connection kind; enough to see that client and loop are healthy
REQUEST_LIMIT = 8192  # bytes; whoever else finds the port gets no further
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
LAST_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


class _Control(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._request = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._request += data
        if len(self._request) > REQUEST_LIMIT:
            self._transport.abort()
        elif self._request.endswith(b"\r\n\r\n"):
            last = b"\r\nConnection: close\r\n" in self._request
            self._request = b""
            self._transport.write(LAST_ANSWER if last else ANSWER)
            if last:
                self._transport.close()


async def serve_control() -> tuple[asyncio.Server, int]:
    """Start the server on a free port of the loopback. Raises OSError."""
    server = await asyncio.get_running_loop().create_server(_Control, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


def control_target(port: int) -> Target:
    """Describe the control as a target like any other."""
    return Target(name=CONTROL, url=f"http://127.0.0.1:{port}/", expect_body="ok", rate=RATE)
