"""Connections of the lean client: one address after another, TCP and TLS limited apart."""

import select
import socket as plain
import ssl
import time
from typing import Any

import gevent
from gevent import monkey, socket
from gevent.ssl import SSLContext, SSLSocket

from soakgate.model.samples import Outcome
from soakgate.model.times import NS
from soakgate.observe.load.answer import Reader
from soakgate.observe.load.settings import Origin

__all__ = ["Connection", "DialError", "Dialer"]


_poller = monkey.get_original("select", "poll")


class DialError(Exception):
    """No connection came about; `kind` is the word for it."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class Connection:
    """A connected socket and its parser."""

    __slots__ = ("_poll", "reader", "sock")

    def __init__(self, sock: Any) -> None:
        self.sock, self.reader = sock, Reader()
        self._poll = _poller()  # the system's own: gevent's would cost a turn of the loop
        self._poll.register(sock.fileno(), select.POLLIN | select.POLLHUP)

    def stale(self) -> bool:
        """Whether the server closed it, or sent what nobody asked for, while it was idle."""
        if not self._poll.poll(0):
            return False
        return not isinstance(self.sock, SSLSocket) or self._closed_inside()

    def _closed_inside(self) -> bool:
        """Tell a TLS ticket, which is normal, from data or an end."""
        self.sock.settimeout(0.0)
        try:
            self.sock.recv(1)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            self.sock.settimeout(None)
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()


class Dialer:
    """Opens connections to one origin; limits in ns, each from its own start."""

    def __init__(self, origin: Origin, *, connect_limit: int, tls_limit: int) -> None:
        self.origin = origin
        self._connect_limit, self._tls_limit = connect_limit, tls_limit
        self._tls = _context() if origin.scheme == "https" else None

    def dial(self) -> Connection:
        """Open a connection. Raises DialError, OSError."""
        start = time.monotonic_ns()
        sock = self._connect(self._resolve(), start + self._connect_limit)
        sock.setsockopt(plain.IPPROTO_TCP, plain.TCP_NODELAY, 1)
        try:
            if self._tls is not None:
                sock = self._wrap(sock)
            sock.settimeout(None)
        except BaseException:
            sock.close()
            raise
        return Connection(sock)

    def _resolve(self) -> list[tuple[int, Any]]:
        host, port = self.origin.host, self.origin.port
        for family in (plain.AF_INET, plain.AF_INET6):
            try:
                plain.inet_pton(family, host)
            except OSError:
                continue
            return [(family, (host, port))]
        with gevent.Timeout(self._connect_limit / NS, False):  # noqa: FBT003
            found = socket.getaddrinfo(host, port, type=plain.SOCK_STREAM)
            return [(family, address) for family, _, _, _, address in found]
        raise DialError(Outcome.DNS, "no answer within the connect limit")

    def _connect(self, addresses: list[tuple[int, Any]], deadline: int) -> Any:
        failure: OSError | None = None
        for index, (family, address) in enumerate(addresses):
            left = deadline - time.monotonic_ns()
            if left <= 0:
                break
            sock = socket.socket(family, plain.SOCK_STREAM)
            sock.settimeout(left / (len(addresses) - index) / NS)
            try:
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        if failure is None or isinstance(failure, TimeoutError):
            raise DialError(Outcome.CONNECT_TIMEOUT, "no connection within the limit")
        raise failure

    def _wrap(self, sock: Any) -> Any:
        assert self._tls is not None
        sock.settimeout(self._tls_limit / NS)
        try:
            return self._tls.wrap_socket(sock, server_hostname=self.origin.host)
        except TimeoutError as error:
            raise DialError(Outcome.TLS, "no handshake within the limit") from error


def _context() -> Any:
    context = SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    context.set_alpn_protocols(["http/1.1"])
    return context
