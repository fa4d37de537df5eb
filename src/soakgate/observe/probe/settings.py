"""What the prober is told in its first line: targets, limits and where to write."""

from typing import Annotated, Any

import msgspec

from soakgate.adapters.arrow import SeriesInfo
from soakgate.errors import UsageError
from soakgate.model.samples import CONTROL, Connection, period
from soakgate.model.times import NS

__all__ = ["Settings", "Target", "read_settings", "series_of"]

Hertz = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Limit = Annotated[int, msgspec.Meta(gt=0)]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one target needs; limits are ns, secrets are here in the clear and never written."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    url: str
    expect_status: tuple[int, ...] | None = None  # None: 200..299
    expect_body: str | None = None
    connections: tuple[Connection, ...] = (Connection.NEW, Connection.REUSED)
    rate: Hertz = 10.0  # per series
    headers: dict[str, str] = {}
    connect_limit: Limit = NS
    tls_limit: Limit = NS
    answer_limit: Limit = 4 * NS
    protocol: str = "http"
    ca: str | None = None  # path of a PEM bundle that replaces the system's
    server_name: str | None = None
    client_cert: str | None = None  # path
    client_key: str | None = None  # path
    client_key_pem: str | None = None  # the key itself; never reaches a disk
    options: dict[str, Any] = {}  # keys of a foreign protocol

    def __repr__(self) -> str:
        """Show the name only: headers and keys must not reach a log."""
        return f"Target({self.name!r})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole first line; keys for other kinds of children are ignored."""

    run: Annotated[str, msgspec.Meta(min_length=1)]
    folder: str
    targets: tuple[Target, ...]
    control: bool = True


def series_of(targets: tuple[Target, ...]) -> list[SeriesInfo]:
    """List the series of these targets in the order of their numbers in the sample file."""
    return [
        SeriesInfo(target.name, connection.value, period(connection, target.rate))
        for target in targets
        for connection in target.connections
    ]


def read_settings(line: bytes) -> Settings:
    """Read and check the first line. Raises UsageError, which never quotes a secret."""
    try:
        settings = msgspec.json.decode(line, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError("the prober's settings cannot be used", found=str(error)) from None
    names = [target.name for target in settings.targets]
    for name in names:
        if names.count(name) > 1 or name == CONTROL:
            raise UsageError("a target's name is taken", where=name)
    for target in settings.targets:
        if not target.connections or len(set(target.connections)) < len(target.connections):
            raise UsageError("connections must name each kind at most once", where=target.name)
    return settings
