"""TLS over a wire. Driven by hand, so that TCP and TLS are timed apart and errors stay apart."""

import ssl
from collections.abc import Callable

from soakgate.observe.probe.wire import User, Wire

__all__ = ["SecureWire", "TlsError"]

PLAIN = 65_536  # bytes of plain text handed on at once


class TlsError(OSError):
    """TLS said no: a certificate, a version, an alert, a broken record."""


def _failure(error: Exception) -> TlsError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsError(f"certificate: {error.verify_message}")
    reason = getattr(error, "reason", None)
    return TlsError(str(reason or error))


class SecureWire:
    """The user of a Wire, and the channel of who uses this one."""

    __slots__ = ("_in", "_out", "_tls", "_wire", "ready", "up", "user")

    def __init__(self, wire: Wire, *, context: ssl.SSLContext, name: str, user: User) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=name or None)
        self._wire, self.user = wire, user
        self.up = False
        self.ready: Callable[[int], None] | None = None
        wire.user = self

    def greet(self, ready: Callable[[int], None]) -> None:
        """Begin the handshake; `ready(now)` is called once it is done. Raises OSError."""
        self.ready = ready
        self._shake(0)

    def _shake(self, now: int) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return
        except (ssl.SSLError, ssl.CertificateError, ValueError) as error:
            self._flush()  # tells the peer why
            raise _failure(error) from None
        self._flush()
        self.up = True
        if self.ready is not None:
            self.ready(now)

    def _flush(self) -> None:
        if data := self._out.read():
            self._wire.send(data)

    def received(self, data: bytes, now: int) -> None:
        """Take bytes from the wire and hand on what they mean."""
        try:
            self._in.write(data)
            if not self.up:
                self._shake(now)
            if self.up:
                self._hand_on(now)
        except OSError as error:
            self.user.broke(error, now)

    def _hand_on(self, now: int) -> None:
        while self._wire.open:
            try:
                data = self._tls.read(PLAIN)
            except ssl.SSLWantReadError:
                self._flush()  # a key update may want an answer
                return
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError as error:
                raise _failure(error) from None
            if not data:
                self.user.ended(now)
                return
            self.user.received(data, now)

    def ended(self, now: int) -> None:
        """Pass on the end; one without TLS' own goodbye is an end all the same, as in browsers."""
        self.user.ended(now)

    def broke(self, error: OSError, now: int) -> None:
        """Pass on a failure."""
        self.user.broke(error, now)

    def send(self, data: bytes) -> None:
        """Send all of `data`. Raises OSError."""
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            raise _failure(error) from None
        self._flush()

    @property
    def all_sent(self) -> bool:
        """Whether the peer has been sent everything."""
        return self._wire.all_sent

    def usable(self) -> bool:
        """Tell whether nothing has come since the last answer."""
        return self._wire.usable()

    def close(self, *, later: bool = False) -> None:
        """Close the wire below."""
        self._wire.close(later=later)
