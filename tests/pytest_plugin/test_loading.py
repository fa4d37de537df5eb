"""The plugin is registered once, however it is loaded, and costs little where it is not used."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.helpers import suites

ROOT = Path(__file__).resolve().parents[2]
MODULE = "soakgate.pytest_plugin.plugin"


def _pytest(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **env},
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with our conftest.py and a suite."""
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(suites.SUITE)
    return tmp_path


def _entry_point(folder: Path) -> Path:
    """Make a distribution that registers the plugin as soakgate's own does."""
    info = folder / "site" / "gate_of_test-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gate-of-test\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[pytest11]\nsoakgate = {MODULE}\n")
    return info.parent


@pytest.mark.parametrize("loaded", ["conftest", "option", "entry point"])
def test_conftest_registers_the_plugin_never_twice(
    checkout: Path, healthy: Path, loaded: str
) -> None:
    args = ["-p", MODULE] if loaded == "option" else []
    env = {}
    if loaded == "entry point":
        args = ["-p", "soakgate"]  # by its entry point, as automatic loading does
        env = {"PYTHONPATH": str(_entry_point(checkout))}
    done = _pytest(*args, "test_it.py", "--run-dir", str(healthy), cwd=checkout, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_conftest_does_nothing_else() -> None:
    names = [n for n in (ROOT / "conftest.py").read_text().splitlines() if n.startswith("def ")]
    assert [n.split("(")[0] for n in names] == ["def pytest_addoption"]


def test_importing_the_plugin_imports_nothing_heavy() -> None:
    code = (
        f"import pytest, sys; before = set(sys.modules); import {MODULE}; "
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["soakgate"]


def test_a_session_without_our_fixtures_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it(): assert not {'numpy', 'pydantic', 'pyarrow'} & set(sys.modules)"
    )
    done = _pytest("-p", MODULE, "test_it.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_installed_suite_runs_without_a_checkout(tmp_path: Path, healthy: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    built = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    site = tmp_path / "site"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    (tmp_path / "work").mkdir()
    done = _pytest(
        "-p", "soakgate", "--pyargs", "soakgate.suites.soak", "--run-dir", str(healthy),
        cwd=tmp_path / "work", PYTHONPATH=str(site),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
    assert str(site) in done.stdout or "site/soakgate/suites/soak/test_soak.py" in done.stdout
