"""A target's URL taken apart: where to connect, what to ask for, whose name to check."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from soakgate.errors import UsageError

__all__ = ["Place", "parse_url"]

SAFE = "%/:=&?~#+!$,;'@()*[]"  # what is sent as given; anything else is percent-encoded
HOST = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=-]+\Z")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """A URL's parts: `host` as resolved, `authority` as in the Host header, `path` as asked for."""

    secure: bool
    host: str
    port: int
    authority: str
    path: str

    @property
    def checked_name(self) -> str:
        """The name for SNI and for the certificate: no zone, no final dot."""
        return self.host.partition("%")[0].rstrip(".")


def _ascii_host(host: str) -> str:
    name = unquote(host)
    if ":" in name:  # an IPv6 address, perhaps with a zone
        return name
    if not name.isascii():
        name = name.encode("idna").decode()
    if not HOST.match(name):
        raise ValueError("no usable host name")
    return name


def _authority(host: str, port: int, scheme: str) -> str:
    name = f"[{host.partition('%')[0]}]" if ":" in host else host
    return name if port == DEFAULT_PORTS[scheme] else f"{name}:{port}"


def _parse(url: str) -> Place:
    if any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise ValueError("a space or control character")
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("neither http:// nor https://")
    if "@" in parts.netloc:
        raise ValueError("user or password in the address")
    if not parts.hostname:
        raise ValueError("no host")
    host = _ascii_host(parts.hostname)
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if port == 0:
        raise ValueError("port 0")
    path = quote(parts.path or "/", safe=SAFE)
    if parts.query:
        path += "?" + quote(parts.query, safe=SAFE)
    return Place(parts.scheme == "https", host, port, _authority(host, port, parts.scheme), path)


def parse_url(url: str, *, where: str) -> Place:
    """Take a URL apart. Raises UsageError, which does not quote the URL (it may hold a token)."""
    try:
        return _parse(url)
    except ValueError as error:  # UnicodeError is one too
        raise UsageError("not a usable URL", where=where, found=str(error)) from None
