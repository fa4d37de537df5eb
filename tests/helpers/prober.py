"""The real prober as a child process, spoken to as its parent does."""

import contextlib
import json
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from soakgate.adapters.arrow import SampleFile, read_samples
from soakgate.adapters.ndjson import read_lines

NS = 1_000_000_000
LEAD = 50_000_000  # ns between the start order and T0


@dataclass
class ChildProber:
    """`with ChildProber(folder, targets) as child: child.start(2.0); child.wait()`."""

    folder: Path
    targets: Sequence[Mapping[str, Any]]
    control: bool = True
    notices: list[dict[str, Any]] = field(default_factory=list)
    ready: bool = False
    t0: int = 0

    def __enter__(self) -> "ChildProber":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "soakgate.observe.probe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.tell(run="run-1", folder=str(self.folder), targets=self.targets, control=self.control)
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        if first:
            self.notices.append(json.loads(first))
        self.ready = bool(first) and self.notices[0]["say"] == "ready"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def limit(self, what: int, most: int) -> None:
        """Take a resource away from the running child (resource.RLIMIT_...)."""
        resource.prlimit(self.process.pid, what, (most, most))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.notices.append(json.loads(line))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self._reader.join(5)
        self.hang_up()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()

    def tell(self, **order: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def start(self, seconds: float | None = None, *, at: int | None = None) -> int:
        """Give the start order, and the stop order if the length is known. Returns T0, ns."""
        self.t0 = time.monotonic_ns() + LEAD if at is None else at
        self.tell(do="start", at=self.t0)
        if seconds is not None:
            self.tell(do="stop", at=self.t0 + int(seconds * NS))
        return self.t0

    def hang_up(self) -> None:
        """Close its stdin, as a parent that dies does."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    def wait(self, timeout: float = 30) -> int:
        """Wait for its end; gives the exit code."""
        code = self.process.wait(timeout)
        self._reader.join(5)
        return code

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def samples(self) -> SampleFile:
        return read_samples(self.folder / "samples-0001.arrows")

    def rows(self, target: str, connection: str | None = None) -> list[dict[str, Any]]:
        """Give the samples of a target (one connection kind, or both) in the file's order."""
        wanted = {f"{target}/{c}" for c in ("new", "reused") if connection in (None, c)}
        return [row for row in self.samples().table.to_pylist() if row["series"] in wanted]

    def outcomes(self, target: str, connection: str | None = None) -> Counter[str]:
        return Counter(row["outcome"] for row in self.rows(target, connection))

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = read_lines(self.folder / "events.ndjson").lines
        return [line for line in lines if line["event"] == kind]
