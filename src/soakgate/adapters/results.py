"""result.json read back: of a run directory, or a file named by the user."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from soakgate.errors import UsageError, printable
from soakgate.model.result import SCHEMA, RunResult

__all__ = ["RESULT", "is_unjudged", "read_result", "runs_in"]

RESULT = "result.json"
MOST = 256 * 1024 * 1024  # bytes; a result of many hours has one


def is_unjudged(path: Path) -> bool:
    """Tell whether a path is a run directory without a result, as while a run goes on."""
    return os.path.isfile(path / "run.json") and not os.path.lexists(path / RESULT)


def runs_in(folder: Path) -> list[Path]:
    """Give the run directories right below a folder, by name. Raises UsageError."""
    marks = (RESULT, "run.json")
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError("cannot be read", where=str(folder), found=error.strerror) from None
    return [path for path in inside if any(os.path.isfile(path / mark) for mark in marks)]


def read_result(path: Path) -> RunResult:
    """Read the result of a run directory, or a result file. Raises UsageError with one line.

    Fields that a later minor version added are left out.
    """
    is_folder = os.path.isdir(path)  # unlike Path.is_dir, false for what may not be looked at
    file = path / RESULT if is_folder else path
    if is_folder and not os.path.lexists(file):
        raise UsageError(
            f"there is no {RESULT}",
            where=str(path),
            expected="a judged run",
            hint=f"soakgate judge {shlex.quote(str(path))}"
            if is_unjudged(path)
            else "name a run directory",
        )
    try:
        return _parse(_read(file))
    except (ValueError, RecursionError) as error:
        raise UsageError(
            "is not the result of a run", where=str(file), expected=SCHEMA, found=_why(error)
        ) from None


def _read(file: Path) -> bytes:
    try:
        if os.path.exists(file) and not os.path.isfile(file):
            raise UsageError("is no file", where=str(file), expected=f"a folder or a {RESULT}")
        with file.open("rb") as opened:
            data = opened.read(MOST + 1)
    except OSError as error:
        raise UsageError("cannot be read", where=str(file), found=error.strerror) from None
    if len(data) > MOST:
        raise UsageError("is too large for a result", where=str(file))
    return data


def _parse(data: bytes) -> RunResult:
    """Raises ValueError, of which ValidationError is one, or RecursionError."""
    try:
        return RunResult.model_validate_json(data)
    except ValidationError as error:
        extra = [item["loc"] for item in error.errors() if item["type"] == "extra_forbidden"]
        if len(extra) < error.error_count():
            raise
    facts = json.loads(data)
    for path in extra:
        _drop(facts, path)
    return RunResult.model_validate(facts)


def _drop(facts: Any, path: tuple[int | str, ...]) -> None:
    for key in path[:-1]:
        facts = facts[key]
    facts.pop(path[-1], None)


def _why(error: ValueError | RecursionError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return printable(f"{place}: {first['msg']}" if place else first["msg"])
