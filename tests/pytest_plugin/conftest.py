"""A made-up run for all tests of the plugin, and pytest to judge it with."""

from pathlib import Path

import pytest

from soakgate.pytest_plugin import plugin
from tests.helpers import suites


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run of one target that was always served; read it, do not change it."""
    return suites.healthy(tmp_path_factory.mktemp("recorded") / "healthy")


class Pytester:
    """Runs pytest with the plugin on a suite."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.box = pytester
        pytester.makeini("[pytest]\n")

    def __call__(self, *args: object, suite: str | None = suites.SUITE) -> pytest.RunResult:
        if suite is not None:
            self.box.makepyfile(test_it=suite)
            args = ("test_it.py", *args)
        words = [str(arg) for arg in args]
        return self.box.runpytest_inprocess(
            "-p", "no:cacheprovider", *words, plugins=[plugin]
        )  # fmt: skip


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # each session loads ours alone
    monkeypatch.delenv("CI", raising=False)
    return Pytester(pytester)
