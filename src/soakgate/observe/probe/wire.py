"""One TCP connection after it was made: bytes out at once, bytes in as they come."""

import contextlib
import socket
from typing import Protocol

from soakgate.observe.probe.hub import Hub
from soakgate.observe.probe.poller import READ, WRITE

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

    @property
    def all_sent(self) -> bool:
        """Whether the peer has been sent everything; an answer may come before that."""

    def usable(self) -> bool:
        """Tell whether nothing has come since the last answer: no end, no stray byte."""

    def close(self, *, later: bool = False) -> None:
        """Close; `later` leaves the peer time to close first."""


class Wire:
    """A connected, non-blocking socket that the poller watches already."""

    __slots__ = ("_fd", "_hub", "_sock", "_unsent", "open", "user")

    def __init__(self, sock: socket.socket, *, hub: Hub, user: User) -> None:
        self._sock, self._fd, self._hub, self.user = sock, sock.fileno(), hub, user
        self._unsent = b""
        self.open = True
        hub.poller.change(self._fd, self._ready, READ)

    def _ready(self, mask: int) -> None:
        now = self._hub.alive()
        if not self.open:  # abandoned just now, after a suspension
            return
        try:
            if mask & WRITE:
                self._send_rest()
            if mask & ~WRITE == 0:
                return
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
            self._hub.poller.change(self._fd, self._ready, READ | WRITE)

    def _send_rest(self) -> None:
        self._unsent = self._unsent[self._sock.send(self._unsent) :]
        if not self._unsent:
            self._hub.poller.change(self._fd, self._ready, READ)

    @property
    def all_sent(self) -> bool:
        """Whether the peer has been sent everything; an answer may come before that."""
        return not self._unsent

    def usable(self) -> bool:
        """Tell whether nothing has come since the last answer: no end, no stray byte."""
        if not self.open:
            return False
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return False

    def close(self, *, later: bool = False) -> None:
        """Close; `later` leaves the peer time to close first. A second call does nothing."""
        if not self.open:
            return
        self.open = False
        self._hub.poller.forget(self._fd)
        if later:
            self._hub.retire(self._sock)
            return
        with contextlib.suppress(OSError):
            self._sock.close()
