"""The run directory: made once, append-only while the run lasts, sealed at its end."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from soakgate.adapters.files import digest, read_plain
from soakgate.adapters.marks import marks_file, marks_locked
from soakgate.adapters.ndjson import Lines
from soakgate.errors import EvidenceError, HarnessError, UsageError

__all__ = [
    "RunDir",
    "claim",
    "discard",
    "evidence_files",
    "full_disk",
    "is_run",
    "read_identity",
    "replace",
    "write_seal",
]

UNSEALED = frozenset({"log", "heartbeat"})
"""File names below collect/ and chaos/ that are no evidence."""
UNUSABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
"""What another --out would cure; a full disk or no handles are ours to fail by."""


def replace(path: Path, data: bytes) -> None:
    """Write a whole file so that a reader sees the old or the new one, never half. OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def evidence_files(folder: Path) -> Iterator[Path]:
    """Give every file that a seal covers, sorted; symbolic links are given, not followed."""
    for name in ("run.json", "scenario.yaml"):
        if os.path.lexists(folder / name):
            yield folder / name
    for top in ("chaos", "collect"):
        for path in sorted((folder / top).rglob("*")):
            if path.name not in UNSEALED and (path.is_symlink() or not path.is_dir()):
                yield path


def is_run(folder: Path) -> bool:
    """Tell whether a folder has anything of a run in it."""
    return any(os.path.exists(folder / name) for name in ("run.json", "seal.json", "collect"))


def claim(out: Path) -> None:
    """Make the folder of a new run. Raises UsageError if it cannot be one or is in use, OSError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        used = next(iter(out.iterdir()), None)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(
            "is no folder", where=str(out), expected="a new or empty folder", hint="give --out DIR"
        ) from None
    except OSError as error:
        if error.errno not in UNUSABLE:
            raise
        raise _unusable(out, error.strerror or str(error)) from None
    if used is not None:
        raise UsageError(
            "is in use",
            where=str(out),
            expected="a new or empty folder",
            found=used.name,
            hint="give another --out",
        )
    if not os.access(out, os.W_OK | os.X_OK):
        raise _unusable(out, "not writable")


def _unusable(out: Path, why: str) -> UsageError:
    return UsageError(
        "cannot be used",
        where=str(out),
        expected="a new or empty folder",
        found=why,
        hint="give another --out",
    )


def discard(out: Path) -> None:
    """Remove what a run that never began to measure has made."""
    for name in ("run.json", "scenario.yaml"):
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / "collect", ignore_errors=True)
    with suppress(OSError):
        out.rmdir()  # stays if somebody else has put something there


class RunDir:
    """A run directory while it is written."""

    def __init__(self, folder: Path, *, run: str) -> None:
        self.folder, self.run = folder, run
        self.events = Lines(self.collector("run") / "events.ndjson", run=run)

    def collector(self, name: str) -> Path:
        """Make the folder of one collector, absolute."""
        path = (self.folder / "collect" / name).absolute()
        path.mkdir(parents=True, exist_ok=True)
        return path

    def marks(self) -> None:
        """Make the file that `soakgate mark` appends to."""
        Lines(self.collector("marks") / "events.ndjson", run=self.run).close()

    def identify(self, identity: Mapping[str, Any], *, scenario: str) -> None:
        """Write run.json and scenario.yaml; both begin with the run id."""
        text = f"# run {self.run}\n{scenario}".encode()
        (self.folder / "scenario.yaml").write_bytes(text)
        facts = {"run": self.run, **identity, "scenario": hashlib.sha256(text).hexdigest()}
        (self.folder / "run.json").write_text(json.dumps(facts, indent=2) + "\n")

    def seal(self) -> None:
        """Close the run's own events and write seal.json over every evidence file. OSError."""
        self.events.close()
        write_seal(self.folder, run=self.run)


def write_seal(folder: Path, *, run: str) -> None:
    """Write seal.json over every evidence file. Raises OSError.

    No mark is written while its file is sealed, or the seal would not fit.
    """
    marks = marks_file(folder)
    files = [path for path in evidence_files(folder) if path != marks]
    facts = {path.relative_to(folder).as_posix(): _sealed(path) for path in files}
    with marks_locked(folder):
        if marks.exists():
            facts[marks.relative_to(folder).as_posix()] = _sealed(marks)
        seal = {"run": run, "files": dict(sorted(facts.items()))}
        replace(folder / "seal.json", (json.dumps(seal, indent=1) + "\n").encode())


def _sealed(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": digest(path)}


def read_identity(folder: Path) -> dict[str, Any]:
    """Read run.json. Raises EvidenceError with one line if it cannot be used."""
    path = folder / "run.json"
    try:
        facts = json.loads(read_plain(path))
    except FileNotFoundError:
        raise EvidenceError("run.json is missing", hint="restore it from a copy") from None
    except (OSError, ValueError, RecursionError) as error:
        raise EvidenceError(f"run.json cannot be read: {error}") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("run"), str):
        raise EvidenceError("run.json names no run", expected='"run": ID as its first key')
    return facts


def full_disk(error: OSError, *, where: str) -> HarnessError:
    """Turn an OSError while writing into the one line that a user needs."""
    room = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return HarnessError(
        f"cannot write: {error.strerror or error}",
        where=where,
        hint=f"what was recorded is kept; {'free space' if room else 'mend that'} and judge it",
    )
