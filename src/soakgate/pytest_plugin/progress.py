"""Progress of a recording in pytest's own output: a line per phase and per change."""

import time

import pytest

from soakgate.errors import printable
from soakgate.model.times import NS, rfc3339
from soakgate.orchestrate.progress import Beat, PhaseBegan, Progress, RunBegan, RunEnded, Said
from soakgate.report.format import duration

__all__ = ["Lines"]

HEARTBEAT = 30 * NS


class Lines:
    """Writes past pytest's capturing; silent in a worker of pytest-xdist, which has no terminal."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._last = 0

    def __call__(self, progress: Progress) -> None:
        """Take progress in and write what is worth a line."""
        text = self._text(progress)
        if text is not None:
            self._last = progress.at
            self._write(f"soakgate {rfc3339(time.time_ns())[11:19]}Z {printable(text)}")

    def _text(self, progress: Progress) -> str | None:
        match progress:
            case RunBegan():
                return f"recording {progress.name} into {progress.folder}"
            case PhaseBegan(length=None):
                return f"{progress.phase} began"
            case PhaseBegan():
                return f"{progress.phase} began ({duration((progress.length or 0) / NS)})"
            case Said():
                return f"{progress.who}: {progress.text}"
            case RunEnded():
                return "measured; judging"
            case Beat(child="probe") if progress.at - self._last >= HEARTBEAT:
                return f"{progress.facts.get('probes', 0):,} probes"
        return None

    def _write(self, line: str) -> None:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None:
            reporter.ensure_newline()
            reporter.write_line(line)
            return
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(line)
