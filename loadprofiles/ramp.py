"""Load that rises from nothing and then holds: users and rate grow together.

Environment: `LOAD_RAMP` seconds of rise (default 60), `LOAD_PATH` (default /).
"""

import os

from locust import LoadTestShape, task

from soakgate.observe.load.lean import LeanUser, Plan

OVER = float(os.environ.get("LOAD_RAMP", "60"))
PATH = os.environ.get("LOAD_PATH", "/")
USERS = 50

_wanted = {"users": USERS}


def plan(rate: float | None, users: int) -> Plan:
    """Plan the rise; without a rate each user sends one request a second."""
    _wanted["users"] = users
    return Plan.ramp(rate or float(users), over=OVER)


class Ramp(LoadTestShape):
    """Users in proportion to the rate, for as long as the run asks."""

    def tick(self) -> tuple[int, float]:
        """Give users now, and how many may start in a second."""
        users = _wanted["users"]
        share = min(1.0, (self.get_run_time() + 1) / OVER) if OVER > 0 else 1.0
        return max(1, round(users * share)), float(users)


class Visitor(LeanUser):
    """Asks for one page per slot."""

    @task
    def page(self) -> None:
        """Send one request per slot."""
        self.client.get(PATH)
