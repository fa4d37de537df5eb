"""What a load child is told: its first line of stdin, checked before anything else happens."""

from urllib.parse import urlsplit

import msgspec

from soakgate.errors import UsageError
from soakgate.model.times import MS, NS

__all__ = ["Origin", "Settings", "read_settings", "split_address", "split_url"]

MAX_USERS = 100_000
MAX_WORKERS = 256
MAX_RATE = 1_000_000.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Configuration of a load child. Limits in ns; `rate` requests/s in all, None = the profile's.

    `listen` is HOST:PORT where Locust workers of other hosts may join, `expect_workers` how many of
    them to wait for. `users` None: as many as the profile names. `environment` is set for the
    locust file only and may hold secrets, so nothing of it is ever written.
    """

    run: str
    folder: str
    profile: str
    host: str
    rate: float | None = None
    users: int | None = None
    workers: int = 1
    listen: str | None = None
    expect_workers: int = 0
    answer_limit: int = 4 * NS
    connect_limit: int = 1 * NS
    tls_limit: int = 1 * NS
    names: int = 500
    failures: int = 10_000
    environment: dict[str, str] = {}

    @property
    def distributed(self) -> bool:
        """Whether Locust's master and workers are used."""
        return self.workers != 1 or self.listen is not None


class Origin(msgspec.Struct, frozen=True):
    """Parts of a base URL."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def split_url(url: str) -> Origin:
    """Take a base URL apart. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError("load: host is no URL", found=str(error)) from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "load: host holds a user or password", hint="name secrets, never write them"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError("load: no usable host", expected="http(s)://HOST[:PORT]", found=repr(url))
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    ascii_host = host if host.isascii() else host.encode("idna").decode()
    return Origin(parts.scheme, ascii_host, port, parts.path.rstrip("/"))


def split_address(text: str) -> tuple[str, int]:
    """Take HOST:PORT apart. Raises UsageError."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65_535:
        raise UsageError("load: listen", expected="HOST:PORT", found=repr(text))
    return host.strip("[]"), int(port)


def _check_ranges(found: Settings) -> None:
    ranges = (
        ("users", found.users, 1, MAX_USERS),
        ("workers", found.workers, 0, MAX_WORKERS),
        ("expect_workers", found.expect_workers, 0, MAX_WORKERS),
        ("answer_limit", found.answer_limit, 10 * MS, 600 * NS),
        ("connect_limit", found.connect_limit, 10 * MS, 600 * NS),
        ("tls_limit", found.tls_limit, 10 * MS, 600 * NS),
        ("names", found.names, 1, 10_000),
        ("failures", found.failures, 0, 1_000_000),
    )
    for name, value, low, high in ranges:
        if value is not None and not low <= value <= high:
            raise UsageError(f"load: {name}", expected=f"{low} to {high}", found=str(value))
    if found.rate is not None and not 0 < found.rate <= MAX_RATE:
        raise UsageError("load: rate", expected="requests/s above zero", found=str(found.rate))
    if found.workers == 0 and found.expect_workers == 0:
        raise UsageError("load: no worker would ever run", hint="set workers or expect_workers")
    if found.expect_workers and found.listen is None:
        raise UsageError("load: expect_workers needs listen")


def read_settings(line: bytes) -> Settings:
    """Read the configuration line. Raises UsageError."""
    try:
        found = msgspec.json.decode(line, type=Settings)
    except msgspec.DecodeError as error:
        raise UsageError("load: configuration cannot be read", found=str(error)) from error
    _check_ranges(found)
    split_url(found.host)
    if found.listen is not None:
        split_address(found.listen)
    return found
