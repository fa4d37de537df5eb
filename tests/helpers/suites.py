"""pytest inside pytest: a recorded run, what-if scenarios over it, and the plugin switched on."""

import shutil
from pathlib import Path

import pytest

from soakgate.adapters.rundir import replace
from soakgate.config.merge import RunFlags
from soakgate.config.settings import Settings
from soakgate.orchestrate.prepare import prepare_run
from soakgate.orchestrate.run import Order, execute
from tests.helpers.web import Web

SOAK = Path(__file__).resolve().parents[2] / "suites" / "soak" / "test_soak.py"

SUITE = """
def test_whole(criterion):
    criterion("run")

def test_it(criterion):
    criterion("downtime")
"""


def record(out: Path, *, targets: tuple[str, ...], seconds: int = 3) -> Path:
    """Record a run of targets `NAME=URL` at 100 Hz: bounds of 0.036 s if nothing goes wrong."""
    flags = RunFlags(targets=targets, length=f"{seconds}s", no_cluster=True)
    fields = {name: getattr(flags, name) for name in RunFlags.__dataclass_fields__}
    ready = prepare_run(Settings(rate=100.0), flags=fields)
    execute(
        Order(
            scenario=ready.scenario, plan=ready.plan, base=ready.base, out=out,
            listener=lambda progress: None,
        )
    )  # fmt: skip
    return out


def record_healthy(out: Path) -> Path:
    """Record a target that is always served and one that is not."""
    with Web() as web:
        return record(out, targets=(f"shop={web.url}/",))


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
