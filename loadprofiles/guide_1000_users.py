"""The load of the AKS production upgrade guide: 1000 users, to be kept up for 15 minutes.

Each user looks at a page every 5 s, which makes 200 requests/s; `load.rate` overrides that in all.
The users are paced on one even grid instead of thinking for a random time after each answer: so
the number of requests planned is known, and a service that hangs meets no less load. They arrive
within the first 30 s and stay for as long as the run's phases last: give them 15 minutes or more.

Environment: `LOAD_PATHS`, pages by weight as "/ /=3 /cart=1" (default "/").
"""

import os

from locust import task

from soakgate.observe.load.lean import LeanUser, Plan

USERS = 1000
EACH = 5.0  # seconds between two pages of one user
ARRIVAL = 30.0  # seconds until all have come


def _pages(text: str) -> list[str]:
    pages: list[str] = []
    for item in text.split():
        path, _, weight = item.rpartition("=") if "=" in item else (item, "", "1")
        pages += [path] * int(weight)
    return pages


PAGES = _pages(os.environ.get("LOAD_PATHS", "/"))


def plan(rate: float | None, users: int) -> Plan:
    """Plan the arrival and the steady state."""
    return Plan.ramp(rate or users / EACH, over=ARRIVAL)


class Shopper(LeanUser):
    """Looks at one page after another."""

    page = 0

    @task
    def look(self) -> None:
        """Look at the next page."""
        path = PAGES[self.page % len(PAGES)]
        self.page += 1
        self.client.get(path)
