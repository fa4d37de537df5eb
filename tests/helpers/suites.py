"""pytest inside pytest: made-up runs to judge, and what-if scenarios over them."""

import shutil
from pathlib import Path

import pytest

from soakgate.adapters.rundir import replace
from tests.helpers.rundirs import Made
from tests.helpers.web import Web

__all__ = ["CRITERIA", "SOAK", "SUITE", "Web", "copy", "failing", "healthy", "summary", "unseal",
           "what_if"]  # fmt: skip

SOAK = Path(__file__).resolve().parents[2] / "suites" / "soak" / "test_soak.py"

SUITE = """
def test_whole(criterion):
    criterion("run")

def test_it(criterion):
    criterion("downtime")
"""


CRITERIA = "[{id: downtime, limit: 1s}, {id: brown-out, limit: 5s}, {id: observer}]"


def healthy(out: Path) -> Path:
    """Write a run of a minute in which `shop` was always served: 0 s down, at most 0.36 s."""
    return Made(criteria=CRITERIA).write(out)


def failing(out: Path) -> Path:
    """Write a run of a minute at whose end `shop` was refused for 5 s and stayed so."""
    return Made(criteria=CRITERIA, down=[(55.0, 61.0)]).write(out)


def copy(run: Path, into: Path) -> Path:
    """Give a run directory of one's own, to harm."""
    shutil.copytree(run, into)
    return into


def unseal(run: Path) -> Path:
    """Make a run look as if it had been killed."""
    (run / "seal.json").unlink()
    return run


def what_if(run: Path, into: Path, criteria: str, waivers: str = "[]") -> Path:
    """Write the run's own scenario with other criteria."""
    text = (run / "scenario.yaml").read_text()
    head = text[: text.index("criteria:")]
    path = into / "whatif.yaml"
    replace(path, f"{head}criteria: {criteria}\nwaivers: {waivers}\n".encode())
    return path


def summary(result: pytest.RunResult) -> str:
    """Give the last line of pytest's output."""
    return result.outlines[-1]
