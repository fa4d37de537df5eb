"""The load child: one configuration, one profile, one crew, one exit code."""

import gc
import io
import logging
import os
import signal
import sys
import time
from pathlib import Path

from soakgate.errors import Exit, SoakgateError, printable
from soakgate.observe.child import say
from soakgate.observe.load.evidence import Evidence
from soakgate.observe.load.local import LocalCrew
from soakgate.observe.load.orders import Orders, guard_stdin
from soakgate.observe.load.profile import load_profile
from soakgate.observe.load.settings import Settings, read_settings
from soakgate.observe.load.site import raise_handles
from soakgate.observe.load.watch import Crew, Watch, announce_ready

__all__ = ["main"]


class Notices(io.TextIOBase):
    """stdout of the child: notices go to the parent, what a locust file prints to the log."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        """Give the parent's end, for `say`."""
        return self._fd

    def write(self, text: str) -> int:
        """Send printed text to the log."""
        return sys.stderr.write(text)


def main() -> int:
    """Run one load; the exit code says how it ended."""
    # The terminal's Ctrl-C reaches the whole group; the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    guard_stdin()
    sys.stdout = Notices(os.dup(1))
    os.dup2(2, 1)  # whatever else writes to stdout goes to the log
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    raise_handles()
    try:
        orders = Orders()
        return _serve(read_settings(orders.first()), orders)
    except SoakgateError as error:
        say("error", what=str(error))
        return int(error.exit_code)
    except Exception as error:
        logging.exception("load child failed")
        say("error", what=printable(f"load: {type(error).__name__}: {error}"))
        return int(Exit.HARNESS)


def _serve(settings: Settings, orders: Orders) -> int:
    evidence = Evidence(Path(settings.folder), settings.run)
    profile = load_profile(settings)
    crew: Crew
    if settings.distributed:
        from soakgate.observe.load.master import MasterCrew

        crew = MasterCrew(settings, profile, evidence, orders)
    else:
        crew = LocalCrew(settings, profile, evidence)
    try:
        crew.prepare()
        watch = Watch(crew, evidence, orders, limit=settings.answer_limit, plan=profile.plan)
        return _run(watch, evidence)
    finally:
        crew.close()


def _run(watch: Watch, evidence: Evidence) -> int:
    gc.collect()
    gc.freeze()  # what Locust imported is not looked through again and again
    announce_ready(evidence)
    why = "error"
    try:
        why = "asked" if watch.run() else "orphaned"
    finally:
        evidence.event("stopped", at=time.monotonic_ns(), why=why)
    say("done")
    return int(Exit.PASS)
