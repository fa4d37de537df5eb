"""A worker process on the master's own host; it ends when its stdin does."""

import logging
import signal
import sys

from locust import runners

from soakgate.errors import SoakgateError
from soakgate.observe.load.local import announce, make_environment
from soakgate.observe.load.member import Member
from soakgate.observe.load.orders import Orders, guard_stdin
from soakgate.observe.load.profile import load_profile
from soakgate.observe.load.settings import read_settings

__all__ = ["run"]


def run(host: str, port: int) -> int:
    """Serve a master until it says quit or goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    guard_stdin(patience=0.2)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        settings = read_settings(Orders().first())
        environment = make_environment(settings, load_profile(settings))
    except SoakgateError as error:
        logging.error("%s", error)
        return int(error.exit_code)
    runners.CONNECT_TIMEOUT = 1  # ask again sooner: the start waits for us
    runner = environment.create_worker_runner(host, port)
    Member(environment)
    announce(environment)
    runner.greenlet.join()
    return 0
