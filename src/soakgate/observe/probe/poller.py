"""Readiness of sockets, told to their owners, as one descriptor of the loop.

The loop's own watchers stop for good once a socket reports an error, even if bytes that came
before a reset are still to be read, and take six system calls for each new connection.
"""

import asyncio
import select
import time
from collections.abc import Callable

__all__ = ["READ", "WRITE", "Poller"]

READ, WRITE = select.EPOLLIN, select.EPOLLOUT
Call = Callable[[int], None]


class Poller:
    """Calls `call(mask)` of each watched descriptor that is ready, level-triggered.

    The mask is that of epoll: READ, WRITE, or neither of them for an error or a hang-up.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._calls: dict[int, Call] = {}
        self._fresh: set[int] = set()
        self._timer = -1
        self.looked = 0  # when readiness was last looked at, ns
        self._tick: Callable[[], None] | None = None
        loop.add_reader(self._epoll.fileno(), self.dispatch)

    def watch(self, fd: int, call: Call, mask: int) -> None:
        """Begin to watch a descriptor. Raises OSError."""
        self._epoll.register(fd, mask)
        self._calls[fd] = call
        self._fresh.add(fd)

    def watch_timer(self, fd: int, tick: Callable[[], None]) -> None:
        """Watch a timer; `tick` comes after all sockets that were ready at the same time.

        So a connection that the server has closed is known as such before a probe is sent on it.
        """
        self._epoll.register(fd, READ)
        self._timer, self._tick = fd, tick

    def change(self, fd: int, call: Call, mask: int) -> None:
        """Watch for other events, on behalf of another owner."""
        self._epoll.modify(fd, mask)
        self._calls[fd] = call

    def forget(self, fd: int) -> None:
        """Stop watching; to be called before the descriptor is closed."""
        self._epoll.unregister(fd)
        del self._calls[fd]

    def dispatch(self) -> None:
        """Call the owners of what is ready now."""
        ticked = False
        self._fresh.clear()
        self.looked = time.monotonic_ns()
        for fd, mask in self._epoll.poll(0):
            if fd == self._timer:
                ticked = True
                continue
            call = self._calls.get(fd)
            # A number that was closed and given to a new socket meanwhile is not ready yet.
            if call is not None and fd not in self._fresh:
                call(mask)
        if ticked and self._tick is not None:
            self._tick()

    def close(self) -> None:
        """Stop watching everything."""
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
