"""Names looked up in threads of the target's own, so that one hanging name starves nobody."""

import asyncio
import math
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

__all__ = ["Address", "LookUp", "Resolver", "literal", "resolve"]

HANG = 12.0  # seconds that the system's resolver may take to give up on a silent server
MOST_THREADS = 256


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a target: socket family and the address as the socket calls take it."""

    family: int
    place: Any

    def __str__(self) -> str:
        """Show the numeric address."""
        return str(self.place[0])


def resolve(host: str, port: int, *, flags: int = 0) -> list[Address]:
    """Ask the system for addresses, in its order of preference. Raises OSError; may block."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [Address(family, place) for family, _, _, _, place in found]


def literal(host: str, port: int) -> list[Address] | None:
    """Give the address of a numeric host, None for a name."""
    try:
        return resolve(host, port, flags=socket.AI_NUMERICHOST)
    except OSError:
        return None


class LookUp:
    """One look-up under way; `done` gets addresses or the error, in the loop's thread."""

    __slots__ = ("done",)

    def __init__(self, done: Callable[[list[Address] | Exception], None]) -> None:
        self.done: Callable[[list[Address] | Exception], None] | None = done

    def cancel(self) -> None:
        """Want the answer no more; a look-up that waits for its turn is dropped."""
        self.done = None


class Resolver:
    """Looks up one target's name anew for each connection, as its users do."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        loop: asyncio.AbstractEventLoop,
        rate: float,
        ask: Callable[[str, int], list[Address]] = resolve,
    ) -> None:
        self._host, self._port, self._loop, self._ask = host, port, loop, ask
        self._most = min(MOST_THREADS, max(4, math.ceil(rate * HANG)))
        self._queue: SimpleQueue[LookUp] = SimpleQueue()
        self._threads = self._pending = 0  # both belong to the loop's thread

    def look_up(self, done: Callable[[list[Address] | Exception], None]) -> LookUp:
        """Begin a look-up. Raises RuntimeError if no thread can be started for it."""
        item = LookUp(done)
        if self._pending >= self._threads and self._threads < self._most:
            threading.Thread(target=self._work, name="resolver", daemon=True).start()
            self._threads += 1
        self._pending += 1
        self._queue.put(item)
        return item

    def _work(self) -> None:
        while True:
            item = self._queue.get()
            result: list[Address] | Exception = []
            if item.done is not None:
                try:
                    result = self._ask(self._host, self._port)
                except Exception as error:  # handed to the loop, which names the outcome
                    result = error
            try:
                self._loop.call_soon_threadsafe(self._finish, item, result)
            except RuntimeError:  # the loop is closed: the prober has ended
                return

    def _finish(self, item: LookUp, result: list[Address] | Exception) -> None:
        self._pending -= 1
        if item.done is not None:
            item.done(result)
