"""The plugin's hooks and fixtures. Loaded in every pytest run, so it imports only what it must.

Fixtures: `run` (the judged run), `scenario`, `cluster`, `criterion` (judges one criterion). A test
that uses none of them is not touched.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from soakgate.errors import Exit, SoakgateError
from soakgate.pytest_plugin import ending, outcome, subject
from soakgate.pytest_plugin.options import add_options, add_short_names, read_early, read_options
from soakgate.pytest_plugin.state import STATE, State, needs_run

if TYPE_CHECKING:
    from soakgate.config.scenario import Scenario
    from soakgate.model.result import ClusterRow, RunResult
    from soakgate.pytest_plugin.asking import Ask
    from soakgate.pytest_plugin.judged import JudgedRun

MARK = "criterion(id): one test per subject of this criterion in the scenario; * for all others"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options under their long names."""
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Iterator[None]:
    """Add the short names once everybody else has added theirs."""
    read_early(early_config, parser, args)
    result = yield
    add_short_names(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the session's state; nothing is read yet."""
    config.addinivalue_line("markers", MARK)
    config.stash[STATE] = State(config, read_options(config))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ending.Ending(config), "soakgate-ending")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give marked tests their subjects."""
    if metafunc.definition.get_closest_marker(subject.MARKER) is not None:
        subject.parametrise(metafunc, metafunc.config.stash[STATE].scenario())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse wrong usage once, before the first test, if any test that is left needs a run."""
    if config.getoption("collectonly") or not any(map(needs_run, items)):
        return
    try:
        config.stash[STATE].check()
    except SoakgateError as error:
        _refuse(config, items, error)


def _refuse(config: pytest.Config, items: list[pytest.Item], error: SoakgateError) -> None:
    """End the session with the error's lines and code; a worker leaves that to the controller."""
    lines = [f"soakgate: {line}" for line in error.lines]
    told: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if told is not None:
        told[ending.REFUSED] = {"code": int(error.exit_code), "lines": lines}
        items.clear()
    elif error.exit_code is Exit.USAGE:
        raise pytest.UsageError(*lines)
    else:
        pytest.exit("\n".join(lines), returncode=int(error.exit_code))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what a test judged on its report; a verdict's text takes the place of a traceback."""
    report = yield
    if needs_run(item):
        item.config.stash[STATE].finish(item, call, report)
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, Any] | None:
    """Give `inconclusive` its letter, word and colour, and a warning its word."""
    if outcome.is_open(report):
        return "inconclusive", "?", ("INCONCLUSIVE", {"purple": True})
    note = outcome.note_of(report)
    if note is not None and report.passed and report.when == "call" and note["verdict"] == "warn":
        return "passed", ".", ("WARN", {"yellow": True})
    return None


def _state(request: pytest.FixtureRequest) -> State:
    return request.config.stash[STATE]


@pytest.fixture(scope="session")
def soakgate_run(request: pytest.FixtureRequest, tmp_path_factory: Any) -> "JudgedRun":
    """Judge the run once per session; without --run-dir, record it before."""
    state = _state(request)
    state.shared = tmp_path_factory.getbasetemp()
    return state.judged()


@pytest.fixture(scope="session")
def run(soakgate_run: "JudgedRun") -> "RunResult":
    """The judged run: what its result.json holds."""
    return soakgate_run.result


@pytest.fixture(scope="session")
def scenario(soakgate_run: "JudgedRun") -> "Scenario":
    """The scenario that the run is judged by, defaults filled in."""
    return soakgate_run.scenario


@pytest.fixture(scope="session")
def cluster(soakgate_run: "JudgedRun") -> "ClusterRow":
    """The cluster that the run was recorded on; INCONCLUSIVE if it watched none."""
    found = soakgate_run.result.run.cluster
    if found is None:
        why = "the run watched no cluster, and this test asks about one"
        raise outcome.NotHeld("inconclusive", f"INCONCLUSIVE cluster: {why}")
    return found


@pytest.fixture(scope="session")
def criterion(soakgate_run: "JudgedRun", request: pytest.FixtureRequest) -> "Ask":
    """Judge one criterion: `criterion("errors")`, `criterion("downtime", limit="2s")`."""
    from soakgate.pytest_plugin.asking import Ask

    return Ask(soakgate_run, note=_state(request).current)
