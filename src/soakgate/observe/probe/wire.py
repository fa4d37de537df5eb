"""One TCP connection after it was made: bytes out at once, bytes in as they come."""

import contextlib
import select
import socket
from typing import Protocol

from soakgate.observe.probe.hub import Hub

__all__ = ["Channel", "User", "Wire"]

RECEIVE = 65_536  # bytes taken at once; bounds memory however large a body is


class User(Protocol):
    """Who is told what happens on a connection; each call comes with the time of the event, ns."""

    def received(self, data: bytes, now: int) -> None:
        """Take some bytes."""

    def ended(self, now: int) -> None:
        """Take note of an orderly end by the peer."""

    def broke(self, error: OSError, now: int) -> None:
        """Take note of a failure."""


class Channel(Protocol):
    """What a request is sent over: TCP, or TLS on it."""

    def send(self, data: bytes) -> None:
        """Send all of `data`, now or as the peer takes it. Raises OSError."""

    def usable(self) -> bool:
        """Tell whether nothing has come since the last answer: no end, no stray byte."""

    def close(self, *, later: bool = False) -> None:
        """Close; `later` leaves the peer time to close first."""


class Wire:
    """A connected, non-blocking socket in the loop."""

    __slots__ = ("_fd", "_hub", "_poll", "_sock", "_unsent", "open", "user")

    def __init__(self, sock: socket.socket, *, hub: Hub, user: User) -> None:
        self._sock, self._fd, self._hub, self.user = sock, sock.fileno(), hub, user
        self._unsent = b""
        self._poll: select.poll | None = None
        self.open = True
        hub.loop.add_reader(self._fd, self._readable)

    def _readable(self) -> None:
        now = self._hub.alive()
        if not self.open:  # abandoned just now, after a suspension
            return
        try:
            data = self._sock.recv(RECEIVE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.user.broke(error, now)
            return
        if data:
            self.user.received(data, now)
        else:
            self.user.ended(now)

    def send(self, data: bytes) -> None:
        """Send all of `data`, now or as the peer takes it. Raises OSError."""
        if self._unsent:
            self._unsent += data
            return
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            self._unsent = data[sent:]
            self._hub.loop.add_writer(self._fd, self._writable)

    def _writable(self) -> None:
        now = self._hub.alive()
        if not self.open:
            return
        data, self._unsent = self._unsent, b""
        self._hub.loop.remove_writer(self._fd)
        try:
            self.send(data)
        except OSError as error:
            self.user.broke(error, now)

    def usable(self) -> bool:
        """Tell whether nothing has come since the last answer: no end, no stray byte."""
        if not self.open:
            return False
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self._fd, select.POLLIN)
        return not self._poll.poll(0)

    def close(self, *, later: bool = False) -> None:
        """Close; `later` leaves the peer time to close first. A second call does nothing."""
        if not self.open:
            return
        self.open = False
        self._hub.loop.remove_reader(self._fd)
        if self._unsent:
            self._hub.loop.remove_writer(self._fd)
        if later:
            self._hub.retire(self._sock)
            return
        with contextlib.suppress(OSError):
            self._sock.close()
