"""What is checked before a run starts, without sending a single request to a target."""

import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from urllib.parse import urlsplit

from soakgate.config.scenario import Scenario
from soakgate.errors import UsageError

__all__ = ["check_names"]

PATIENCE = 5.0  # seconds for one name; a slower resolver will show in the run


def _resolve(url: str) -> None:
    parts = urlsplit(url)
    socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)


def _names(scenario: Scenario) -> dict[str, str]:
    urls = {f"target {name}": t.url for name, t in scenario.targets.items() if t.url is not None}
    if scenario.load is not None and scenario.load.host is not None:
        urls["load.host"] = scenario.load.host
    return urls


def _check(where: str, *, url: str, answer: "Future[None]") -> str | None:
    """Give the host if its name resolves, None if that takes too long. Raises UsageError."""
    try:
        answer.result(timeout=PATIENCE)
    except FutureTimeout:
        return None  # slow is not wrong: the run measures it as kind dns
    except (OSError, UnicodeError) as error:
        raise UsageError(
            "name does not resolve; checked before the run, nothing was started",
            where=f"{where} {url}",
            found=str(getattr(error, "strerror", None) or error),
            hint="correct the URL or the resolver",
        ) from None
    return urlsplit(url).hostname or url


def check_names(scenario: Scenario) -> str:
    """Resolve every host name of a scenario and say so; UsageError for one that does not resolve.

    One that takes longer than `PATIENCE` is not waited for: the run measures it as kind dns.
    """
    urls = _names(scenario)
    pool = ThreadPoolExecutor(max_workers=max(1, min(32, len(urls))))
    try:
        answers = {where: pool.submit(_resolve, url) for where, url in urls.items()}
        hosts = [_check(where, url=urls[where], answer=a) for where, a in answers.items()]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return _told(hosts)


def _told(hosts: Sequence[str | None]) -> str:
    good, slow = len({host for host in hosts if host is not None}), hosts.count(None)
    said = f"ok: {good} host name{' resolves' if good == 1 else 's resolve'}"
    return f"{said}, {slow} took longer than {PATIENCE:g} s" if slow else said
