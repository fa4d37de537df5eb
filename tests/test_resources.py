"""Files are found in a checkout and in a wheel alike; a wrong name is one helpful line."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from soakgate import resources
from soakgate.errors import HarnessError, UsageError

ROOT = Path(__file__).resolve().parents[1]
SHOW = """
import sys
from soakgate import resources
for kind in resources.Kind:
    print(kind, resources.folder(kind))
print(resources.find("scenarios", "shop"))
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "src" / "soakgate"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return tmp_path


def test_checkout_is_used_without_package_data() -> None:
    assert resources.folder("scenarios") == ROOT / "scenarios"
    assert resources.find("scenarios", "shop") == ROOT / "scenarios" / "shop.yaml"


def test_profile_names_use_dashes(tree: Path) -> None:
    profiles = tree / "loadprofiles"
    profiles.mkdir()
    for name in ("guide_1000_users.py", "steady.py", "_shared.py", "notes.txt"):
        (profiles / name).touch()
    assert resources.names("loadprofiles") == ("guide-1000-users", "steady")
    assert resources.find("loadprofiles", "guide-1000-users") == profiles / "guide_1000_users.py"


def test_suites_are_folders_and_reports_are_files(tree: Path) -> None:
    (tree / "suites" / "soak").mkdir(parents=True)
    (tree / "suites" / "conftest.py").touch()
    (tree / "reports" / "parts").mkdir(parents=True)
    (tree / "reports" / "report.html.j2").touch()
    assert resources.names("suites") == ("soak",)
    assert resources.names("reports") == ("report.html.j2",)


def test_package_data_wins_over_a_folder_beside(tree: Path) -> None:
    (tree / "suites").mkdir()
    inside = tree / "src" / "soakgate" / "suites"
    inside.mkdir()
    assert resources.folder("suites") == inside


@pytest.mark.parametrize("name", ["shpo", "../shop", "shop.yaml", "", "/etc/passwd", "x\n"])
def test_unknown_name_is_one_line(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        resources.find("scenarios", name)
    assert "\n" not in str(caught.value)
    assert "shop" in str(caught.value)


def test_near_name_is_suggested() -> None:
    with pytest.raises(UsageError, match='did you mean "shop"'):
        resources.find("scenarios", "shpo")


def test_damaged_installation_is_told(tree: Path) -> None:
    with pytest.raises(HarnessError, match="suites is missing"):
        resources.folder("suites")


@pytest.mark.slow
def test_wheel_carries_everything(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    done = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "unpacked")},
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    inside = str(tmp_path / "unpacked" / "soakgate")
    assert all(inside in line for line in shown.stdout.splitlines())
    assert len(shown.stdout.splitlines()) == len(resources.Kind) + 1
