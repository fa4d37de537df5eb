"""Run directories: a small real one, recorded once a session, and made-up ones of any content."""

import atexit
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from soakgate.adapters.arrow import SampleWriter, SeriesInfo
from soakgate.adapters.ndjson import Lines
from soakgate.adapters.rundir import write_seal
from soakgate.model.samples import CONTROL, OUTCOMES
from soakgate.orchestrate.judging import Judged, judge_folder, write_outputs
from tests.helpers import runs
from tests.helpers.web import Web

NS = 1_000_000_000
ROOT = Path(__file__).parents[2]
T0 = 500 * NS
WALL = 1_795_000_000 * NS
RUN = "made-up-1"

SCENARIO = """\
soakgate: 1
name: recorded
targets:
  shop: {{url: "{url}/", expect: {{body: ok}}, rate: 20}}
load: {{profile: steady, host: "{url}", rate: 50, users: 2}}
phases: {{baseline: 1s, settle: 1s, soak: 1s}}
upgrade: {{driver: command, command: "echo rolling; sleep 0.5"}}
criteria:
- {{id: downtime, limit: 1s}}
- {{id: observer, limit: 50%}}
"""


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SOAKGATE_")}
    return {**kept, "NO_COLOR": "1", **more}


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "soakgate", *args]


def soakgate(*args: str, cwd: Path, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
    """Run the command line to its end."""
    return subprocess.run(
        command(*args), cwd=cwd, env=environment(), capture_output=True, text=True,
        timeout=timeout, check=False,
    )  # fmt: skip


@functools.cache
def _recorded() -> Path:
    home = Path(tempfile.mkdtemp(prefix="soakgate-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with Web() as web:
        (home / "s.yaml").write_text(SCENARIO.format(url=web.url))
        done = soakgate("run", "s.yaml", "--no-cluster", "--out", "run", cwd=home)
    assert done.returncode == 0, done.stderr + done.stdout
    return home / "run"


def recorded(into: Path) -> Path:
    """Give a fresh copy of a real run with load, an upgrade command and a seal: it passed."""
    return Path(shutil.copytree(_recorded(), into / "run"))


def judge(folder: Path) -> Judged:
    """Judge a run directory and write what `soakgate judge` writes."""
    judged = judge_folder(folder)
    write_outputs(judged)
    return judged


def verdict(folder: Path) -> tuple[str, str]:
    """Judge; give verdict and reason."""
    result = judge(folder).result
    return result.verdict, result.reason


def reseal(folder: Path) -> None:
    """Seal again, as somebody would who edits evidence and knows how seals are made."""
    facts = json.loads((folder / "run.json").read_text())
    text = (folder / "scenario.yaml").read_bytes()
    facts["scenario"] = hashlib.sha256(text).hexdigest()
    (folder / "run.json").write_text(json.dumps(facts))
    write_seal(folder, run=facts["run"])


Stretches = Sequence[tuple[float, float]]


@dataclass(kw_only=True)
class Made:
    """A run directory that never was; seconds count from the first probe.

    `down`, `slow`, `void`: stretches of both series of each target; `only` names the connections
    that `down` is for, `recorded` those that left samples; `until`: samples end there; `events`:
    further lines of the orchestrator.
    """

    length: float = 60.0
    targets: Sequence[str] = ("shop",)
    criteria: str = "[{id: downtime}, {id: observer}]"
    top: str = ""
    target: str = 'url: "http://127.0.0.1:9/", expect: {body: ok}'
    rate: float = 10.0
    down: Stretches = ()
    slow: Stretches = ()
    void: Stretches = ()
    only: Sequence[str] = ("new", "reused")
    recorded: Sequence[str] = ("new", "reused")
    until: float | None = None
    since: float = 0.0
    phases: Sequence[tuple[str, float]] = (("soak", 0.0),)
    events: Iterable[Mapping[str, Any]] = ()
    probe_events: Iterable[Mapping[str, Any]] = ()
    control_down: Stretches = ()
    control: bool = True
    upgrade: str | None = None
    collectors: Sequence[str] = ("probe",)
    end: bool = True
    seal: bool = True
    load_lines: Sequence[Mapping[str, Any]] | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write it; gives the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("run", "marks", *self.collectors):
            (folder / "collect" / name).mkdir(parents=True)
        self._write_identity(folder)
        self._write_events(folder / "collect")
        if "probe" in self.collectors:
            self._write_samples(folder / "collect" / "probe")
        if self.load_lines is not None:
            self._write_load(folder / "collect" / "load")
        if self.seal:
            write_seal(folder, run=RUN)
        return folder

    def _write_identity(self, folder: Path) -> None:
        targets = ", ".join(f"{name}: {{{self.target}}}" for name in self.targets)
        text = (
            f"soakgate: 1\nname: made up\ntargets: {{{targets}}}\n{self.top}\n"
            f"criteria: {self.criteria}\n"
        )
        (folder / "scenario.yaml").write_text(text)
        facts = {
            "run": RUN,
            "name": "made up",
            "anchor": {"monotonic": T0, "wall": WALL},
            "collectors": list(self.collectors),
            "upgrade": self.upgrade,
            "scenario": hashlib.sha256(text.encode()).hexdigest(),
            **self.identity,
        }
        (folder / "run.json").write_text(json.dumps(facts))

    def _write_events(self, collect: Path) -> None:
        lines = Lines(collect / "run" / "events.ndjson", run=RUN)
        lines.write({"event": "measure", "start": T0, "at": T0})
        for name, start in self.phases:
            lines.write({"event": "phase", "at": at(start), "phase": name})
        lines.write(*self.events)
        if self.end:
            end = at(self.length)
            lines.write({"event": "end", "at": end + NS, "end": end})
        lines.close()
        Lines(collect / "marks" / "events.ndjson", run=RUN).close()
        if "probe" in self.collectors:
            probe = Lines(collect / "probe" / "events.ndjson", run=RUN)
            probe.write({"event": "ready", "at": T0 - NS}, *self.probe_events)
            probe.close()

    def _write_samples(self, folder: Path) -> None:
        found = [
            runs.series(
                name, connection, length=self.length, rate=self.rate, seed=1 + number,
                down=self.down if connection in self.only else (), slow=self.slow, void=self.void,
            )
            for number, name in enumerate(self.targets)
            for connection in ("new", "reused")
        ]  # fmt: skip
        if self.control:
            found += [
                runs.series(CONTROL, connection, length=self.length, rate=2.0, seed=9,
                            down=self.control_down)
                for connection in ("new", "reused")
            ]  # fmt: skip
        shift = T0 - runs.BOOT
        infos = [SeriesInfo(s.target, s.connection, s.period) for s in found]
        writer = SampleWriter(folder / "samples-0001.arrows", run=RUN, series=infos)
        until = at(self.length if self.until is None else self.until)
        for number, series in enumerate(found):
            if series.target != CONTROL and series.connection not in self.recorded:
                continue
            keep = series.intended + shift <= until
            keep &= series.intended + shift >= at(self.since)
            for i in np.flatnonzero(keep).tolist():
                moments = [int(getattr(series, m)[i]) + shift
                           for m in ("intended", "sent", "first_byte", "done")]  # fmt: skip
                status, outcome = int(series.status[i]), int(series.outcome[i])
                writer.add((number, *moments, outcome, status, None))  # type: ignore[arg-type]
            writer.flush()
        writer.close()

    def _write_load(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        lines = Lines(folder / "load.ndjson", run=RUN)
        lines.write({"origin": T0}, *(self.load_lines or ()))
        lines.close()
        for name in ("failures.ndjson", "events.ndjson"):
            Lines(folder / name, run=RUN).close()


def at(seconds: float) -> int:
    """Give a moment of a made-up run, ns."""
    return T0 + round(seconds * NS)


def load_seconds(
    seconds: Iterable[int],
    *,
    started: int = 50,
    failed: int = 0,
    planned: float | None = 50.0,
    users: int = 5,
    kind: str = "status-503",
    plan_for: Iterable[int] | None = None,
) -> list[dict[str, Any]]:
    """Give load lines of one worker and name; what did not fail took 12 ms."""
    from soakgate.model.buckets import bucket

    seconds = list(seconds)
    lines: list[dict[str, Any]] = [
        {"worker": "plan", "second": at(s), "users": 0, "in_flight": 0, "planned": planned}
        for s in (plan_for if plan_for is not None else seconds)
    ]
    for second in seconds:
        lines.append({"worker": "w1", "second": at(second), "users": users, "in_flight": 0,
                      "planned": None})  # fmt: skip
        served = started - failed
        lines.append({
            "worker": "w1", "second": at(second), "name": "GET /", "started": started,
            "finished": started, "failed": failed, "void": 0,
            "http_5xx": failed if kind.startswith("status-5") else 0,
            "kinds": {kind: failed} if failed else {},
            "cells": [[bucket(12_000_000), served]] if served else [],
        })  # fmt: skip
    return lines


__all__ = ["NS", "OUTCOMES", "ROOT", "T0", "Made", "at", "command", "environment", "judge",
           "load_seconds", "recorded", "reseal", "soakgate", "verdict"]  # fmt: skip
