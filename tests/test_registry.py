"""Plugins are listed without an import, loaded by name, and a bad one is one clear line."""

import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from soakgate import registry
from soakgate.errors import HarnessError, UsageError

SRC = Path(__file__).resolve().parents[1] / "src"
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a distribution with entry points onto the path."""

    def make(dist: str, *, group: str = "writers", **points: str) -> None:
        place = tmp_path / dist
        info = place / f"{dist}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        lines = "\n".join(f"{name} = {value}" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[soakgate.{group}]\n{lines}\n")
        monkeypatch.syspath_prepend(str(place))

    return make


def test_built_in_plugins_register_like_any_other() -> None:
    found = registry.plugins("criteria")
    assert {"downtime", "observer"} <= set(found)
    assert found["downtime"].origin.startswith("soakgate ")
    assert list(found) == sorted(found)


def test_listing_imports_nothing(install: Install) -> None:
    install("other", mine="no_such_module_at_all")
    plugin = registry.plugins("writers")["mine"]
    assert (plugin.origin, plugin.value) == ("other 1.0", "no_such_module_at_all")


def test_loading_gives_module_or_object(install: Install) -> None:
    install("other", mod="json", thing="json:dumps")
    assert registry.load("writers", "mod").__name__ == "json"
    assert registry.load("writers", "thing")([1]) == "[1]"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("import no_such_thing", "ModuleNotFoundError"),
        ("raise SystemExit('gone')", "SystemExit: gone"),
        ("1/0", "ZeroDivisionError"),
        ("def x(:", "SyntaxError"),
        ("raise ValueError('two\\nlines')", "ValueError"),
    ],
)
def test_broken_plugin_is_one_line(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, word: str
) -> None:
    (tmp_path / "broken_plugin.py").write_text(body)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "broken_plugin", raising=False)
    install("other", mine="broken_plugin")
    with pytest.raises(HarnessError) as caught:
        registry.load("writers", "mine")
    line = str(caught.value)
    assert "\n" not in line
    assert word in line
    assert "other 1.0, broken_plugin" in line


def test_missing_attribute_is_one_line(install: Install) -> None:
    install("other", mine="json:no_such")
    with pytest.raises(HarnessError, match="no_such"):
        registry.load("writers", "mine")


def test_two_packages_with_one_name(install: Install) -> None:
    install("one", mine="json")
    install("two", mine="csv")
    with pytest.raises(HarnessError) as caught:
        registry.plugins("writers")
    assert "one 1.0 (json)" in str(caught.value)
    assert "two 1.0 (csv)" in str(caught.value)


def test_built_in_name_cannot_be_taken(install: Install) -> None:
    install("other", group="criteria", downtime="json")
    with pytest.raises(HarnessError, match='register "downtime"'):
        registry.plugins("criteria")


def test_unknown_name_suggests() -> None:
    with pytest.raises(UsageError, match='did you mean "downtime"'):
        registry.load("criteria", "downtme")


def test_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="there are: command"):
        registry.load("drivers", "zzzzzz")


def test_without_metadata_it_says_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "entry_points", lambda **_: ())
    monkeypatch.setattr(metadata, "distribution", gone)
    with pytest.raises(HarnessError, match="soakgate is not installed"):
        registry.plugins("checks")


def test_importing_registry_needs_no_plugin() -> None:
    code = "import soakgate.registry, sys; print('soakgate.verdict' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SRC)},
    )
    assert done.stdout.strip() == "False", done.stderr
