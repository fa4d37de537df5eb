"""What a suite's test may end with, and how it travels from worker to controller.

A test that does not hold raises NotHeld. Its report keeps pytest's outcome `failed`, so that
`--lf`, `-x` and JUnit treat it as such, and carries a plain dict that survives pytest-xdist.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

__all__ = ["NotHeld", "Note", "Severity", "is_open", "note_of"]

Severity = str
"""A verdict's lower-case word, or "" for a test that judged nothing."""

RANK = {"": -1, "pass": 0, "warn": 1, "inconclusive": 2, "fail": 3}


class NotHeld(Exception):
    """A verdict that is no pass; its text is the finding as people read it, many lines."""

    def __init__(self, verdict: Severity, text: str) -> None:
        super().__init__(text)
        self.verdict, self.text = verdict, text


@dataclass(slots=True)
class Note:
    """What one test judged, as it goes into its report. Plain types only."""

    verdict: Severity = ""
    counts: bool = True  # False: judged only what counts for nothing
    code: int | None = None  # exit code of an error that stopped the test
    text: str = ""  # the finding that did not hold, many lines
    lines: list[str] = field(default_factory=list)  # of rows that warned
    properties: list[tuple[str, str]] = field(default_factory=list)
    run: dict[str, Any] | None = None  # folder, recorded, halt, interrupted

    def worsen(self, verdict: Severity) -> None:
        """Keep the worse of two verdicts."""
        self.verdict = max(self.verdict, verdict, key=lambda word: RANK[word])


def note_of(report: pytest.TestReport) -> dict[str, Any] | None:
    """Give what a report carries of ours, checked: other plugins may put anything on reports."""
    note = getattr(report, "soakgate", None)
    return note if isinstance(note, dict) and "verdict" in note else None


def is_open(report: pytest.TestReport) -> bool:
    """Tell whether a test ended INCONCLUSIVE, and by a finding, not by an error of its own."""
    note = note_of(report)
    return (
        note is not None
        and report.failed
        and report.when != "teardown"
        and note["verdict"] == "inconclusive"
        and bool(note["text"])
    )
