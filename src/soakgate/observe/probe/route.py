"""What the probes of one target share: request, addresses, limits, TLS."""

import re
import ssl
from dataclasses import dataclass

from soakgate import __version__
from soakgate.errors import UsageError
from soakgate.model.samples import Connection
from soakgate.observe.probe.address import Place, parse_url
from soakgate.observe.probe.hub import Hub
from soakgate.observe.probe.resolve import Address, Resolver, literal
from soakgate.observe.probe.settings import Target
from soakgate.observe.probe.trust import trust

__all__ = ["Route", "make_route", "request"]

TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
OURS = frozenset({"connection", "content-length", "transfer-encoding", "upgrade", "expect"})
"""Headers that say how the connection is used, which is the prober's to say."""


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach a target; one of `addresses` and `resolver` is set. Limits in ns."""

    addresses: list[Address] | None
    resolver: Resolver | None
    tls: ssl.SSLContext | None
    server_name: str
    connect_limit: int
    tls_limit: int


def make_route(target: Target, *, place: Place, hub: Hub) -> Route:
    """Prepare the way to a target without touching the network. Raises UsageError."""
    addresses = literal(place.host, place.port)
    resolver = None
    if addresses is None:
        resolver = Resolver(place.host, place.port, loop=hub.loop, rate=target.rate)
    return Route(
        addresses,
        resolver,
        trust(target) if place.secure else None,
        target.server_name or place.checked_name,
        target.connect_limit,
        target.tls_limit,
    )


def _check(headers: dict[str, str], *, where: str) -> None:
    for name, value in headers.items():
        if not TOKEN.match(name):
            raise UsageError("not a header's name", where=where, found=repr(name))
        if name.lower() in OURS:
            raise UsageError("this header is set by the prober", where=where, found=name)
        if any(c in value for c in "\r\n\0") or not value.isprintable():
            raise UsageError("a control character in a header's value", where=where, found=name)


def request(target: Target, connection: Connection) -> bytes:
    """Write the request that each probe of a series sends. Raises UsageError."""
    _check(target.headers, where=target.name)
    place = parse_url(target.url, where=target.name)
    headers = {
        "host": ("Host", place.authority),
        "user-agent": ("User-Agent", f"soakgate/{__version__}"),
        "accept": ("Accept", "*/*"),
    }
    headers.update({name.lower(): (name, value) for name, value in target.headers.items()})
    if connection is Connection.NEW:
        headers["connection"] = ("Connection", "close")
    lines = [f"GET {place.path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.values()), "", ""]
    return "\r\n".join(lines).encode()
