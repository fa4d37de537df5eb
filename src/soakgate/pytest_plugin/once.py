"""One recording for all workers of a session: the first one records, the others wait and read."""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from soakgate.errors import Exit, HarnessError, SoakgateError

if TYPE_CHECKING:
    from soakgate.orchestrate.judging import Judged

__all__ = ["Once"]

Record = Callable[[Callable[[Path], None]], "Judged"]


class _Elsewhere(SoakgateError):
    """What stopped the recording in another worker, in its own words and with its code."""

    def __init__(self, line: str, code: int) -> None:
        super().__init__(line)
        self.exit_code = Exit(code)


class Once:
    """A state file beside a lock that the kernel frees if its holder dies."""

    def __init__(self, folder: Path, *, name: str) -> None:
        self._lock = folder / f"soakgate-{name}.lock"
        self._state = folder / f"soakgate-{name}.json"

    def get(self, record: Record) -> "Judged":
        """Record, or read what another worker recorded. Raises SoakgateError."""
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._state.exists():
                return self._read(json.loads(self._state.read_text(encoding="utf-8")))
            return self._first(record)

    def _first(self, record: Record) -> "Judged":
        folder = ""

        def claim(out: Path) -> None:
            nonlocal folder
            folder = str(out.absolute())
            self._write({"folder": folder, "state": "begun"})

        try:
            judged = record(claim)
        except SoakgateError as error:
            self._write({"state": "failed", "line": str(error), "code": int(error.exit_code)})
            raise
        except Exception as error:
            line = f"recording failed: {type(error).__name__}: {error}"
            self._write({"state": "failed", "line": line, "code": int(Exit.HARNESS)})
            raise
        self._write({"folder": folder, "state": "done"})
        return judged

    def _write(self, state: dict[str, object]) -> None:
        self._state.write_text(json.dumps(state), encoding="utf-8")

    def _read(self, state: dict[str, object]) -> "Judged":
        from soakgate.orchestrate.judging import judge_folder

        if state["state"] == "failed":
            raise _Elsewhere(str(state["line"]), int(str(state["code"])))
        if state["state"] == "begun":
            raise HarnessError(
                "the worker that recorded the run died",
                where=str(state["folder"]),
                hint="what was recorded is kept; judge it with --run-dir",
            )
        return judge_folder(Path(str(state["folder"])))
