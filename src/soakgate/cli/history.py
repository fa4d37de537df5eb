"""`soakgate history`: many judged runs as a table of criteria; no verdict, so it ends with 0."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soakgate.cli.options import Common, common, emit, note, wants_color

if TYPE_CHECKING:
    from soakgate.model.result import RunResult

__all__ = ["command"]


@click.command("history")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True)
@common
def command(common: Common, folders: tuple[str, ...]) -> int:
    """Show many runs as a table of criteria, oldest first.

    DIR is a run directory, a result file, or a folder of run directories like runs/. This judges
    nothing: it ends with 0 whatever the runs found. Runs that are not judged yet are left out.
    """
    import json
    import sys

    from soakgate.cli.settings import effective_settings
    from soakgate.cli.width import width
    from soakgate.errors import Exit
    from soakgate.history.table import history
    from soakgate.report.text_history import history_document, history_text

    settings, _ = effective_settings(common)
    table = history(_results(folders))
    if settings.output == "json":
        emit(json.dumps(history_document(table), indent=2))
    else:
        color = wants_color(settings.color, stream=sys.stdout)
        emit(history_text(table, width=width(), color=color))
    return int(Exit.PASS)


def _results(folders: Sequence[str]) -> list["RunResult"]:
    """Read all results. Raises UsageError for one that cannot be read, or if there is none."""
    from soakgate.adapters.results import is_unjudged, read_result
    from soakgate.errors import UsageError

    found = []
    for path in (path for name in folders for path in _runs(Path(name))):
        if is_unjudged(path):
            note(f"{path}: left out, as it is not judged yet; soakgate judge {path}")
        else:
            found.append(read_result(path))
    if not found:
        raise UsageError("none of the runs is judged", where=folders[0], hint="soakgate judge DIR")
    return found


def _runs(path: Path) -> list[Path]:
    """Give the runs in a folder of runs; any other path stands for itself."""
    known = ("result.json", "run.json")
    if not os.path.isdir(path) or any(os.path.lexists(path / name) for name in known):
        return [path]
    from soakgate.adapters.results import runs_in

    return runs_in(path) or [path]
