"""Hands out scheduled starts to users, so that load is open-loop and never bunches.

Slots lie on the plan's even grid. Idle users wait in a queue, so that neighbouring slots go to
different users. When all are busy the next one is asked for a further lane: a slow service then
meets more requests in flight, as it would in life, instead of fewer requests. A slot that starts
late is still timed from its schedule. One that nobody could take within 0.1 s, by a stall of ours
or for want of lanes, is skipped and shows as started < planned: a queue of ours must not look like
a slow service.
"""

import time
from collections import deque
from typing import Any, Protocol

import gevent
from gevent.event import Event
from gevent.hub import Waiter

from soakgate.model.times import MS
from soakgate.observe.load.alarm import Alarm
from soakgate.observe.load.plan import Plan
from soakgate.observe.load.pulse import Pulse

__all__ = ["NEVER", "Lanes", "Pacer", "lane_bound"]

NEVER = 1 << 62
NAP = 500 * MS  # an earlier stop is noticed within this time
LATE = 100 * MS
BEHIND = 10 * MS
BATCH = 8  # lanes opened in one turn of the loop
CROWD = 4_000  # lanes of one process: each holds a socket


class Lanes(Protocol):
    """A user that can run tasks in more than one greenlet."""

    def open_lane(self, slot: int) -> None:
        """Start a further greenlet whose first task is due at `slot`, ns."""


def lane_bound(plan: Plan, *, share: int, users: int, limit: int) -> int:
    """Give how many lanes of one process a plan can fill if nothing answers within `limit` ns."""
    needed = plan.highest / share * limit / 1e9 * 1.1
    return max(users, min(CROWD, int(needed) + 1))


class Pacer:
    """Scheduler of one process; `share` (i, n): it owns every slot k with k mod n == i."""

    def __init__(self, plan: Plan, *, share: tuple[int, int], limit: int, pulse: Pulse) -> None:
        self._plan, self._pulse, self._limit = plan, pulse, limit
        self._slot, self._stride = share
        self._idle: deque[Any] = deque()
        self._users: deque[Lanes] = deque()
        self._freed = Event()
        self._start, self._stop = NEVER, NEVER
        self._loop = gevent.get_hub().loop
        self.lanes = 0
        self.bound = 1
        self.skipped = 0
        self._opened = 0
        self.ended = False

    def start(self, at: int, *, bound: int) -> None:
        """Fix T0, ns, before `run`; `bound` is the number of lanes that may be open."""
        self._start, self.bound = at, bound

    def stop(self, at: int) -> None:
        """Fix the last scheduled start, ns."""
        self._stop = at

    def join(self, user: Lanes) -> None:
        """Make a user known, so that further lanes may be asked of it."""
        self._users.append(user)

    def leave(self, user: Lanes) -> None:
        """Forget a user."""
        if user in self._users:
            self._users.remove(user)

    @property
    def relaxed(self) -> bool:
        """Whether somebody is idle, so that a further lane may end."""
        return bool(self._idle)

    def take(self) -> int | None:
        """Wait for a slot; its scheduled start in ns, or None when the load has ended."""
        if self.ended:
            return None
        waiter: Any = Waiter()
        self._idle.append(waiter)
        if not self._freed.is_set():
            self._freed.set()
        try:
            slot: int | None = waiter.get()
        except BaseException:  # the user is being killed: nobody may hand it a slot any more
            if waiter in self._idle:
                self._idle.remove(waiter)
            raise
        return slot

    def run(self) -> None:
        """Hand out slots until the stop; the body of a greenlet."""
        alarm = Alarm()
        try:
            self._run(alarm)
        finally:
            alarm.close()
            self.ended = True
            while self._idle:
                self._wake(self._idle.popleft(), None)

    def _run(self, alarm: Alarm) -> None:
        while True:
            at = self._next()
            now = time.monotonic_ns()
            if now >= self._stop:
                return
            if at > self._stop:  # users stay until the stop, so that they are counted
                alarm.sleep(min(self._stop, now + NAP))
                continue
            if at > now:
                alarm.sleep(min(at, now + NAP))
                continue
            self._pulse.check(now)
            self._pulse.late(now - at)
            if now - at > LATE:
                self.skipped += 1
            elif not self._give(at):
                self._freed.clear()
                self._freed.wait(0.02)
                continue
            self._slot += self._stride

    def _next(self) -> int:
        moment = self._plan.moment(self._slot)
        return NEVER if moment is None else self._start + moment

    def _give(self, at: int) -> bool:
        if self._idle:
            self._wake(self._idle.popleft(), at)
            return True
        # A loop that is behind would only get further behind with more lanes.
        if self.lanes < self.bound and self._users and self._pulse.lag < BEHIND:
            user = self._users[0]
            self._users.rotate(-1)
            user.open_lane(at)
            self._opened += 1
            if self._opened % BATCH == 0:
                gevent.sleep(0)  # answers first: a crowd of new lanes must not starve them
            return True
        return False

    def _wake(self, waiter: Any, slot: int | None) -> None:
        self._loop.run_callback(waiter.switch, slot)
