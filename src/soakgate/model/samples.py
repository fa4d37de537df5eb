"""What one probe can turn out to be, and how a series of them is named."""

from enum import StrEnum

from soakgate.model.times import NS

__all__ = ["CONTROL", "OUTCOMES", "Connection", "Outcome", "kind", "period", "series_name"]

CONTROL = "@control"
"""Target name of the loopback control; user's target names cannot begin with `@`."""


class Connection(StrEnum):
    """How a series reaches its target: the two find different faults."""

    NEW = "new"
    REUSED = "reused"


PERIOD_SHARE = {Connection.NEW: 0.97, Connection.REUSED: 0.757}
"""Period x rate. A round 100 ms aliases with anything periodic, and equal periods alias with a
round robin of backends: one series would see all of a fault, the other none of it."""


def period(connection: Connection, rate: float) -> int:
    """Give the time between two intended starts, ns, of a series told to run at `rate` Hz."""
    return round(PERIOD_SHARE[connection] * NS / rate)


class Outcome(StrEnum):
    """Outcome of one probe. All but `served` and `void` are failures; their order is the file's."""

    SERVED = "served"
    VOID = "void"  # our own fault: neither good nor bad
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CLOSED = "closed"
    CONNECT_TIMEOUT = "connect-timeout"
    ANSWER_TIMEOUT = "answer-timeout"
    STATUS = "status"
    TRUNCATED = "truncated"
    WRONG_BODY = "wrong-body"
    REDIRECT = "redirect"
    TLS = "tls"
    DNS = "dns"
    PROTOCOL = "protocol"


OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)
"""Dictionary of the samples' `outcome` column; an index into it is an outcome's code."""


def kind(outcome: Outcome, status: int) -> str:
    """Name a failure as result.json does: `status` becomes `status-503`."""
    return f"status-{status}" if outcome is Outcome.STATUS else outcome.value


def series_name(target: str, connection: str) -> str:
    """Name a series as in the samples' `series` column."""
    return f"{target}/{connection}"
