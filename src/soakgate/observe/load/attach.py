"""Makes a plain Locust worker report to soakgate: the master adds this import to the locust file.

So `locust -f - --worker --master-host HOST --master-port PORT` is all that another host needs,
where soakgate is installed.
"""

from typing import Any

from locust import events
from locust.runners import WorkerRunner

from soakgate.observe.load.member import Member

__all__: list[str] = []


@events.init.add_listener  # type: ignore[untyped-decorator]
def _join(environment: Any, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        Member(environment)
