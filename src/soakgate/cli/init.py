"""`soakgate init`: a first scenario, suite and CI snippet in the current folder."""

from pathlib import Path

import click

from soakgate.cli.options import Common, common, emit
from soakgate.errors import Exit, HarnessError, UsageError

__all__ = ["FILES", "command", "write_missing"]

FILES = {
    "soakgate.yaml": "soakgate.yaml",
    "scenarios/first.yaml": "first.yaml",
    "suites/test_soak.py": "test_soak.py.txt",
    ".github/workflows/soakgate.yml": "workflow.yml",
}
"""What is written, and the template it is a copy of."""


@click.command("init")
@common
def command(common: Common) -> int:
    """Write soakgate.yaml, one scenario, one suite and a CI snippet into the current folder.

    Nothing is ever overwritten: files that are there already are listed and kept.
    """
    import json

    from soakgate.cli.settings import wants_json

    as_json = wants_json(common)
    written, kept = write_missing(Path())
    facts = {"schema": "soakgate.init/1", "written": written, "kept": kept}
    emit(json.dumps(facts, indent=2) if as_json else _text(written, kept))
    return int(Exit.PASS)


def write_missing(folder: Path) -> tuple[list[str], list[str]]:
    """Write every file that is not there; give the names of those written and those kept.

    Raises UsageError where a file or folder cannot be made, HarnessError if the disk is full.
    """
    templates = Path(__file__).parent / "_init"
    written: list[str] = []
    kept: list[str] = []
    for name, template in FILES.items():
        made = _write(folder / name, (templates / template).read_bytes())
        (written if made else kept).append(name)
    return written, kept


def _write(path: Path, data: bytes) -> bool:
    """Write a new file; False if something is there, a broken link too."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        if error.filename == str(path):
            return False
        raise UsageError("is no folder", where=str(path.parent), hint="move it away") from None
    except (NotADirectoryError, PermissionError) as error:
        raise UsageError("cannot be written", where=str(path), found=error.strerror) from None
    except OSError as error:
        path.unlink(missing_ok=True)  # half a file would be kept the next time
        raise HarnessError(f"cannot write: {error.strerror}", where=str(path)) from error
    return True


def _text(written: list[str], kept: list[str]) -> str:
    lines = [f"  wrote  {name}" for name in written]
    lines += [f"  kept   {name} (was there)" for name in kept]
    steps = [
        "  then   put your URL into scenarios/first.yaml",
        "  look   soakgate run --no-cluster --plan",
        "  run    soakgate run --no-cluster",
    ]
    return "\n".join([*lines, "", *steps])
