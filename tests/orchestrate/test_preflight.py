"""Preflight says what it looked at, and sends nothing."""

import socket

import pytest

from soakgate.config.scenario import Scenario
from soakgate.errors import UsageError
from soakgate.orchestrate.preflight import check_names


def scenario(*urls: str) -> Scenario:
    targets = {f"t{k}": {"url": url} for k, url in enumerate(urls)}
    return Scenario.model_validate({"soakgate": 1, "targets": targets})


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *_: object, **__: object) -> list[object]:
        if host == "gone.example":
            raise socket.gaierror(-2, "Name or service not known")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_each_host_counts_once() -> None:
    assert check_names(scenario("http://a.example/x")) == "ok: 1 host name resolves"
    urls = ("http://a.example/x", "http://a.example/y", "http://b.example/")
    assert check_names(scenario(*urls)) == "ok: 2 host names resolve"


def test_a_name_that_does_not_resolve_stops_the_run() -> None:
    with pytest.raises(UsageError, match=r"target t0 http://gone\.example/"):
        check_names(scenario("http://gone.example/"))
