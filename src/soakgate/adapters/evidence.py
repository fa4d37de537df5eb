"""A run directory read into Evidence: as much as can be read, and every reason to doubt it."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeGuard

from soakgate.adapters.files import read_plain
from soakgate.adapters.load_files import read_load
from soakgate.adapters.ndjson import LineFile, read_lines
from soakgate.adapters.rundir import read_identity
from soakgate.adapters.samples import Samples, read_series
from soakgate.adapters.seal import SealState, check
from soakgate.analysis.story import tell
from soakgate.errors import EvidenceError, printable
from soakgate.model.evidence import Cluster, Damage, Event, Evidence, Identity
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Anchor, Window

__all__ = ["read_evidence", "read_scenario_text"]

SILENCE = int(2.5 * NS)  # without a heartbeat for longer: nobody was there
LATEST = 1 << 60  # ns; a clock that is 36 years old is none of ours
YEARS = 36 * 366 * 86_400 * NS  # from 1970; with LATEST it stays far below the year 9999


def read_scenario_text(folder: Path) -> str:
    """Read the effective scenario of a run. Raises EvidenceError."""
    try:
        data = read_plain(folder / "scenario.yaml")
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise EvidenceError(f"scenario.yaml cannot be read: {why}") from error
    if read_identity(folder).get("scenario") != hashlib.sha256(data).hexdigest():
        raise EvidenceError("scenario.yaml is not the one that was recorded: its digest differs")
    return text


def _identity(facts: dict[str, Any]) -> Identity:
    try:
        anchor = Anchor(facts["anchor"]["monotonic"], facts["anchor"]["wall"])
        if not (_is_moment(anchor.monotonic) and type(anchor.wall) is int):
            raise ValueError("the anchor is no pair of moments")
        if not 0 <= anchor.wall <= 4 * YEARS:
            raise ValueError("the wall clock of the anchor cannot be")
        cluster = Cluster(**facts["cluster"]) if facts.get("cluster") else None
        return Identity(
            run=printable(facts["run"]),
            name=printable(str(facts.get("name", ""))),
            soakgate=printable(str(facts.get("soakgate", ""))),
            anchor=anchor,
            cluster=cluster and _printable(cluster),
            host=printable(str(facts.get("host", ""))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"run.json cannot be used: {error!r}") from error


def _printable(cluster: Cluster) -> Cluster:
    return Cluster(*(printable(str(getattr(cluster, name))) for name in Cluster.__slots__))


def _is_moment(value: object) -> TypeGuard[int]:
    """Tell whether a value can be a moment of a monotonic clock, ns."""
    return type(value) is int and 0 <= value <= LATEST


def _events(source: str, file: LineFile) -> list[Event]:
    found = []
    for line in file.lines:
        name, at = line.get("event"), line.get("at", line.get("from", line.get("start")))
        if isinstance(name, str) and _is_moment(at):
            found.append(Event(at, source, name, line))
    return found


def _line_damage(path: str, file: LineFile, *, run: str, source: str) -> Iterable[Damage]:
    if file.run is None:
        yield Damage(source, path, "does not begin with a run id")
    elif file.run != run:
        yield Damage(source, path, f"is of another run: {printable(file.run, 80)}")
    for number, why in file.bad[:3]:
        yield Damage(source, path, f"line {number} cannot be read: {printable(why, 100)}")


def _read_events(folder: Path, *, run: str) -> tuple[list[Event], list[Damage], bool]:
    events: list[Event] = []
    damage: list[Damage] = []
    torn = False
    for path in sorted((folder / "collect").glob("*/events.ndjson")):
        source = path.parent.name
        try:
            file = read_lines(path)
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            damage.append(Damage(source, f"collect/{source}/events.ndjson", what))
            continue
        damage += _line_damage(f"collect/{source}/{path.name}", file, run=run, source=source)
        torn = torn or file.torn
        if file.run == run:
            events += _events(source, file)
    return sorted(events, key=lambda e: e.at), damage, torn


def _beats(path: Path) -> list[int]:
    """Give the moments of all beats, ns; a line that is none counts for nothing."""
    try:
        rows = read_plain(path).split(b"\n")
    except OSError:
        return []
    words = (row.split()[0] for row in rows[:-1] if row.strip())
    return sorted(int(w) for w in words if w.isdigit() and len(w) < 20)


def _silences(folder: Path, window: Window) -> tuple[Window, ...]:
    """Give the stretches of the window without a heartbeat for 2.5 s."""
    beats = [b for b in _beats(folder / "heartbeat") if window.start <= b <= window.end]
    edges = [window.start, *beats, window.end]
    return tuple(Window(a, b) for a, b in pairwise(edges) if b - a > SILENCE)


def _last(samples: Samples) -> int | None:
    ends = [int(s.intended[-1]) for s in (*samples.series, *samples.control) if len(s.intended)]
    return max(ends, default=None)


def _stalls(events: Sequence[Event]) -> tuple[Window, ...]:
    found = []
    for event in events:
        if event.source != "probe" or event.name != "stall":
            continue
        start, end = event.fields.get("from"), event.fields.get("to")
        if _is_moment(start) and _is_moment(end) and end > start:
            found.append(Window(start, end))
    return tuple(found)


def _missing(folder: Path, facts: dict[str, Any]) -> list[Damage]:
    """Name the collectors that run.json announced and that left no folder."""
    names = facts.get("collectors") if isinstance(facts.get("collectors"), list) else []
    return [
        Damage(str(name), f"collect/{name}", "is missing")
        for name in ("run", *(n for n in names or [] if isinstance(n, str) and "/" not in n))
        if not (folder / "collect" / str(name)).is_dir()
    ]


def _load(folder: Path, *, run: str) -> tuple[LoadTable | None, list[Damage]]:
    return read_load(folder, run=run) if folder.is_dir() else (None, [])


def _doubts(seal: SealState, *, torn: bool, found: Iterable[Damage]) -> tuple[Damage, ...]:
    """Put all damage together; a torn end is only damage where the run was sealed."""
    doubts = [*seal.damage, *found]
    if seal.sealed and torn:
        doubts.append(Damage("run", "collect", "a sealed file ends in the middle"))
    return tuple(dict.fromkeys(doubts))


def read_evidence(folder: Path) -> Evidence:
    """Read a run directory. Raises EvidenceError if run.json or the start cannot be read."""
    facts = read_identity(folder)
    identity = _identity(facts)
    seal = check(folder, run=identity.run)
    events, line_damage, torn = _read_events(folder, run=identity.run)
    probe = folder / "collect" / "probe"
    samples = read_series(probe, run=identity.run)
    load, load_damage = _load(folder / "collect" / "load", run=identity.run)
    planned = facts.get("upgrade") if isinstance(facts.get("upgrade"), str) else None
    own = [e for e in events if e.source == "run"]
    story = tell(own, last=_last(samples), planned_driver=planned)
    if story.window is None:
        raise EvidenceError("the run never began to measure: no start in collect/run/events.ndjson")
    found = [*line_damage, *samples.damage, *load_damage, *_missing(folder, facts)]
    damage = _doubts(seal, torn=torn or samples.torn, found=found)
    return Evidence(
        identity=identity,
        window=story.window,
        series=samples.series,
        control=samples.control,
        load=load,
        phases=story.phases,
        events=tuple(events),
        stalls=_stalls(events),
        silences=_silences(probe, story.window),
        dead=story.dead,
        damage=damage,
        upgrade=story.upgrade,
        sealed=seal.sealed,
        skipped=sum(_count(e) for e in events if e.name == "skipped"),
        halts=tuple(printable(halt, 400) for halt in story.halts),
        cut=story.cut,
    )


def _count(event: Event) -> int:
    count = event.fields.get("count")
    return count if type(count) is int and 0 <= count <= LATEST else 0
