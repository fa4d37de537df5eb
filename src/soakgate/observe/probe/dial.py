"""One new connection: name, addresses in turn, TCP, TLS; each step with its own limit."""

import errno
import os
import socket
from typing import Protocol

from soakgate.model.samples import Outcome
from soakgate.model.times import NS
from soakgate.observe.probe.failures import SHORTAGE, name_failure, socket_failure, tell
from soakgate.observe.probe.hub import Flight, Hub
from soakgate.observe.probe.poller import WRITE
from soakgate.observe.probe.resolve import Address, LookUp
from soakgate.observe.probe.route import Route
from soakgate.observe.probe.secure import SecureWire, TlsError
from soakgate.observe.probe.wire import Channel, User, Wire

__all__ = ["Dial", "Dialler"]

WEAK = (Outcome.UNREACHABLE, Outcome.VOID)
"""What an address of a family that this host lacks gives: it says less than any other failure."""


class Dialler(User, Protocol):
    """Who wanted the connection."""

    def connected(self, channel: Channel, now: int) -> None:
        """Take the connection; all later events go to this user."""

    def failed(self, outcome: Outcome, detail: str, now: int) -> None:
        """Take note that there will be none."""


class Dial:
    """Connects for one flight, of which it is the stage until it is done."""

    __slots__ = ("_addresses", "_connect_by", "_failures", "_fd", "_flight", "_hub", "_look_up",
        "_route", "_secure", "_sock", "_trying", "_user", "_wire")  # fmt: skip

    def __init__(self, route: Route, *, hub: Hub, flight: Flight, user: Dialler) -> None:
        self._route, self._hub, self._flight, self._user = route, hub, flight, user
        self._addresses: list[Address] = []
        self._trying: Address | None = None
        self._failures: list[tuple[Outcome, str]] = []
        self._look_up: LookUp | None = None
        self._sock: socket.socket | None = None
        self._fd = -1
        self._wire: Wire | None = None
        self._secure: SecureWire | None = None
        self._connect_by = flight.sent + route.connect_limit

    def start(self) -> None:
        """Begin; the outcome comes through the user's `connected` or `failed`, perhaps at once."""
        self._flight.stage = self
        self._flight.limit(self._connect_by)
        if self._route.addresses is not None:
            self._addresses = list(self._route.addresses)
            self._next(self._flight.sent)
        elif self._route.resolver is not None:
            try:
                self._look_up = self._route.resolver.look_up(self._resolved)
            except (RuntimeError, MemoryError) as error:
                self._fail(name_failure(error), str(error), self._flight.sent)

    def _resolved(self, result: list[Address] | Exception) -> None:
        now = self._hub.alive()
        if self._look_up is None:  # abandoned just now
            return
        if now > self._flight.deadline:
            self.expire(now)
            return
        self._look_up = None
        if isinstance(result, Exception):
            text = tell(result) if isinstance(result, OSError) else str(result)
            self._fail(name_failure(result), text, now)
            return
        self._addresses = list(result)
        self._next(now)

    def _next(self, now: int) -> None:
        """Try the next address, with a fair part of what is left of the limit."""
        while self._addresses and now <= self._connect_by:
            self._trying = self._addresses.pop(0)
            part = (self._connect_by - now) // (len(self._addresses) + 1)
            self._flight.limit(now + part)
            try:
                self._connect(self._trying)
                return
            except OSError as error:
                if self._gave_up(error, now):
                    return
        self._fail(*self._telling(), now)

    def _connect(self, address: Address) -> None:
        """Start to connect. Raises OSError."""
        kind = socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        self._sock = sock = socket.socket(address.family, kind)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(address.place)
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
        self._hub.poller.watch(sock.fileno(), self._writable, WRITE)
        self._fd = sock.fileno()

    def _writable(self, _: int) -> None:
        now = self._hub.alive()
        if self._sock is None:  # abandoned just now
            return
        if now > self._flight.deadline:
            self.expire(now)
            return
        code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            self._open(now)
        elif not self._gave_up(OSError(code, os.strerror(code)), now):
            self._next(now)

    def _gave_up(self, error: OSError, now: int) -> bool:
        """Note a failed address; true if no other is worth trying, as we ran out of something."""
        self._let_go()
        outcome = socket_failure(error, connected=False)
        self._failures.append((outcome, f"{self._trying}: {tell(error)}"))
        lacking_family = (
            error.errno == errno.EADDRNOTAVAIL
            and self._trying is not None
            and self._trying.family == socket.AF_INET6
        )
        if error.errno in SHORTAGE and not lacking_family:
            self._fail(outcome, tell(error), now)
            return True
        return False

    def _telling(self) -> tuple[Outcome, str]:
        """Choose the failure that says most: the last one that is not for want of a network."""
        if not self._failures:
            return Outcome.DNS, "the name has no address"
        telling = [f for f in self._failures if f[0] not in WEAK] or self._failures
        return telling[-1][0], "; ".join(text for _, text in self._failures)

    def _open(self, now: int) -> None:
        sock, self._sock = self._sock, None
        assert sock is not None
        self._fd = -1
        self._wire = Wire(sock, hub=self._hub, user=self)
        if self._route.tls is None:
            self._hand_over(self._wire, now)
            return
        self._flight.limit(now + self._route.tls_limit)
        try:
            name = self._route.server_name
            self._secure = SecureWire(self._wire, context=self._route.tls, name=name, user=self)
            self._secure.greet(self._greeted)
        except (OSError, ValueError) as error:
            self.broke(error if isinstance(error, OSError) else TlsError(str(error)), now)

    def _greeted(self, now: int) -> None:
        assert self._secure is not None
        if now > self._flight.deadline:
            self.expire(now)
        else:
            self._hand_over(self._secure, now)

    def _hand_over(self, channel: Wire | SecureWire, now: int) -> None:
        channel.user = self._user
        self._wire = self._secure = None
        self._user.connected(channel, now)

    def received(self, data: bytes, now: int) -> None:
        """Never called: TLS hands nothing on before it is up."""

    def ended(self, now: int) -> None:
        """Take note that the peer closed within the handshake: before a byte of an answer."""
        self._fail(Outcome.CLOSED, "during the TLS handshake", now)

    def broke(self, error: OSError, now: int) -> None:
        """Take note that the handshake failed."""
        if now > self._flight.deadline:
            self.expire(now)
        elif isinstance(error, TlsError):
            self._fail(Outcome.TLS, str(error), now)
        else:
            self._fail(socket_failure(error, connected=True), tell(error), now)

    def expire(self, now: int) -> None:
        """End the step under way; an address that took its part of the limit makes room."""
        if now > self._flight.answer_by:
            self._fail(Outcome.ANSWER_TIMEOUT, f"while {self._doing()}", now)
        elif self._wire is not None:
            limit = self._route.tls_limit / NS
            self._fail(Outcome.TLS, f"handshake not done within {limit:g} s", now)
        elif self._look_up is not None:
            limit = self._route.connect_limit / NS
            self._fail(Outcome.DNS, f"name not resolved within {limit:g} s", now)
        else:
            self._let_go()
            limit = self._route.connect_limit / NS
            text = f"{self._trying}: not connected within its part of {limit:g} s"
            self._failures.append((Outcome.CONNECT_TIMEOUT, text))
            self._next(now)

    def _doing(self) -> str:
        if self._wire is not None:
            return "shaking hands"
        return "resolving the name" if self._look_up is not None else "connecting"

    def _fail(self, outcome: Outcome, detail: str, now: int) -> None:
        self._let_go()
        self._user.failed(outcome, detail, now)

    def abandon(self) -> None:
        """Let go of everything."""
        self._let_go()

    def _let_go(self) -> None:
        if self._look_up is not None:
            self._look_up.cancel()
            self._look_up = None
        if self._fd >= 0:
            self._hub.poller.forget(self._fd)
            self._fd = -1
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        if self._wire is not None:
            self._wire.close()
            self._wire = self._secure = None
