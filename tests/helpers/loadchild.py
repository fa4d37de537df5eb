"""Runs the real load child as its parent would."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from soakgate.adapters.load_files import read_load
from soakgate.model.evidence import Damage
from soakgate.model.load import LoadTable

NS = 1_000_000_000
ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "loadprofiles"
RUN = "run-1"


class LoadChild:
    """One child; `notices` are read as they are needed."""

    def __init__(self, folder: Path, url: str, **settings: Any) -> None:
        self.folder = folder / "load"
        self.folder.mkdir()
        facts = {
            "run": RUN,
            "folder": str(self.folder),
            "profile": str(PROFILES / "steady.py"),
            "host": url,
            "rate": 100,
            "users": 4,
            "answer_limit": NS,
        }
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "soakgate.observe.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        self.notices: list[dict[str, Any]] = []
        self.order({**facts, **settings})

    def order(self, item: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(item).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, kind: str) -> dict[str, Any]:
        """Give the next notice of a kind; fails if the child ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.notices.append(json.loads(line))
            if self.notices[-1]["say"] == kind:
                return self.notices[-1]
        raise AssertionError(f"no {kind} among {self.notices}: {self.read_log()}")

    def read_log(self) -> str:
        return (self.folder.parent / "log").read_text()

    def start(self, seconds: float) -> int:
        """Start in 0.2 s for some time; gives T0."""
        at = time.monotonic_ns() + NS // 5
        self.order({"do": "start", "at": at})
        self.order({"do": "stop", "at": at + round(seconds * NS) - 1})
        return at

    def run(self, seconds: float) -> tuple[LoadTable, list[Damage]]:
        """Run to the end and read what was written."""
        self.hear("ready")
        self.start(seconds)
        self.hear("done")
        assert self.end() == 0
        return self.table()

    def table(self) -> tuple[LoadTable, list[Damage]]:
        table, damage = read_load(self.folder, run=RUN)
        assert table is not None
        return table, damage

    def events(self, name: str) -> list[dict[str, Any]]:
        rows = (self.folder / "events.ndjson").read_text().splitlines()
        return [e for e in map(json.loads, rows) if e.get("event") == name]

    def end(self, timeout: float = 10) -> int:
        try:
            return self.process.wait(timeout)
        finally:
            self.process.kill()
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.stdout.close()
            self.log.close()
