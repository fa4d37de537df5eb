"""The prober's process: settings, start, stop, and a clear end in every case."""

import asyncio
import gc
import logging
import os
import resource
import signal
import sys
from pathlib import Path

import msgspec
import uvloop

from soakgate.errors import Exit, HarnessError, SoakgateError
from soakgate.observe.probe.control import Control, control_target
from soakgate.observe.probe.notices import Notices
from soakgate.observe.probe.orders import Order, first_line, listen
from soakgate.observe.probe.protocol import ProbeModule
from soakgate.observe.probe.runner import Evidence, Runner
from soakgate.observe.probe.settings import Settings, read_settings, series_of
from soakgate.registry import Group, load

__all__ = ["main"]


def _harden() -> None:
    """Leave Ctrl-C to the parent, raise the limit of file handles, hand threads the lock late."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.setswitchinterval(0.0005)  # a resolver's thread must not delay a probe


def _prepare(settings: Settings, loop: asyncio.AbstractEventLoop, notices: Notices) -> Runner:
    targets = settings.targets
    control = Control() if settings.control else None
    if control is not None:
        targets = (*targets, control_target(control.port))
    series = series_of(targets)
    modules: dict[str, ProbeModule] = {
        name: load(Group.PROBES, name) for name in {t.protocol for t in targets}
    }
    evidence = Evidence(Path(settings.folder), run=settings.run, series=series)
    runner = Runner(loop=loop, series=series, evidence=evidence, notices=notices)
    for target in targets:
        for connection in target.connections:
            number = len(runner.probers)
            module = modules[target.protocol]
            runner.probers.append(
                module.make(target, connection=connection, series=number, hub=runner.hub)
            )
    if control is not None:
        control.serve(runner.hub)
    evidence.note({"event": "ready", "at": runner.hub.clock()})
    return runner


def _obey(runner: Runner, line: bytes | None) -> None:
    if line is None:
        runner.finish("orphaned")
        return
    try:
        order = msgspec.json.decode(line, type=Order)
    except (msgspec.DecodeError, UnicodeDecodeError):
        logging.warning("not an order: %r", line[:100])
        return
    if order.do == "start":
        runner.schedule.start(order.at)
    elif order.do == "stop":
        runner.schedule.stop(max(order.at, 0))
    else:
        logging.warning("unknown order: %r", order.do[:100])


def _run(notices: Notices) -> Exit:
    line, rest = first_line(sys.stdin.fileno())
    settings = read_settings(line)
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    runner = _prepare(settings, loop, notices)
    gc.collect()
    gc.freeze()  # what lives for the whole run need not be walked again
    listen(sys.stdin.fileno(), rest=rest, loop=loop, obey=lambda item: _obey(runner, item))
    loop.call_soon(notices.say, "ready")  # once all descriptors that the loop needs are open
    runner.run()
    runner.close()
    if runner.error is not None:
        raise HarnessError(runner.error)
    return Exit.PASS


def main() -> None:
    """Run the child and end the process; never returns."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    _harden()
    notices = Notices(sys.stdout.fileno())
    try:
        code = _run(notices)
        notices.last("done")
    except SoakgateError as error:
        code = error.exit_code
        notices.last("error", {"what": str(error)})
    except EOFError:
        code = Exit.PASS
    except OSError as error:
        code = Exit.HARNESS
        notices.last("error", {"what": f"prober: {error}"})
    except Exception as error:  # told to the parent, which makes it a finding
        code = Exit.HARNESS
        logging.exception("prober")
        notices.last("error", {"what": f"prober: internal error: {error!r}"})
    sys.stderr.flush()
    os._exit(code)  # a resolver's thread may hang for longer than we may
