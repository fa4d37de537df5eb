"""Is the evidence what the run wrote? Every file is held against seal.json."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from soakgate.adapters.files import digest, read_plain
from soakgate.adapters.rundir import evidence_files
from soakgate.errors import printable
from soakgate.model.evidence import Damage

__all__ = ["SealState", "check"]


@dataclass(frozen=True, slots=True)
class SealState:
    """`sealed`: a seal of this run is there; `damage`: where the files differ from it."""

    sealed: bool
    damage: tuple[Damage, ...] = ()


def _broken(what: str) -> SealState:
    return SealState(sealed=False, damage=(Damage("run", "seal.json", what),))


def owner(path: str) -> str:
    """Name the collector that a path belongs to; `run` for what the whole run rests on."""
    parts = path.split("/")
    return parts[1] if parts[0] == "collect" and len(parts) > 2 else "run"


def _differs(path: Path, entry: object) -> str | None:
    """Say how a file differs from its entry; None if it is as it was sealed."""
    if not isinstance(entry, dict):
        return "is listed without size and digest"
    try:
        if path.is_symlink():
            return "was replaced by a link"
        size = path.stat().st_size
        if size != entry.get("bytes"):
            return f"has {size} bytes, sealed with {printable(str(entry.get('bytes')), 40)}"
        return None if digest(path) == entry.get("sha256") else "was changed after the seal"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _read(path: Path) -> tuple[str, dict[str, object]]:
    """Give run and entries of a seal. Raises OSError, ValueError."""
    seal = json.loads(read_plain(path))
    if not (isinstance(seal, dict) and isinstance(seal.get("files"), dict)):
        raise ValueError("it lists no files")
    return str(seal.get("run")), seal["files"]


def check(folder: Path, *, run: str) -> SealState:
    """Hold the folder against its seal; a seal that cannot be read is damage of the whole run.

    Only files of this folder are looked at, whatever names the seal lists.
    """
    path = folder / "seal.json"
    if not os.path.lexists(path):
        return SealState(sealed=False)
    try:
        sealed_run, files = _read(path)
    except (OSError, ValueError, RecursionError) as error:
        return _broken(f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if sealed_run != run:
        return _broken(f"is of another run: {printable(sealed_run, 80)}")
    present = {p.relative_to(folder).as_posix(): p for p in evidence_files(folder)}
    found = {n: "is missing" for n in files if n not in present}
    for name, file in present.items():
        why = _differs(file, files[name]) if name in files else "is not in the seal"
        if why is not None:
            found[name] = why
    damage = (Damage(owner(n), printable(n), why) for n, why in sorted(found.items()))
    return SealState(sealed=True, damage=tuple(damage))
