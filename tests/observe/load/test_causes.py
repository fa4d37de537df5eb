"""Every failure has one word, the same as the prober's."""

import errno
import socket
import ssl

import pytest

from soakgate.observe.load.causes import error_kind, status_kind


class ConnectTimeout(OSError):
    pass


def wrapped(inner: BaseException) -> RuntimeError:
    outer = RuntimeError("outer")
    outer.__cause__ = inner
    return outer


class Carrier(Exception):
    def __init__(self, original):
        super().__init__("retries exceeded")
        self.original = original


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), "refused"),
        (ConnectionResetError(errno.ECONNRESET, "no"), "reset"),
        (ConnectionResetError(), "reset"),
        (OSError(errno.EHOSTUNREACH, "no"), "unreachable"),
        (OSError(errno.EMFILE, "too many"), "void"),
        (OSError(errno.EADDRNOTAVAIL, "no port"), "void"),
        (socket.gaierror(-2, "unknown"), "dns"),
        (ssl.SSLError(1, "bad"), "tls"),
        (TimeoutError("timed out"), "answer-timeout"),
        (ConnectTimeout("slow"), "connect-timeout"),
        (wrapped(ConnectionRefusedError(errno.ECONNREFUSED, "no")), "refused"),
        (Carrier(TimeoutError("timed out")), "answer-timeout"),
        (Exception("aborted", ConnectionResetError(errno.ECONNRESET, "x")), "reset"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
)
def test_words(error, kind):
    assert error_kind(error) == kind


def test_an_error_that_carries_itself_ends():
    error = Carrier(None)
    error.original = error
    assert error_kind(error) == "Carrier"


def test_statuses():
    assert [status_kind(s) for s in (302, 404, 503)] == ["redirect", "status-404", "status-503"]
