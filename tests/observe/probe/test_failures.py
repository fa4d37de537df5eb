import errno
import os
import socket

import pytest

from soakgate.model.samples import Outcome
from soakgate.observe.probe.failures import name_failure, socket_failure, tell


def os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))


@pytest.mark.parametrize(
    ("code", "connected", "outcome"),
    [
        (errno.ECONNREFUSED, False, Outcome.REFUSED),
        (errno.ECONNRESET, False, Outcome.RESET),
        (errno.ECONNRESET, True, Outcome.RESET),
        (errno.EPIPE, True, Outcome.CLOSED),
        (errno.EHOSTUNREACH, False, Outcome.UNREACHABLE),
        (errno.ENETUNREACH, False, Outcome.UNREACHABLE),
        (errno.EPERM, False, Outcome.UNREACHABLE),
        (errno.ETIMEDOUT, False, Outcome.CONNECT_TIMEOUT),
        (errno.ETIMEDOUT, True, Outcome.ANSWER_TIMEOUT),
        (errno.EMFILE, False, Outcome.VOID),
        (errno.ENFILE, False, Outcome.VOID),
        (errno.EADDRNOTAVAIL, False, Outcome.VOID),
        (errno.EAGAIN, False, Outcome.VOID),
        (errno.ENOSPC, False, Outcome.VOID),
        (errno.ENOBUFS, True, Outcome.VOID),
        (errno.ENOMEM, True, Outcome.VOID),
    ],
)
def test_errors_of_sockets(code: int, connected: bool, outcome: Outcome) -> None:
    assert socket_failure(os_error(code), connected=connected) is outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), Outcome.DNS),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), Outcome.DNS),
        (socket.gaierror(socket.EAI_MEMORY, "memory"), Outcome.VOID),
        (os_error(errno.EMFILE), Outcome.VOID),
        (os_error(errno.ECONNREFUSED), Outcome.DNS),
        (RuntimeError("can't start new thread"), Outcome.VOID),
        (UnicodeError("label too long"), Outcome.DNS),
    ],
)
def test_errors_of_names(error: Exception, outcome: Outcome) -> None:
    assert name_failure(error) is outcome


def test_errors_are_told_by_name() -> None:
    assert tell(os_error(errno.ECONNREFUSED)) == "ECONNREFUSED: Connection refused"
    assert tell(socket.gaierror(-2, "no such name")) == "no such name"
    assert tell(OSError("plain")) == "plain"
