"""docs/extending.md does what it says: each example is installed and used."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from soakgate.errors import Exit
from tests.helpers import suites
from tests.helpers.faults import FaultServer
from tests.helpers.prober import ChildProber
from tests.helpers.rundirs import Made, soakgate
from tests.helpers.web import Web

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "extending.md").read_text()
PACKAGE = ROOT / "examples" / "gold-errors"
FILES = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


def _entry_points() -> str:
    """Give the TOML tables of the guide as an entry_points.txt."""
    lines = []
    for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL):
        for group, names in tomllib.loads(block)["project"]["entry-points"].items():
            lines += [f"[{group}]", *(f"{name} = {value}" for name, value in names.items())]
    return "\n".join(lines) + "\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything of the guide installed, for this process and its children."""
    place = tmp_path / "site"
    info = place / "guide-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guide\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(_entry_points())
    for name, text in FILES.items():
        if not name.startswith("test_"):
            (place / name).write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(place))
    return place


def test_the_guide_shows_the_example_package_as_it_is() -> None:
    assert FILES["gold_errors.py"] == (PACKAGE / "gold_errors.py").read_text()
    entry = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["entry-points"]
    assert entry == {"soakgate.criteria": {"gold-errors": "gold_errors"}}


def _gold(folder: Path, *, down: float) -> Path:
    made = Made(
        targets=("gold-shop", "free-shop"),
        criteria="[{id: gold-errors, limit: 5%}]",
        down=[(20.0, 20.0 + down)],
    )
    return made.write(folder)


@pytest.mark.parametrize(("down", "code"), [(0.5, Exit.PASS), (9.0, Exit.FAIL)])
def test_installed_package_brings_its_criterion_to_verb_and_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, down: float, code: Exit
) -> None:
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
           "--no-build-isolation", "--target", str(site), str(PACKAGE)]  # fmt: skip
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    monkeypatch.setenv("PYTHONPATH", str(site))
    run = _gold(tmp_path / "run", down=down)
    assert soakgate("judge", str(run), cwd=tmp_path).returncode == code
    suite = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:soakgate", "-p",
         "soakgate.pytest_plugin.plugin", "-p", "no:cacheprovider", "-v", str(suites.SOAK),
         f"--run-dir={run}"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert suite.returncode == code, suite.stdout + suite.stderr
    assert "test_further_criteria[gold-errors]" in suite.stdout
    assert ("probes of gold targets failed" in suite.stdout) == (code is Exit.FAIL)
    told = soakgate("explain", "gold-errors", cwd=tmp_path)
    assert "paying customers" in told.stdout


def test_criterion_driver_and_writer_of_the_guide_take_part_in_a_run(
    site: Path, tmp_path: Path
) -> None:
    (tmp_path / "done").write_text("ok")
    with Web() as web:
        (tmp_path / "s.yaml").write_text(
            f"soakgate: 1\ntargets: {{gold-shop: {{url: '{web.url}/', rate: 50}}}}\n"
            "phases: {baseline: 0s, settle: 1s, soak: 0s}\n"
            "upgrade: {driver: wait-for-file, file: done}\n"
            "criteria: [{id: gold-errors, limit: 50%}]\n"
        )
        done = soakgate("run", "s.yaml", "--no-cluster", "--out", "run", cwd=tmp_path)
    assert done.returncode == Exit.PASS, done.stdout + done.stderr
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert {row["id"]: row["verdict"] for row in result["criteria"]} == {
        "gold-errors": "pass",
        "upgrade-happened": "pass",
    }
    rows = (tmp_path / "run" / "criteria.csv").read_text().splitlines()
    assert rows[0] == "id,target,verdict,low,high,unit"
    assert rows[1].startswith("gold-errors,,pass,0.0,0.")


def test_driver_of_the_guide_says_why_it_failed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "done").write_text("failed")
    with Web() as web:
        (tmp_path / "s.yaml").write_text(
            f"soakgate: 1\ntargets: {{shop: {{url: '{web.url}/', rate: 50}}}}\n"
            "phases: {baseline: 0s, settle: 1s, soak: 0s}\n"
            "upgrade: {driver: wait-for-file, file: done}\ncriteria: []\n"
        )
        done = soakgate("run", "s.yaml", "--no-cluster", "--out", "run", cwd=tmp_path)
    assert done.returncode == Exit.FAIL, done.stdout + done.stderr
    assert "done says failed" in done.stdout
    wrong = (tmp_path / "s.yaml").read_text().replace("file: done", "fiel: done")
    (tmp_path / "s.yaml").write_text(wrong)
    told = soakgate("run", "s.yaml", "--no-cluster", "--plan", cwd=tmp_path)
    assert told.returncode == Exit.USAGE
    assert "s.yaml:4" in told.stderr


def test_probe_of_the_guide_tells_served_from_refused(site: Path, tmp_path: Path) -> None:
    with FaultServer() as server:
        address = server.url.removeprefix("http://").split("/")[0]
        targets = [
            {"name": "up", "url": f"tcp://{address}", "protocol": "tcp", "rate": 50},
            {"name": "down", "url": "tcp://127.0.0.1:1", "protocol": "tcp", "rate": 50},
        ]
        with ChildProber(tmp_path / "probe", targets) as child:
            child.start(1.0)
            assert child.wait() == 0
    assert set(child.outcomes("up")) == {"served"}
    assert set(child.outcomes("down")) == {"refused"}


def test_suite_of_the_guide_judges_a_run(tmp_path: Path, run_pytest) -> None:
    run = Made(criteria="[{id: downtime, target: shop, limit: 1s}]").write(tmp_path / "run")
    result = run_pytest(f"--run-dir={run}", "-v", suite=FILES["test_gate.py"])
    assert result.ret == Exit.PASS, result.stdout.str()
    result.stdout.fnmatch_lines(["*test_each_target?shop? PASSED*"])
