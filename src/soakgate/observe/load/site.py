"""What one load process is made of: clock, books, pacer and dialer, shared by all its users."""

import resource
import time
from collections import Counter
from typing import Any

import gevent

from soakgate.errors import UsageError
from soakgate.model.times import NS
from soakgate.observe.load.client import LeanClient, Listener
from soakgate.observe.load.pacer import NEVER, Pacer, lane_bound
from soakgate.observe.load.plan import Plan
from soakgate.observe.load.pulse import Pulse
from soakgate.observe.load.recorder import Recorder
from soakgate.observe.load.settings import Settings, split_url
from soakgate.observe.load.wire import Dialer

__all__ = ["Site", "current", "install", "installed", "raise_handles"]


class Site:
    """One process' share of the load; `plan` None: users decide themselves when to send."""

    def __init__(self, settings: Settings, plan: Plan | None, *, share: tuple[int, int]) -> None:
        self.settings, self.plan, self.share = settings, plan, share
        self.pulse = Pulse()
        self.recorder = Recorder(
            names=settings.names,
            failures=settings.failures,
            limit=settings.answer_limit,
            pulse=self.pulse,
        )
        idle = plan or Plan([(0.0, 0.0)])
        self.pacer = Pacer(idle, share=share, limit=settings.answer_limit, pulse=self.pulse)
        self.dialer = Dialer(
            split_url(settings.host),
            connect_limit=settings.connect_limit,
            tls_limit=settings.tls_limit,
        )
        self.listener: Listener | None = None
        self._stop = NEVER
        self._seen = 0
        self._labels: Counter[str] = Counter()
        self._greenlets: list[Any] = []

    def watch(self) -> None:
        """Start to notice stalls and overdue requests."""
        self._greenlets += [gevent.spawn(self.pulse.run), gevent.spawn(self.recorder.sweep)]

    def start(self, at: int, *, users: int) -> None:
        """Start handing out slots from T0 = `at` on, ns; `users` of this process."""
        self.recorder.origin = at
        plan, limit = self.plan, self.settings.answer_limit
        if plan is None:
            return
        bound = lane_bound(plan, share=self.share[1], users=users, limit=limit)
        self.pacer.start(at, bound=bound)
        self._greenlets.append(gevent.spawn(self.pacer.run))

    def stop(self, at: int) -> None:
        """Start nothing after `at`, ns."""
        self._stop = at
        self.pacer.stop(at)

    def count_users(self, running: int, *, second: int) -> int:
        """Give the users of a second; they leave at the stop, which may be just before its end."""
        if time.monotonic_ns() < self._stop:
            self._seen = running
            return running
        return self._seen if self.recorder.origin + second * NS < self._stop else running

    def label(self, kind: str) -> str:
        """Name a user, by its class and a number."""
        self._labels[kind] += 1
        return f"{kind}#{self._labels[kind]}"

    def client(self, user: str) -> LeanClient:
        """Make the client of a user."""
        return LeanClient(self.dialer, self.recorder, user=user, listener=self.listener)


_sites: list[Site] = []


def install(site: Site) -> None:
    """Make a site this process' own."""
    _sites[:] = [site]


def installed() -> bool:
    """Whether this process has a site yet."""
    return bool(_sites)


def current() -> Site:
    """Give this process' site. Raises UsageError outside of a load process."""
    if not _sites:
        raise UsageError("load: LeanUser runs under soakgate, which plans its requests")
    return _sites[0]


def raise_handles() -> None:
    """Allow as many open files as the system lets us: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        return  # then requests beyond the limit become void, which the evidence shows
