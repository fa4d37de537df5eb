"""Files that come along: suites, scenarios, load profiles and report templates.

A wheel carries them inside the package; in a checkout (and an editable installation) they lie at
its top. Both places are looked at, so no code path knows the difference.
"""

from enum import StrEnum
from pathlib import Path

from soakgate.errors import HarnessError, UsageError, suggestion

__all__ = ["Kind", "find", "folder", "names"]


class Kind(StrEnum):
    """What can be found, by the name of its folder."""

    SUITES = "suites"
    SCENARIOS = "scenarios"
    LOADPROFILES = "loadprofiles"
    REPORTS = "reports"


_SUFFIXES = {Kind.SCENARIOS: (".yaml", ".yml"), Kind.LOADPROFILES: (".py",)}


def folder(kind: Kind | str) -> Path:
    """Give the folder of one kind. Raises HarnessError if the installation is damaged."""
    package = Path(__file__).resolve().parent
    for place in (package / Kind(kind), package.parents[1] / Kind(kind)):
        if place.is_dir():
            return place
    raise HarnessError(
        f"the folder {Kind(kind)} is missing from this installation",
        where=str(package),
        hint="install soakgate again",
    )


def names(kind: Kind | str) -> tuple[str, ...]:
    """Give what there is of one kind, sorted; profiles as people write them: guide-1000-users."""
    return tuple(sorted(_entries(Kind(kind))))


def find(kind: Kind | str, name: str) -> Path:
    """Give the path of one thing by its name. Raises UsageError for an unknown name."""
    kind, entries = Kind(kind), _entries(Kind(kind))
    if name in entries:
        return entries[name]
    near = suggestion(name, entries)
    raise UsageError(
        f'there is no {kind.value[:-1]} "{name}"',
        hint=near or f"there are: {', '.join(sorted(entries)) or 'none'}",
    )


def _entries(kind: Kind) -> dict[str, Path]:
    """Map names to paths: folders of suites, single files of all other kinds."""
    found: dict[str, Path] = {}
    for path in sorted(folder(kind).iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if kind is Kind.SUITES:
            if path.is_dir():
                found[path.name] = path
        elif kind is Kind.REPORTS:
            if path.is_file():
                found[path.name] = path
        elif path.suffix in _SUFFIXES[kind]:
            found[path.stem.replace("_", "-")] = path
    return found
