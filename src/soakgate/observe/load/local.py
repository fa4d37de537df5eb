"""Load from this one process: Locust's environment and local runner, and our own counting."""

import time
from typing import Any

import gevent
from locust import events
from locust.env import Environment

from soakgate.errors import HarnessError
from soakgate.model.times import NS
from soakgate.observe.load.evidence import Evidence
from soakgate.observe.load.listen import attach, limit_users
from soakgate.observe.load.profile import Profile
from soakgate.observe.load.settings import Settings
from soakgate.observe.load.site import Site, install

__all__ = ["WORKER", "LocalCrew", "announce", "make_environment"]

WORKER = "w1"
PATIENCE = 3 * NS  # until somebody must have been spawned


class LocalCrew:
    """All users in this process."""

    def __init__(self, settings: Settings, profile: Profile, evidence: Evidence) -> None:
        self._settings, self._profile, self._evidence = settings, profile, evidence
        self.site = Site(settings, profile.plan, share=(0, 1))
        install(self.site)
        self._environment = make_environment(settings, profile)
        self._runner: Any = self._environment.create_local_runner()
        self._start = self._second = 0
        self._stopped = False

    def prepare(self) -> None:
        """Count whatever will be sent."""
        limit_users(self._profile.classes, self.site)
        attach(self._environment, self.site)
        self.site.watch()
        announce(self._environment)

    def start(self, at: int) -> None:
        """Spawn users: lean ones now, as they wait for their slots, others at T0; ns."""
        self._start = at
        self.site.start(at, users=self._profile.users)
        wait = 0.0 if self._profile.lean else max(0.0, (at - time.monotonic_ns()) / NS)
        gevent.spawn_later(wait, self._spawn)

    def _spawn(self) -> None:
        if self._profile.shape is not None:
            self._runner.start_shape()
        else:
            users = self._profile.users
            self._runner.start(users, spawn_rate=users)

    def stop(self, at: int) -> None:
        """Start nothing after `at`, ns; may come again with an earlier moment."""
        self.site.stop(at)

    def halt(self) -> None:
        """End all users once their current task is done; the stop has come."""
        if not self._stopped:
            self._stopped = True
            gevent.spawn(self._runner.stop)

    @property
    def idle(self) -> bool:
        """Whether no request is in flight and no user runs."""
        return not self.site.recorder.counters.in_flight and not self._runner.user_count

    def poll(self) -> None:
        """Count users while they are there."""
        self.site.count_users(self._runner.user_count, second=0)

    def tick(self, second: int) -> None:
        """Write what happened up to the end of a second. Raises OSError, HarnessError."""
        now = time.monotonic_ns()
        users = self._runner.user_count
        skipped = self.site.pacer.skipped
        seen = self.site.count_users(users, second=second)
        report = self.site.recorder.report(now, second=second, users=seen, skipped=skipped)
        self._evidence.take(WORKER, report)
        self._second = second
        if users or report["requests"] or self._stopped:
            return
        if now - self._start > PATIENCE:
            last = report["errors"][-1][0] if report["errors"] else _last_error(self._runner)
            raise HarnessError("load: no user is running", found=last, hint="see the load log")

    def finish(self, second: int) -> None:
        """Write what is left. Raises OSError."""
        self._stopped = True
        self.tick(second)

    def close(self) -> None:
        """Nothing to put away: the process ends."""


def make_environment(settings: Settings, profile: Profile) -> Environment:
    """Make Locust's environment of a profile; users end their task before they stop."""
    return Environment(
        user_classes=list(profile.classes.values()),
        shape_class=profile.shape,
        host=settings.host.rstrip("/"),
        events=events,  # the ones that a locust file's listeners are at
        stop_timeout=settings.answer_limit / NS,
    )


def announce(environment: Environment) -> None:
    """Tell a locust file's `init` listeners that all is set up, as Locust itself does."""
    environment.events.init.fire(environment=environment, runner=environment.runner, web_ui=None)


def _last_error(runner: Any) -> str | None:
    rows = list(runner.exceptions.values())
    return str(rows[-1]["msg"]) if rows else None
