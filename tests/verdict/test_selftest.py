from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from soakgate.errors import HarnessError
from soakgate.verdict import selftest
from soakgate.verdict.criteria import downtime
from soakgate.verdict.outcome import open_finding
from tests.helpers.recorded import CRITERIA


def test_the_judge_finds_its_synthetic_outage() -> None:
    selftest.check(CRITERIA)


def test_a_judge_that_sees_nothing_refuses_to_judge() -> None:
    def blind(rule: Any, view: Any) -> Sequence[Any]:
        return [open_finding(rule, downtime.FACTS, reason="blind")]

    fake = SimpleNamespace(FACTS=downtime.FACTS, SOURCES=(), judge=blind, forecast=None)
    with pytest.raises(HarnessError, match="refuses to judge"):
        selftest.check({**CRITERIA, "downtime": fake})  # type: ignore[dict-item]


def test_a_judge_that_always_fails_refuses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_series", lambda target, down: _both_down(target))
    with pytest.raises(HarnessError, match="self-test"):
        selftest.check(CRITERIA)


def _both_down(target: str) -> Any:
    return _SERIES(target, down=True)


_SERIES = selftest._series


def test_missing_criteria_are_named() -> None:
    with pytest.raises(HarnessError, match="downtime is not registered"):
        selftest.check({})
