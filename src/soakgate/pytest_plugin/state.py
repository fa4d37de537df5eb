"""What the plugin keeps during a session: the source of the run, and what a test judged."""

from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from soakgate.errors import HarnessError, SoakgateError, printable
from soakgate.pytest_plugin.options import Options
from soakgate.pytest_plugin.outcome import Note, NotHeld

if TYPE_CHECKING:
    from soakgate.config.scenario import Scenario
    from soakgate.orchestrate.progress import Listener
    from soakgate.pytest_plugin.judged import JudgedRun
    from soakgate.pytest_plugin.once import Once
    from soakgate.pytest_plugin.source import Source

__all__ = ["STATE", "State", "needs_run"]

FIXTURE = "soakgate_run"
"""The fixture that all of ours rest on; its long name is nobody else's."""


T = TypeVar("T")
WANTS_TRACEBACK = 2  # -vv


def needs_run(item: pytest.Item) -> bool:
    """Tell whether a test uses a fixture of ours, not one of its own of the same name."""
    return FIXTURE in getattr(item, "fixturenames", ())


def _plainly(work: Callable[[], T]) -> T:
    """Do it; turn what nobody foresaw into a harness error, which is one line."""
    try:
        return work()
    except SoakgateError:
        raise
    except Exception as error:
        what = printable(f"{type(error).__name__}: {error}")
        raise HarnessError(f"harness error: {what}", hint="try again with -vv") from error


class State:
    """One per session of pytest and worker."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config, self._options = config, options
        self._note: Note | None = None
        self._run: JudgedRun | None = None
        self.shared = Path()  # temporary folder, set before the run is asked for

    @cached_property
    def source(self) -> "Source":
        """Give where the run comes from. Raises UsageError."""
        from soakgate.pytest_plugin.source import source_of

        return source_of(self._options, once=self._once, listener=self._listener)

    def _once(self) -> "Once":
        from soakgate.pytest_plugin.once import Once

        worker: dict[str, Any] = getattr(self._config, "workerinput", {})
        folder = self.shared.parent if worker else self.shared
        return Once(folder, name=str(worker.get("testrunuid", "run")))

    def _listener(self) -> "Listener":
        from soakgate.pytest_plugin.progress import Lines

        return Lines(self._config)

    def check(self) -> None:
        """Check before the first test. Raises SoakgateError, whatever goes wrong."""
        _plainly(self._check)

    def _check(self) -> None:
        self.source.check()

    def scenario(self) -> "Scenario | None":
        """Give the scenario as far as it is known; `check` says later what is wrong with it."""
        try:
            return self.source.scenario
        except SoakgateError:
            return None

    def judged(self) -> "JudgedRun":
        """Judge once. Raises SoakgateError, whatever goes wrong."""
        self._run = _plainly(self._judged)
        return self._run

    def _judged(self) -> "JudgedRun":
        return self.source.judged()

    def current(self) -> Note:
        """Give what the test that runs now has judged so far."""
        if self._note is None:
            self._note = Note()
        return self._note

    def finish(
        self, item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport
    ) -> None:
        """Write a test's note into the report of one of its phases."""
        note = self.current()
        error = None if call.excinfo is None else call.excinfo.value
        if isinstance(error, NotHeld):
            report.longrepr = note.text = error.text
            note.worsen(error.verdict)
        elif isinstance(error, SoakgateError):
            note.code = int(error.exit_code)
            if self._config.getoption("verbose") < WANTS_TRACEBACK:
                report.longrepr = "\n".join(f"soakgate: {line}" for line in error.lines)
        if self._run is not None:
            note.run = self._run.facts()
        if report.when == "call":
            item.user_properties += note.properties  # reports of the teardown carry them on
        report.soakgate = asdict(note)  # type: ignore[attr-defined]
        if report.when == "teardown":
            self._note = None


STATE = pytest.StashKey[State]()
