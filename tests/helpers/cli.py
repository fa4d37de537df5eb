"""The command line called in this process: exit code, stdout and stderr."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soakgate.cli.main import run


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout; anything beside it raises ValueError."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("soakgate: ")
        return lines[0]


def call(*argv: object) -> Done:
    """Call the command line as the script does."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(word) for word in argv])
    return Done(code, out.getvalue(), err.getvalue())


def refused(*argv: object, code: int = 4) -> str:
    """Call what must be refused: this code, nothing on stdout, one line on stderr, given back."""
    done = call(*argv)
    assert (done.code, done.out) == (code, ""), done
    return done.line


def tree(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder by path, to see whether a command changed any."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
