"""The end of a session, on the controller only: exit status, what to tell, types in JUnit."""

from typing import Any

import pytest

from soakgate.errors import Exit
from soakgate.pytest_plugin import junit
from soakgate.pytest_plugin.outcome import is_open, note_of

__all__ = ["REFUSED", "Ending"]

REFUSED = "soakgate_refused"
"""Key under which a worker tells why it refused to run tests."""


class Ending:
    """Counts reports as they come in; all workers' reports arrive at the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._lines: list[str] = []  # of rows that warned
        self._texts: dict[str, str] = {}  # inconclusive tests by node id
        self._codes: set[int] = set()
        self._run: dict[str, Any] | None = None
        self._refused: dict[str, Any] | None = None
        self._seen = False  # a test of ours
        self._failed = 0  # FAIL, and whatever else failed in any test
        self._evaluated = 0

    # --- reports

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a report, after JUnit has taken it in."""
        note = note_of(report)
        if note is None:
            self._failed += bool(report.failed)
            self._evaluated += report.passed and report.when == "call"
            return
        self._seen = True
        self._run = note["run"] or self._run
        if report.failed:
            self._count_failed(report, note)
        elif report.passed and report.when == "call":
            self._evaluated += bool(note["counts"])
            self._lines += note["lines"]

    def _count_failed(self, report: pytest.TestReport, note: dict[str, Any]) -> None:
        if note["code"] is not None:
            self._codes.add(note["code"])
            return
        open_ = is_open(report)
        if open_:
            self._texts[report.nodeid] = note["text"]
        else:
            self._failed += 1
        headline = note["text"].partition("\n")[0]
        verdict = "inconclusive" if open_ else "fail"
        junit.set_type(self._config, report, verdict=verdict, message=headline)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear from a worker why it refused to start."""
        told = getattr(node, "workeroutput", None) or {}
        self._refused = told.get(REFUSED, self._refused)

    # --- exit status

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let pytest end as the verbs do; sessions without a test of ours end as ever."""
        if self._refused is not None:
            session.exitstatus = self._refused["code"]
        elif self._seen and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.exitstatus = self._status()

    def _status(self) -> int:
        """Give the exit code: errors of ours, the run's signal, then the worst verdict."""
        if self._codes:
            return int(max(self._codes))
        if self._run is not None and self._run["interrupted"]:
            return int(Exit.INTERRUPTED)
        if self._failed:
            return int(Exit.FAIL)
        if not self._evaluated and not self._texts:
            return int(Exit.NOTHING)
        halted = self._run is not None and self._run["halt"] is not None
        return int(Exit.INCONCLUSIVE if self._texts or halted else Exit.PASS)

    # --- what to tell

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell what pytest does not know of: inconclusive findings, warnings, the run's folder."""
        terminalreporter.ensure_newline()
        if self._refused is not None:
            for line in self._refused["lines"]:
                terminalreporter.write_line(f"ERROR: {line}", red=True)
        if self._texts:
            terminalreporter.section("inconclusive", purple=True)
            for nodeid, text in self._texts.items():
                terminalreporter.write_line(nodeid, purple=True)
                terminalreporter.write_line(text)
        if self._lines:
            terminalreporter.section("soakgate warnings", yellow=True)
            for line in dict.fromkeys(self._lines):
                terminalreporter.write_line(line)
        self._tell_run(terminalreporter)

    def _tell_run(self, terminalreporter: Any) -> None:
        if self._run is None:
            return
        import shlex

        folder = self._run["folder"]
        terminalreporter.section("soakgate")
        if self._run["halt"] is not None:
            halt = f"the run itself is INCONCLUSIVE: {self._run['halt']}"
            terminalreporter.write_line(halt, purple=True)
        terminalreporter.write_line(f"run     {folder}")
        terminalreporter.write_line(f"again   soakgate judge {shlex.quote(folder)}")
