"""`soakgate mark`: write a line into a run that is going on, for outages to coincide with."""

import os
import time
from pathlib import Path

import click

from soakgate.cli.options import Common, common, emit
from soakgate.errors import Exit, UsageError

__all__ = ["command"]

LONGEST = 1000  # characters; marks are lines of a report, not logs
UNWANTED = ("Cc", "Cs", "Zl", "Zp")  # controls, broken bytes, ends of lines


@click.command("mark")
@click.argument("text")
@click.option("--run", "folder", metavar="DIR", help="Run directory ($SOAKGATE_RUN).")
@common
def command(common: Common, text: str, folder: str | None) -> int:
    """Write TEXT as a mark into a run that is going on.

    Outages then tell which marks they coincided with. Without --run and SOAKGATE_RUN (which an
    upgrade command has) it is the one run that is going on below ./runs.
    """
    at = time.monotonic_ns()  # before anything slow
    import json

    from soakgate.adapters.marks import mark_run
    from soakgate.adapters.rundir import read_identity
    from soakgate.cli.settings import wants_json
    from soakgate.errors import EvidenceError

    _check(text)
    as_json = wants_json(common)
    place = _place(folder, at=at)
    try:
        identity = read_identity(place)
    except EvidenceError as error:
        raise UsageError(str(error), where=str(place), expected="a run that is going on") from None
    mark_run(place, text, at=at, identity=identity)
    facts = {"schema": "soakgate.mark/1", "run": identity["run"], "at": at, "text": text}
    emit(json.dumps(facts, indent=2) if as_json else f"marked {identity['run']}: {text}")
    return int(Exit.PASS)


def _check(text: str) -> None:
    """Refuse what would not be one short line. Raises UsageError."""
    import unicodedata

    if not text.strip():
        raise UsageError("the text is empty", where="mark", expected="a line of text")
    if len(text) > LONGEST:
        raise UsageError(
            "the text is too long",
            where="mark",
            expected=f"at most {LONGEST} characters",
            found=str(len(text)),
        )
    if any(unicodedata.category(letter) in UNWANTED for letter in text):
        raise UsageError("the text has control characters", where="mark", expected="one line")


def _place(folder: str | None, *, at: int) -> Path:
    """Find the run to mark. Raises UsageError if there is none, or more than one."""
    from soakgate.adapters.marks import is_going_on
    from soakgate.adapters.results import runs_in

    named = folder or os.environ.get("SOAKGATE_RUN")
    if named:
        return Path(named)
    runs = Path("runs")
    going = [p for p in runs_in(runs) if is_going_on(p, now=at)] if os.path.isdir(runs) else []
    if len(going) == 1:
        return going[0]
    raise UsageError(
        "no run is going on below ./runs" if not going else "more than one run is going on",
        where="mark",
        found=", ".join(str(p) for p in going) or None,
        hint="give --run DIR",
    )
