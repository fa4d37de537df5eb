"""Constant load, open loop: the rate that was asked for, evenly spaced, whatever the answers do."""

import os

from locust import task

from soakgate.observe.load.lean import LeanUser

PATH = os.environ.get("LOAD_PATH", "/")


class Steady(LeanUser):
    """Asks for one page; `LOAD_PATH` in the load's environment names another."""

    @task
    def page(self) -> None:
        """Send one request per slot."""
        self.client.get(PATH)
