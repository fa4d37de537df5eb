"""Orders from the parent: lines on stdin, of which the first is the settings."""

import asyncio
import os
import threading
from collections.abc import Callable

import msgspec

__all__ = ["Order", "first_line", "listen"]

SETTINGS_LIMIT = 64 << 20  # bytes
PIECE = 65_536


class Order(msgspec.Struct, frozen=True):
    """`start` and `stop` come with a moment (ns, CLOCK_MONOTONIC)."""

    do: str
    at: int


def first_line(fd: int) -> tuple[bytes, bytes]:
    """Wait for the first line; give it and what came after it. Raises EOFError."""
    data = b""
    while b"\n" not in data:
        piece = os.read(fd, PIECE)
        if not piece or len(data) > SETTINGS_LIMIT:
            raise EOFError("no settings on stdin")
        data += piece
    line, _, rest = data.partition(b"\n")
    return line, rest


def listen(
    fd: int,
    *,
    rest: bytes,
    loop: asyncio.AbstractEventLoop,
    obey: Callable[[bytes | None], None],
) -> None:
    """Hand each further line to `obey` in the loop, and None at the end of stdin.

    A thread does it, since a file or a terminal cannot be waited for in the loop.
    """

    def read() -> None:
        data = rest
        while True:
            *lines, data = data.split(b"\n")
            for line in lines:
                loop.call_soon_threadsafe(obey, line)
            try:
                piece = os.read(fd, PIECE)
            except OSError:
                piece = b""
            if not piece:
                break
            data += piece
        loop.call_soon_threadsafe(obey, None)

    threading.Thread(target=read, name="orders", daemon=True).start()
