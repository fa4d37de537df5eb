"""What an error of the operating system says about the target, or about ourselves."""

import errno
import os
import socket

from soakgate.model.samples import Outcome

__all__ = ["SHORTAGE", "name_failure", "socket_failure", "tell"]

SHORTAGE = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.EADDRNOTAVAIL,
        errno.EAGAIN,  # connect: no local port left to bind to
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENOSPC,  # more descriptors watched than a user may
    }
)
"""Errors that mean that we ran out of something: neither good nor bad for the target."""

PLAIN = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.ECONNRESET: Outcome.RESET,
    errno.ECONNABORTED: Outcome.RESET,
    errno.EPIPE: Outcome.CLOSED,
}


def tell(error: OSError) -> str:
    """Name an error shortly, the same on every machine."""
    if isinstance(error, socket.gaierror) or error.errno is None:
        return str(error.strerror or error)
    return f"{errno.errorcode.get(error.errno, error.errno)}: {os.strerror(error.errno)}"


def socket_failure(error: OSError, *, connected: bool) -> Outcome:
    """Name the outcome of a failed connect, send or receive."""
    if error.errno in SHORTAGE:
        return Outcome.VOID
    if error.errno == errno.ETIMEDOUT:
        return Outcome.ANSWER_TIMEOUT if connected else Outcome.CONNECT_TIMEOUT
    return PLAIN.get(error.errno or 0, Outcome.UNREACHABLE)


def name_failure(error: Exception) -> Outcome:
    """Name the outcome of a failed look-up of a name."""
    if isinstance(error, socket.gaierror) and error.errno != socket.EAI_SYSTEM:
        return Outcome.VOID if error.errno == socket.EAI_MEMORY else Outcome.DNS
    if isinstance(error, (RuntimeError, MemoryError)):  # no thread to be had
        return Outcome.VOID
    if isinstance(error, OSError) and error.errno in SHORTAGE:
        return Outcome.VOID
    return Outcome.DNS
