"""Reports drawn again from what was judged before."""

import os
from pathlib import Path

from soakgate.adapters.results import read_result
from soakgate.adapters.rundir import full_disk, replace
from soakgate.analysis.timeline import Timeline
from soakgate.errors import EvidenceError, UsageError
from soakgate.orchestrate import plugins
from soakgate.orchestrate.judging import Judged, draw, read_recorded, was_interrupted

__all__ = ["redraw", "write_reports"]


def redraw(folder: Path) -> tuple[Judged, str | None]:
    """Read a judged run directory; a text says why its evidence cannot be drawn, if so.

    Raises UsageError if there is no result, or one that was written for another run.
    """
    if not os.path.isdir(folder):
        raise UsageError("is no run directory", where=str(folder), expected="a folder")
    result = read_result(folder)
    try:
        evidence, scenario = read_recorded(folder, plugins.criteria())
    except EvidenceError as error:
        return Judged(folder, result, Timeline(), interrupted=False), str(error)
    if evidence.identity.run != result.run.id:
        raise UsageError(
            "result.json is of another run",
            where=str(folder),
            expected=evidence.identity.run,
            found=result.run.id,
            hint="soakgate judge DIR writes it again",
        )
    return Judged(folder, result, draw(evidence, scenario), was_interrupted(evidence)), None


def write_reports(judged: Judged) -> None:
    """Replace every report of a run; result.json is left alone. Raises HarnessError: full disk."""
    try:
        for writer in plugins.writers().values():
            replace(judged.folder / writer.FILENAME, writer.write(judged.result, judged.timeline))
    except OSError as error:
        raise full_disk(error, where=str(judged.folder)) from error
