"""Types of failures in pytest's JUnit file, as in our own: `fail` and `inconclusive`."""

from typing import Any

import pytest

__all__ = ["set_type"]


def set_type(
    config: pytest.Config, report: pytest.TestReport, *, verdict: str, message: str
) -> None:
    """Type the failure that pytest has just written for a report.

    pytest offers no way to say it, so this reaches into its writer; where that has another shape,
    the file stays as pytest writes it, which is valid and only says less.
    """
    for failure in _failures(config, report):
        failure.set("type", verdict)
        if message:
            failure.set("message", message)


def _failures(config: pytest.Config, report: pytest.TestReport) -> list[Any]:
    try:
        from _pytest.junitxml import xml_key

        xml = config.stash.get(xml_key, None)
        nodes = [] if xml is None else xml.node_reporter(report).nodes
        return [node for node in nodes[-1:] if node.tag in ("failure", "error")]
    except (ImportError, AttributeError):
        return []
