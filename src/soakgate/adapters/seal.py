"""Is the evidence what the run wrote? Every file is held against seal.json."""

import json
from dataclasses import dataclass
from pathlib import Path

from soakgate.adapters.rundir import digest, evidence_files
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


def _differs(folder: Path, name: str, entry: object) -> str | None:
    path = folder / name
    if not isinstance(entry, dict):
        return "is listed without size and digest"
    try:
        if path.is_symlink():
            return "was replaced by a link"
        size = path.stat().st_size
        if size != entry.get("bytes"):
            return f"has {size} bytes, sealed with {entry.get('bytes')}"
        return None if digest(path) == entry.get("sha256") else "was changed after the seal"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def check(folder: Path, *, run: str) -> SealState:
    """Hold the folder against its seal; a seal that cannot be read is damage of the whole run."""
    path = folder / "seal.json"
    if not path.exists():
        return SealState(sealed=False)
    try:
        seal = json.loads(path.read_bytes())
        files, sealed_run = dict(seal["files"]), seal["run"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return _broken(f"cannot be read: {error}")
    if sealed_run != run:
        return _broken(f"is of another run: {sealed_run}")
    found = [Damage(owner(n), n, why) for n, e in files.items() if (why := _differs(folder, n, e))]
    present = (p.relative_to(folder).as_posix() for p in evidence_files(folder))
    found += [Damage(owner(n), n, "is not in the seal") for n in present if n not in files]
    return SealState(sealed=True, damage=tuple(sorted(found, key=lambda d: d.path)))
