"""Counting what Locust's own HTTP users do: a listener on `request`, never Locust's statistics.

`HttpUser` and `FastHttpUser` get their requests wrapped, so that one that never ends is visible;
of other clients only ended requests are known. Response times are Locust's, from the real start.
"""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import gevent
from locust import FastHttpUser, HttpUser
from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession

from soakgate.model.samples import Outcome
from soakgate.model.times import MS, NS
from soakgate.observe.load.answer import Answer
from soakgate.observe.load.causes import error_kind, error_text, status_kind
from soakgate.observe.load.recorder import Flight
from soakgate.observe.load.site import Site, current, installed

__all__ = ["attach", "limit_users"]

MARK = "soakgate-counted"
LOCUST_DEFAULT = 60.0  # seconds, of FastHttpUser
OPEN = 100  # requests of one greenlet that may be open at a time


def limit_users(classes: Mapping[str, Any], site: Site) -> None:
    """Give user classes without a time-out of their own a short one: a hang must be seen."""
    for user in classes.values():
        if issubclass(user, FastHttpUser):
            if user.network_timeout == LOCUST_DEFAULT:
                user.network_timeout = site.settings.answer_limit / NS
            if user.connection_timeout == LOCUST_DEFAULT:
                user.connection_timeout = site.settings.connect_limit / NS
    if any(issubclass(user, (HttpUser, FastHttpUser)) for user in classes.values()):
        _wrap(HttpSession, _requests_limits)
        _wrap(FastHttpSession, None)


def attach(environment: Any, site: Site) -> None:
    """Listen to all requests and to errors of tasks; a locust file's own listeners keep working."""
    events = environment.events
    others = [h for h in events.request._handlers if not _is_locusts(h)]  # noqa: SLF001
    events.request.add_listener(_on_request)
    events.user_error.add_listener(_on_error)
    if others:
        site.listener = _announcer(events.request)


def _is_locusts(handler: Any) -> bool:
    return str(getattr(handler, "__module__", "")).startswith("locust.")


def _requests_limits(options: dict[str, Any]) -> None:
    settings = current().settings
    limits = (settings.connect_limit / NS, settings.answer_limit / NS)
    options.setdefault("timeout", limits)


def _wrap(session: Any, prepare: Callable[[dict[str, Any]], None] | None) -> None:
    original = session.request
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def request(self: Any, method: Any, url: Any, *args: Any, **options: Any) -> Any:
        if not installed():
            return original(self, method, url, *args, **options)
        if prepare is not None:
            prepare(options)
        name = options.get("name") or (args[0] if args else None) or self.request_name or url
        now = time.monotonic_ns()
        flight = current().recorder.begin(str(name), scheduled=now, sent=now)
        flight.user = type(self.user).__name__
        _open_flights().append(flight)
        return original(self, method, url, *args, **options)

    session.request = request


def _open_flights() -> list[Flight]:
    lane: Any = gevent.getcurrent()
    flights: list[Flight] | None = getattr(lane, "flights", None)
    if flights is None:
        flights = lane.flights = []
    if len(flights) >= OPEN:  # answers that the locust file never looked at
        del flights[0]
    return flights


def _on_request(
    name: str,
    response_time: float | None,
    exception: Any = None,
    response: Any = None,
    context: Any = None,
    **_: Any,
) -> None:
    if isinstance(context, Mapping) and MARK in context:
        return
    recorder = current().recorder
    now = time.monotonic_ns()
    took = max(0, round(float(response_time or 0) * MS))
    flights = _open_flights()
    if flights:
        flight = flights.pop()
        if flight.name != str(name):
            flight.row = recorder.counters.rename(flight.row, str(name))
    else:
        flight = recorder.begin(str(name), scheduled=now - took, sent=now - took)
    done = min(now, flight.scheduled + took)
    if exception is None:
        recorder.serve(flight, done)
        return
    status = int(getattr(response, "status_code", 0) or 0)
    kind = status_kind(status) if status >= 300 else error_kind(exception)
    text = error_text(exception) if isinstance(exception, BaseException) else str(exception)
    recorder.fail(flight, done, kind=kind, status=status, detail=text, user=flight.user)


def _on_error(exception: Any, user_instance: Any = None, **_: Any) -> None:
    user = getattr(user_instance, "user", user_instance)
    what = f"{type(user).__name__}: {type(exception).__name__}: {exception}"
    current().recorder.error(what)


def _announcer(hook: Any) -> Any:
    """Make the lean client fire Locust's event too, marked so that it is not counted twice."""

    def announce(*, method: str, flight: Flight, done: int, answer: Answer) -> None:
        took = (done - flight.scheduled) / MS
        failure = None if answer.ok else RuntimeError(answer.kind or Outcome.PROTOCOL)
        hook.fire(
            request_type=method,
            name=flight.name,
            response_time=took,
            response_length=answer.length,
            response=answer,
            context={MARK: True},
            exception=failure,
            start_time=time.time() - took / 1000,
            url=None,
        )

    return announce
