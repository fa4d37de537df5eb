"""What users reach: where it is, what counts as served, how long an answer may take."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, ValidationInfo, field_validator, model_validator

from soakgate.config.fields import (
    SECRET,
    Duration,
    Model,
    Name,
    ObjectiveText,
    Rate,
    SecretName,
    Word,
)
from soakgate.config.units import Objective, duration_text
from soakgate.model.samples import Connection
from soakgate.model.times import NS

__all__ = ["MAX_RATE", "ClientCert", "Expect", "Limits", "Target", "Tls"]

HTTP = "http"
WEB = ("http", "https")
MAX_RATE = 200.0  # Hz per series; more is load, not a probe

_SERVICE = re.compile(r"[a-z0-9.-]+/[a-z0-9.-]+:[A-Za-z0-9-]+(?:/\S*)?", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_SECRETIVE = re.compile(
    r"auth|cookie|token|secret|passw|api-?key|session|credential", re.IGNORECASE
)
_REFERENCE = re.compile(rf"(?:[A-Za-z][A-Za-z0-9-]* )?{SECRET.pattern}")
_OURS = frozenset({"connection", "accept-encoding", "content-length", "transfer-encoding", "te"})


class Expect(Model):
    """What a served answer looks like."""

    status: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...] | None,
        Field(min_length=1, description="statuses that count as served; without it 200 to 299"),
    ] = None
    body: Annotated[
        str | None, Field(min_length=1, description="text within the first 8 MiB of the body")
    ] = None


class Limits(Model):
    """When a probe has failed. connect and tls count from their own start, answer from intended."""

    connect: Annotated[Duration, Field(description="name and connection, from its start")] = NS
    tls: Annotated[Duration, Field(description="TLS handshake, from its start")] = NS
    answer: Annotated[Duration, Field(description="whole answer, from the intended start")] = 4 * NS


class ClientCert(Model):
    """A client certificate: the chain's file and where its key is."""

    cert: Annotated[Word, Field(description="PEM file, relative to the scenario")]
    key: Annotated[SecretName, Field(description="private key: env:NAME or file:PATH")]


class Tls(Model):
    """How the target's certificate is checked; it is always checked."""

    ca: Annotated[Word | None, Field(description="PEM file of the authority")] = None
    server_name: Annotated[Word | None, Field(description="name to send and to check")] = None
    client: Annotated[ClientCert | None, Field(description="our own certificate")] = None


class Target(Model):
    """One target; each of its connections is a series of probes of its own."""

    protocol: Annotated[Name, Field(description="a registered probe; http is built in")] = HTTP
    url: Annotated[Word | None, Field(description="http:// or https:// address")] = None
    service: Annotated[
        Word | None, Field(description="rehearse: NAMESPACE/NAME:PORT/path of a Service")
    ] = None
    expect: Annotated[Expect, Field(description="what counts as served")] = Expect()
    objective: Annotated[
        ObjectiveText, Field(description="a served answer later than this is a brown-out")
    ] = Objective(2 * NS)
    limits: Annotated[Limits, Field(description="when a probe has failed")] = Limits()
    rate: Annotated[Rate, Field(description="probes per second and series, at most 200")] = 10.0
    connections: Annotated[
        tuple[Connection, ...],
        Field(min_length=1, description="a series of probes each: they find different faults"),
    ] = (Connection.NEW, Connection.REUSED)
    headers: Annotated[
        dict[str, str],
        Field(max_length=100, description="request headers; secrets as env:NAME or file:PATH"),
    ] = Field(default_factory=dict)
    tls: Annotated[Tls | None, Field(description="how its certificate is checked")] = None
    options: dict[str, JsonValue] = Field(
        default_factory=dict, description="keys of a probe that is not built in"
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        # `protocol` stands first among the fields, so that it is known here.
        web = info.data.get("protocol", HTTP) == HTTP
        return url if url is None else check_url(url, web=web)

    @field_validator("service")
    @classmethod
    def _check_service(cls, service: str | None) -> str | None:
        if service is not None and not _SERVICE.fullmatch(service):
            raise ValueError("not a service; write it like NAMESPACE/NAME:PORT/path")
        return service

    @field_validator("rate")
    @classmethod
    def _check_rate(cls, rate: float) -> float:
        if rate > MAX_RATE:
            raise ValueError("at most 200 probes per second and series; more is load")
        return rate

    @field_validator("connections")
    @classmethod
    def _check_connections(cls, given: tuple[Connection, ...]) -> tuple[Connection, ...]:
        if len(set(given)) < len(given):
            raise ValueError("each connection can be named once")
        return given

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        names = [name.lower() for name in headers]
        for name, value in headers.items():
            if names.count(name.lower()) > 1:
                raise ValueError(f"header {name} is given twice")
            _check_header(name, value=value)
        return headers

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if (self.url is None) == (self.service is None):
            raise ValueError("a target has either a url or a service")
        if self.options and self.protocol == HTTP:
            raise ValueError("options are for a protocol that is not built in")
        ns = self.objective.ns
        if ns is not None and self.limits.answer <= ns:
            raise ValueError(
                f"limits.answer ({duration_text(self.limits.answer)}) must be longer than the "
                f"objective ({duration_text(ns)}), else no brown-out could be seen"
            )
        return self


def check_url(url: str, *, web: bool = True) -> str:
    """Refuse a URL that no probe could use or that holds a password. Raises ValueError.

    `web`: it must be http or https; other probes have schemes of their own.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError("malformed URL; write it like https://shop.example/ready") from None
    if "@" in parts.netloc:
        raise ValueError("a URL cannot hold user:password; use headers with env:NAME or file:PATH")
    if not parts.scheme or not host or port == 0 or (web and parts.scheme not in WEB):
        raise ValueError("malformed URL; write it like https://shop.example/ready")
    if any(c.isspace() for c in url) or parts.fragment:
        raise ValueError("a URL cannot hold spaces or a #fragment")
    return url


def _check_header(name: str, *, value: str) -> None:
    if not _HEADER.fullmatch(name):
        raise ValueError(f"{name!r} is not a header's name")
    if name.lower() in _OURS:
        raise ValueError(f"header {name} is set by the prober itself")
    if not value.isprintable() or not value.isascii():
        raise ValueError(f"the value of header {name} must be printable ASCII")
    if _SECRETIVE.search(name) and not _REFERENCE.fullmatch(value):
        raise ValueError(f"header {name} looks secret: name it, as env:NAME or file:PATH")
