"""What is checked before a run starts, without sending a single request to a target."""

import socket
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


def _check(where: str, *, url: str, answer: "Future[None]") -> None:
    try:
        answer.result(timeout=PATIENCE)
    except FutureTimeout:
        return  # slow is not wrong: the run measures it as kind dns
    except (OSError, UnicodeError) as error:
        raise UsageError(
            "name does not resolve; checked before the run, nothing was started",
            where=f"{where} {url}",
            found=str(getattr(error, "strerror", None) or error),
            hint="correct the URL or the resolver",
        ) from None


def check_names(scenario: Scenario) -> None:
    """Resolve every host name of a scenario. Raises UsageError for one that does not resolve."""
    urls = _names(scenario)
    pool = ThreadPoolExecutor(max_workers=max(1, min(32, len(urls))))
    try:
        answers = {where: pool.submit(_resolve, url) for where, url in urls.items()}
        for where, answer in answers.items():
            _check(where, url=urls[where], answer=answer)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
