"""What this machine offers, held against what a run needs."""

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from soakgate import registry, resources
from soakgate.adapters import machine
from soakgate.errors import SoakgateError
from soakgate.registry import Group

__all__ = ["Check", "State", "check_all", "check_disk", "check_handles", "check_ports"]

GIB = 1024**3
NEEDED, WANTED = GIB // 20, GIB // 2  # bytes; two series at 10 Hz record about 5 MB an hour
HANDLES_PER_TARGET = 150  # probes that hang at 10 Hz: 24 starts a second, up to 6 s each
HANDLES_OF_OURS = 60
TIME_WAIT = 60  # seconds for which Linux keeps a closed connection's port
COMPILED = (
    "msgspec",
    "numpy",
    "pyarrow",
    "pydantic",
    "scipy.special",
    "uvloop",
    "httptools",
    "yaml",
)
CHILDREN_ONLY = ("locust",)  # changes the interpreter when imported, so it is only looked for


class State(StrEnum):
    """How a check came out; `broken` is something that a run needs."""

    OK = "ok"
    WARN = "warn"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, in a line for people."""

    name: str
    state: State
    text: str


def _host() -> Iterator[Check]:
    version = platform.python_version()
    yield Check("python", State.OK, f"{version} at {sys.executable}")
    linux = sys.platform == "linux"
    text = platform.platform() if linux else f"{platform.platform()}: run needs Linux"
    yield Check("system", State.OK if linux else State.BROKEN, text)
    cores = machine.cores()
    few = cores < 2
    hint = "; prober and load share it, so expect lateness" if few else ""
    yield Check("cores", State.WARN if few else State.OK, f"{cores:g} usable{hint}")


def _clocks() -> Iterator[Check]:
    step = machine.clock_step()
    good = 0 < step <= 1_000_000
    text = f"moves in steps of {step} ns" if step else "stands still"
    yield Check("monotonic clock", State.OK if good else State.BROKEN, text)
    kept = machine.clock_is_synchronised()
    texts = {
        True: (State.OK, "kept by NTP"),
        False: (State.WARN, "not kept by NTP, so it may step; durations do not depend on it"),
        None: (State.UNCHECKED, "the system does not say whether it is kept by NTP"),
    }
    yield Check("wall clock", *texts[kept])


def check_handles(soft: int, hard: int) -> Check:
    """Hold the limits of open files against what hanging targets cost."""
    targets = max(0, (hard - HANDLES_OF_OURS) // HANDLES_PER_TARGET)
    shown = "unlimited" if hard == sys.maxsize else f"{hard:,}"
    raised = f" (raised from {soft:,})" if soft < hard else ""
    text = f"{shown}{raised}: enough for {min(targets, 1000):,} targets at 10/s that all hang"
    state = State.BROKEN if targets < 1 else State.WARN if targets < 5 else State.OK
    return Check("open files", state, text)


def check_ports(count: int | None) -> Check:
    """Say how many new connections a second the local ports allow to one address."""
    if count is None:
        return Check("local ports", State.UNCHECKED, "the system does not say")
    rate = count // TIME_WAIT
    text = f"{count:,}: {rate:,} new connections a second to one address, if we close them"
    return Check("local ports", State.OK if rate >= 50 else State.WARN, text)


def check_disk(found: machine.Disk) -> Check:
    """Hold the free space against what hours of samples need."""
    if found.error is not None:
        return Check("disk", State.BROKEN, f"{found.place}: {found.error}")
    state = State.BROKEN if found.free < NEEDED else State.WARN if found.free < WANTED else State.OK
    return Check("disk", state, f"{found.free / GIB:,.1f} GiB free at {found.place}")


def _places() -> Iterator[Check]:
    yield check_handles(*machine.file_handles())
    yield check_ports(machine.local_ports())
    error = machine.loopback_error()
    yield Check("loopback", State.BROKEN if error else State.OK, error or "127.0.0.1 answers")
    yield check_disk(machine.disk(Path("runs")))


def _wanted() -> list[str]:
    """Name the distributions that soakgate needs here, without extras."""
    try:
        lines = metadata.requires("soakgate") or []
    except metadata.PackageNotFoundError:
        return []
    plain = [line for line in lines if "extra ==" not in line]
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in plain]


def _versions() -> Iterator[Check]:
    found, missing = [], []
    for name in _wanted():
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if not found:
        missing.append("soakgate itself is not installed")
    if missing:
        yield Check("packages", State.BROKEN, f"missing: {', '.join(missing)}")
    else:
        yield Check("packages", State.OK, ", ".join(found))


def _imports() -> Iterator[Check]:
    broken = []
    for name in COMPILED:
        try:
            import_module(name)
        except (Exception, SystemExit) as error:
            broken.append(f"{name}: {error}")
    broken += [f"{name}: not found" for name in CHILDREN_ONLY if find_spec(name) is None]
    text = "; ".join(broken) or ", ".join((*COMPILED, *CHILDREN_ONLY))
    yield Check("imports", State.BROKEN if broken else State.OK, text)
    why = machine.start_error("soakgate.observe.probe.main")
    text = why or "a child process starts and loads the prober"
    yield Check("children", State.BROKEN if why else State.OK, text)


def _plugins(group: Group) -> Iterator[Check]:
    try:
        known = registry.plugins(group)
    except SoakgateError as error:
        yield Check(group.value, State.BROKEN, str(error))
        return
    origins: dict[str, list[str]] = {}
    for name, plugin in known.items():
        try:
            registry.load(group, name, known=known)
        except SoakgateError as error:
            yield Check(group.value, State.BROKEN, str(error))
        else:
            origins.setdefault(plugin.origin, []).append(name)
    for origin, names in origins.items():
        yield Check(group.value, State.OK, f"{', '.join(names)} (from {origin})")


def _resources() -> Iterator[Check]:
    for kind in resources.Kind:
        try:
            names = resources.names(kind)
        except SoakgateError as error:
            yield Check(kind.value, State.BROKEN, str(error))
        else:
            yield Check(kind.value, State.OK, ", ".join(names))


def check_all() -> Iterator[Check]:
    """Look at everything that a run needs, one check after the other."""
    yield from _host()
    yield from _clocks()
    yield from _places()
    yield from _versions()
    yield from _imports()
    for group in Group:
        yield from _plugins(group)
    yield from _resources()
    yield Check(
        "targets", State.UNCHECKED, "no request is sent; run looks their names up before it starts"
    )
    yield Check("cluster", State.UNCHECKED, "no cluster is watched yet, so none is asked")
