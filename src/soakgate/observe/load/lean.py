"""`LeanUser`: a Locust user for open-loop load, timed from its schedule, over the lean client.

    from locust import task
    from soakgate.observe.load.lean import LeanUser

    class Shopper(LeanUser):
        @task
        def front(self):
            self.client.get("/", name="front")

Each slot of the plan runs one task once; its first request is timed from the slot, further ones
from their own start. Tasks are plain functions, not TaskSet classes. `wait_time` is not used.
"""

import random
from typing import Any

import gevent
from gevent import GreenletExit
from locust import User
from locust.exception import StopTest, StopUser

from soakgate.observe.load.answer import Answer
from soakgate.observe.load.client import LeanClient
from soakgate.observe.load.plan import Plan
from soakgate.observe.load.site import current

__all__ = ["Answer", "LeanUser", "Plan"]

WAITING, RUNNING, STOPPING = "waiting", "running", "stopping"  # Locust's words


class LeanUser(User):  # type: ignore[misc]
    """Base of lean users; subclasses only add tasks, `on_start` and `on_stop`."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.site = current()
        self.label = self.site.label(type(self).__name__)
        self.client: LeanClient = self.site.client(self.label)

    def run(self) -> None:
        """Run tasks slot by slot until the load ends; the body of the user's greenlet."""
        pacer = self.site.pacer
        self._state = RUNNING
        try:
            self._begin()
            pacer.join(self)
            pacer.lanes += 1
            self._loop()
        except (GreenletExit, StopUser, StopTest):
            pass
        finally:
            pacer.leave(self)
            pacer.lanes -= 1
            self.on_stop()
            self.client.close()

    def open_lane(self, slot: int) -> None:
        """Run the next task beside those that are busy; it is due at `slot`, ns."""
        self.site.pacer.lanes += 1
        gevent.spawn(self._further, slot)

    def _begin(self) -> None:
        try:
            self.on_start()
        except (StopUser, StopTest, GreenletExit):
            raise
        except Exception as error:
            self.site.recorder.error(f"{self.label}: on_start: {type(error).__name__}: {error}")
            raise StopUser from error

    def _loop(self) -> None:
        take = self.site.pacer.take
        while self._state != STOPPING:
            self._state = WAITING
            slot = take()
            if slot is None:
                return
            self._state = RUNNING
            self._fire(slot)

    def _further(self, slot: int | None) -> None:
        pacer = self.site.pacer
        try:
            while slot is not None:
                self._fire(slot)
                slot = None if pacer.relaxed else pacer.take()
        except (GreenletExit, StopUser, StopTest):
            pass
        finally:
            pacer.lanes -= 1

    def _fire(self, slot: int) -> None:
        gevent.getcurrent().slot = slot
        tasks = self.tasks
        task = tasks[0] if len(tasks) == 1 else random.choice(tasks)  # noqa: S311 - not a secret
        try:
            task(self)
        except (GreenletExit, StopUser, StopTest):
            raise
        except Exception as error:
            what = f"{self.label}: {task.__name__}: {type(error).__name__}: {error}"
            self.site.recorder.error(what)
