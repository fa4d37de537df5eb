"""One word for each way to fail, the same words as the prober's."""

import errno
import socket
import ssl
from collections.abc import Iterator

from soakgate.model.samples import Outcome
from soakgate.observe.load.recorder import VOID

__all__ = ["error_kind", "error_text", "status_kind"]

OURS = {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM}
BY_NUMBER = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.ECONNRESET: Outcome.RESET,
    errno.EPIPE: Outcome.RESET,
    errno.ECONNABORTED: Outcome.RESET,
    errno.EHOSTUNREACH: Outcome.UNREACHABLE,
    errno.ENETUNREACH: Outcome.UNREACHABLE,
    errno.EHOSTDOWN: Outcome.UNREACHABLE,
    errno.ENETDOWN: Outcome.UNREACHABLE,
    errno.ETIMEDOUT: Outcome.CONNECT_TIMEOUT,
}
BY_NAME = {  # of clients that soakgate does not import
    "ConnectTimeout": Outcome.CONNECT_TIMEOUT,
    "ConnectTimeoutError": Outcome.CONNECT_TIMEOUT,
    "ConnectionTimeoutError": Outcome.CONNECT_TIMEOUT,
    "ReadTimeout": Outcome.ANSWER_TIMEOUT,
    "ReadTimeoutError": Outcome.ANSWER_TIMEOUT,
    "NameResolutionError": Outcome.DNS,
    "RemoteDisconnected": Outcome.CLOSED,
    "HTTPConnectionClosed": Outcome.CLOSED,
    "IncompleteRead": Outcome.TRUNCATED,
    "ChunkedEncodingError": Outcome.TRUNCATED,
    "TooManyRedirects": Outcome.REDIRECT,
    "BadStatusLine": Outcome.PROTOCOL,
    "HTTPParseError": Outcome.PROTOCOL,
}
DEPTH = 8  # of nested exceptions


def status_kind(status: int) -> str:
    """Name an answer that came but was not the expected one."""
    return Outcome.REDIRECT.value if 300 <= status <= 399 else f"status-{status}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk an error, what it was raised from and what it carries, outermost first."""
    waiting, seen = [error], 0
    while waiting and seen < DEPTH:
        found = waiting.pop(0)
        seen += 1
        yield found
        carried = (getattr(found, name, None) for name in ("reason", "original"))
        inner = [found.__cause__, found.__context__, *carried, *found.args]
        waiting += [e for e in inner if isinstance(e, BaseException)]


def _word(error: BaseException) -> str | None:
    if isinstance(error, socket.gaierror):
        return Outcome.DNS
    if isinstance(error, ssl.SSLError):
        return Outcome.TLS
    if isinstance(error, OSError) and error.errno in OURS:
        return VOID
    if isinstance(error, OSError) and error.errno in BY_NUMBER:
        return BY_NUMBER[error.errno]
    if isinstance(error, ConnectionError):
        number = {BrokenPipeError: Outcome.RESET, ConnectionResetError: Outcome.RESET}
        return number.get(type(error), BY_NAME.get(type(error).__name__))
    return BY_NAME.get(type(error).__name__)


def error_kind(error: BaseException) -> str:
    """Name an exception; what nothing else fits gets the name of its class."""
    chain = list(_chain(error))
    for found in reversed(chain):  # the innermost knows best
        word = _word(found)
        if word is not None:
            return str(word)
    if any(isinstance(e, TimeoutError) for e in chain):
        return Outcome.ANSWER_TIMEOUT.value
    return type(error).__name__


def error_text(error: BaseException) -> str:
    """Describe an exception in a few words."""
    return str(error) or type(error).__name__
