"""Real runs under way, to be disturbed."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from soakgate.adapters.ndjson import read_lines
from tests.helpers.rundirs import command, environment, soakgate
from tests.helpers.waiting import alive, children_of, until

__all__ = ["Live", "live", "names"]

CRITERIA = "criteria:\n- {id: downtime, limit: 1s}\n- {id: observer, limit: 50%}\n"


class Live:
    """One `soakgate run` in a process of its own."""

    def __init__(self, home: Path, *args: str, scenario: str, **options: Any) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.folder = home, home / "run"
        (home / "s.yaml").write_text(scenario)
        words = command("run", "s.yaml", "--no-cluster", "--out", "run", *args)
        self._err = (home / "stderr").open("wb")
        self.process = subprocess.Popen(
            words, cwd=home, env=environment(), stdout=subprocess.PIPE, stderr=self._err,
            text=True, start_new_session=True, **options,
        )  # fmt: skip

    def events(self) -> list[dict[str, Any]]:
        path = self.folder / "collect" / "run" / "events.ndjson"
        return read_lines(path).lines if path.exists() else []

    def measuring(self, *, event: str = "phase", **fields: Any) -> None:
        """Wait until an event was written and the prober has samples on disk."""
        until(lambda: any(
            e["event"] == event and fields.items() <= e.items() for e in self.events()
        ) or self.process.poll() is not None)  # fmt: skip
        assert self.process.poll() is None, self.stderr()
        beat = self.folder / "collect" / "probe" / "heartbeat"
        until(lambda: beat.exists() and beat.read_bytes().count(b"\n") >= 2)

    def child(self, name: str) -> int:
        """Give the pid of a collector."""
        beat = (self.folder / "collect" / name / "heartbeat").read_text()
        return int(beat.split()[1])

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, timeout: float = 60) -> int:
        self.out, _ = self.process.communicate(timeout=timeout)
        self._err.close()
        return self.process.returncode

    def stderr(self) -> str:
        return (self.home / "stderr").read_text()

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "result.json").read_text())
        return found

    def judge(self) -> int:
        """Judge again from the command line; gives the exit code."""
        return soakgate("judge", "run", cwd=self.home).returncode

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.process.poll() is None:
            below = children_of(self.process.pid)
            self.process.kill()
            for pid in below:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                    os.kill(pid, signal.SIGKILL)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.wait(10)
        assert not [p for p in children_of(self.process.pid) if alive(p)]


@contextlib.contextmanager
def live(home: Path, url: str, *args: str, top: str = "", target: str = "", **more: Any
         ) -> Iterator[Live]:  # fmt: skip
    """Start a run of one target and end it in any case."""
    scenario = (
        f'soakgate: 1\nname: live\ntargets:\n  shop: {{url: "{url}/", expect: {{body: ok}}, '
        f"rate: 20{target}}}\n{top}\n{CRITERIA}"
    )
    run = Live(home, *args, scenario=scenario, **more)
    try:
        yield run
    finally:
        run.close()


def names(run: Live) -> list[str]:
    """Give the names of all events, with phases by name."""
    return [e.get("phase", e["event"]) for e in run.events()]
