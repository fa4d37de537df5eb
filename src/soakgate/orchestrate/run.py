"""One run: claim a folder, say who we are, record, seal, judge, write. Used by verbs and suites."""

import os
import platform
import re
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from soakgate import __version__, resources
from soakgate.adapters.marks import boot_id
from soakgate.adapters.process import Inbox, Signalled, signals_into
from soakgate.adapters.rundir import RunDir, claim, discard, full_disk
from soakgate.config.effective import effective_yaml
from soakgate.config.plan import Plan
from soakgate.config.scenario import Scenario
from soakgate.config.secrets import resolve_header, resolve_secret
from soakgate.errors import Exit, InterruptedEarly, SoakgateError, UsageError
from soakgate.model.times import NS
from soakgate.orchestrate import plugins
from soakgate.orchestrate.collectors import load_settings, probe_settings
from soakgate.orchestrate.judging import Judged, judge_folder, write_outputs
from soakgate.orchestrate.preflight import check_names
from soakgate.orchestrate.progress import Listener, Said
from soakgate.orchestrate.record import Recorder, Recording, Stage
from soakgate.verdict.counts import ANSWER_LIMIT

__all__ = ["Order", "default_out", "execute"]

FOREVER = 400 * 24 * 3600 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run. `base`: folder that relative paths of the scenario start from."""

    scenario: Scenario
    plan: Plan
    base: Path
    out: Path
    listener: Listener


def default_out(name: str) -> Path:
    """Give `runs/TIME-NAME`, not yet in use."""
    stem = f"{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}-{_slug(name)}"
    path, number = Path("runs") / stem, 1
    while path.exists():
        number += 1
        path = Path("runs") / f"{stem}-{number}"
    return path


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "run"


def _anchor() -> dict[str, int]:
    """Read both clocks as close together as five tries allow."""
    tries = []
    for _ in range(5):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        tries.append((after - before, (before + after) // 2, wall))
    _, monotonic, wall = min(tries)
    return {"monotonic": monotonic, "wall": wall}


def _identity(order: Order, *, collectors: list[str]) -> dict[str, Any]:
    return {
        "name": order.scenario.name,
        "soakgate": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "boot": boot_id(),
        "cpus": os.cpu_count(),
        "cluster": None,
        "anchor": _anchor(),
        "collectors": collectors,
        "upgrade": order.plan.driver if order.plan.has_upgrade else None,
        "planned": {phase.name: phase.length for phase in order.plan.phases},
    }


def _reader(base: Path) -> Any:
    def read(name: str) -> bytes:
        return (base / Path(name).expanduser()).read_bytes()

    return read


def _profile(base: Path) -> Any:
    def find(name: str) -> Path:
        if not name.endswith(".py"):
            return resources.find("loadprofiles", name).absolute()
        path = (base / name).absolute()
        if not path.is_file():
            raise UsageError("there is no such file", where="load.profile", found=name)
        return path

    return find


def _children(order: Order) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Give module and configuration of every collector that the scenario needs."""
    env, read = os.environ.get, _reader(order.base)

    def secret(text: str) -> str:
        return resolve_secret(text, where="tls.client.key", env=env, read=read).reveal()

    def header(text: str) -> str:
        return resolve_header(text, where="headers", env=env, read=read).reveal()

    probe = probe_settings(order.scenario, base=order.base, secret=secret, header=header)
    found: dict[str, tuple[str, Mapping[str, Any]]] = {"probe": ("soakgate.observe.probe", probe)}
    load = load_settings(order.scenario, profile=_profile(order.base), answer_limit=ANSWER_LIMIT)
    if load is not None:
        found["load"] = ("soakgate.observe.load", load)
    return found


def _recording(order: Order, children: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Recording:
    plan, limits = order.plan, [t.limits.answer for t in order.scenario.targets.values()]
    driver = plugins.driver(plan.driver) if plan.has_upgrade and plan.driver else None
    options: Any = order.scenario.upgrade
    if driver is not None and not isinstance(options, driver.OPTIONS):
        options = driver.OPTIONS.model_validate(getattr(options, "options", {}))
    return Recording(
        name=order.scenario.name,
        stages=tuple(Stage(p.name, p.length) for p in plan.phases),
        targets=tuple(order.scenario.targets),
        children=children,
        driver=driver,
        driver_name=plan.driver or "",
        options=options,
        longest=plan.longest or FOREVER,
        patience=max([ANSWER_LIMIT, *limits]),
    )


def run_id(out: Path) -> str:
    """Name a run after its folder, in characters that every file and report can hold."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", out.absolute().name)[:80]
    return f"{stem or 'run'}-{secrets.token_hex(4)}"


def execute(order: Order) -> Judged:
    """Run, judge and write everything. Raises SoakgateError; what was recorded stays.

    A run that cannot start leaves no folder behind. Signals never end us half-way: they cut the
    run short, and whatever it left is sealed, judged and written all the same.
    """
    inbox: Inbox = SimpleQueue()
    with signals_into(inbox):
        children = _children(order)
        recording = _recording(order, children)
        _tell(order.listener, "preflight", check_names(order.scenario))
        if isinstance(first := _first(inbox), Signalled):
            raise InterruptedEarly(f"{first.name} before the run had started")
        try:
            claim(order.out)
            directory = RunDir(order.out, run=run_id(order.out))
            directory.marks()
            identity = _identity(order, collectors=list(children))
            directory.identify(identity, scenario=effective_yaml(order.scenario))
            _record(recording, directory, inbox=inbox, listener=order.listener)
            directory.seal()
        except OSError as error:
            raise full_disk(error, where=str(order.out)) from error
        judged = judge_folder(order.out)
        write_outputs(judged)
    return judged


def _tell(listener: Listener, who: str, text: str) -> None:
    """Tell whoever listens; nothing that befalls a listener may end a run."""
    with suppress(Exception):
        listener(Said(time.monotonic_ns(), who, text))


def _first(inbox: Inbox) -> object:
    return None if inbox.empty() else inbox.get()


def _record(recording: Recording, directory: RunDir, *, inbox: Inbox, listener: Listener) -> None:
    recorder = Recorder(recording, into=directory, inbox=inbox, listener=listener)
    try:
        recorder.record()
        recorder.note_late_signals()
    except SoakgateError as error:
        if not recorder.begun and error.exit_code in (Exit.USAGE, Exit.INTERRUPTED):
            discard(directory.folder)
        raise
