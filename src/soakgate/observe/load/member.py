"""A worker's part: takes its share of the plan from the master, reports each second.

Runs inside Locust's own worker, on this host or another. Moments on the wire are in this worker's
clock where the master sends them, and since T0 in reports, so that no clock need be trusted.
"""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import msgspec

from soakgate.errors import SoakgateError
from soakgate.model.times import MS, NS
from soakgate.observe.load.listen import attach, limit_users
from soakgate.observe.load.plan import Plan
from soakgate.observe.load.settings import Settings
from soakgate.observe.load.site import Site, install, raise_handles

__all__ = ["Member", "boot_id"]

ORPHAN = 20 * NS  # without a word from the master: end, so that no load outlives it
AFTER = 5 * MS
MARGIN = 200 * MS


def boot_id() -> str:
    """Name this boot of this host, empty if unknown: the same boot is the same CLOCK_MONOTONIC."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class Member:
    """Listens to the master's messages; made once the worker runner exists."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._runner = environment.runner
        self._site: Site | None = None
        self._start = 0
        self._stop = 1 << 62
        self._users = 1
        self._reporting = False
        self._heard = time.monotonic_ns()
        handlers = {
            "soakgate-plan": self._take_plan,
            "soakgate-start": self._take_start,
            "soakgate-stop": self._take_stop,
            "soakgate-ping": self._take_ping,
        }
        for name, handler in handlers.items():
            self._runner.register_message(name, self._guard(handler))
        raise_handles()
        facts = {"boot": boot_id(), "host": socket.gethostname(), "pid": os.getpid()}
        self._send("soakgate-hello", facts)
        gevent.spawn(self._watch_master)

    def _guard(self, handler: Callable[[Any], None]) -> Callable[..., None]:
        def handle(msg: Any, **_: Any) -> None:
            self._heard = time.monotonic_ns()
            try:
                handler(msg.data)
            except SoakgateError as error:
                self._send("soakgate-error", {"what": str(error)})
            except Exception as error:
                self._send("soakgate-error", {"what": f"{type(error).__name__}: {error}"})
                raise

        return handle

    def _take_plan(self, data: dict[str, Any]) -> None:
        if self._site is None:
            settings = msgspec.convert(data["settings"], Settings)
            points = data["points"]
            plan = None if points is None else Plan([(t, r) for t, r in points])
            index, count = data["share"]
            self._site = Site(settings, plan, share=(index, count))
            self._users = -(-data["users"] // count)
            install(self._site)
            limit_users(self._environment.user_classes_by_name, self._site)
            attach(self._environment, self._site)
            self._site.watch()
        self._send("soakgate-ready", {})

    def _take_start(self, data: dict[str, Any]) -> None:
        if self._site is not None and not self._reporting:
            self._reporting = True
            self._start = data["at"]
            self._site.start(self._start, users=self._users)
            gevent.spawn(self._report)

    def _take_stop(self, data: dict[str, Any]) -> None:
        self._stop = data["at"]
        if self._site is not None:
            self._site.stop(self._stop)

    def _take_ping(self, data: dict[str, Any]) -> None:
        self._send("soakgate-pong", {"t": data["t"], "w": time.monotonic_ns()})

    def _report(self) -> None:
        site = self._site
        assert site is not None
        second, halted = 0, False
        while True:
            now = time.monotonic_ns()
            site.count_users(self._runner.user_count, second=0)
            if now >= self._stop and not halted:
                halted = True
                gevent.spawn(self._runner.stop)
            if halted and self._over(site, now):
                break
            due = self._start + (second + 1) * NS + AFTER
            if now >= due:
                second = max(0, (now - self._start) // NS)
                self._send_report(site, second - 1, final=False)
                continue
            nap = min(due, self._stop if not halted else now + 20 * MS, now + 500 * MS)
            gevent.sleep(max(0, nap - now) / NS)
        last = max(0, (time.monotonic_ns() - self._start) // NS)
        if last > second:
            self._send_report(site, last - 1, final=False)  # whole, but not yet sent
        self._send_report(site, last, final=True)

    def _over(self, site: Site, now: int) -> bool:
        idle = not site.recorder.counters.in_flight and not self._runner.user_count
        return idle or now > self._stop + site.settings.answer_limit + MARGIN

    def _send_report(self, site: Site, second: int, *, final: bool) -> None:
        users = site.count_users(self._runner.user_count, second=second)
        skipped, now = site.pacer.skipped, time.monotonic_ns()
        report = site.recorder.report(now, second=second, users=users, skipped=skipped)
        self._send("soakgate-report", {**report, "final": final})

    def _send(self, kind: str, data: dict[str, Any]) -> None:
        self._runner.send_message(kind, data)

    def _watch_master(self) -> None:
        while True:
            gevent.sleep(1)
            if time.monotonic_ns() - self._heard > ORPHAN:
                os._exit(3)
