from dataclasses import replace
from math import exp, log, sqrt

import pytest

from soakgate.analysis.regression import Regression, Side, regress
from soakgate.analysis.shortage import Shortage, shortage
from soakgate.model.bounds import Bounds
from soakgate.model.findings import Truth
from tests.helpers.latencies import service

LIMIT = 1.10
ROOM = 0.8 * log(LIMIT)


def found(*, value: float = 1.0, below: float, above: float | None) -> Regression:
    before = Side(0.1, below, below, 10.0, 1000.0, 600)
    after = Side(0.1 * value, 0.1, above, 10.0, 1000.0, 900)
    return Regression(0.95, Truth.PROCESS, Bounds(value, 0.5, None), 0.4, before, after, "")


def test_the_upgrade_side_shrinks_with_the_root_of_its_time() -> None:
    seen = found(below=ROOM / 2, above=ROOM)
    needed = shortage(seen, limit=LIMIT)
    assert needed is not None
    assert needed.upgrade == pytest.approx(900 * (1 / 0.75 - 1))
    assert needed.baseline is None
    total = 900 + needed.upgrade
    assert ROOM * sqrt(900 / total) == pytest.approx(sqrt(ROOM**2 - (ROOM / 2) ** 2))
    assert needed.words == "needs 5 more min after the upgrade"


def test_a_short_baseline_cannot_be_made_up_for() -> None:
    needed = shortage(found(below=1.5 * ROOM, above=ROOM), limit=LIMIT)
    assert needed == Shortage(None, pytest.approx(600 * 2.25 * 2))
    assert needed.words == "the baseline is too short: repeat with one of at least 45 min"


@pytest.mark.parametrize("value", [1.10, 1.2])
def test_more_time_does_not_help_at_the_limit_or_beyond(value: float) -> None:
    needed = shortage(found(value=value, below=0.01, above=0.01), limit=LIMIT)
    assert needed == Shortage(None, None)
    assert needed.words == "more time will hardly help"


def test_more_than_a_week_is_no_advice() -> None:
    assert shortage(found(below=0.0, above=100.0), limit=LIMIT) == Shortage(None, None)
    assert shortage(found(below=100.0, above=0.1), limit=LIMIT) == Shortage(None, None)


def test_what_is_unbounded_cannot_be_foretold() -> None:
    assert shortage(found(below=0.01, above=None), limit=LIMIT) is None
    assert shortage(replace(found(below=0.01, above=0.1), ratio=None), limit=LIMIT) is None


def test_the_time_foretold_is_enough() -> None:
    """A drifting service at +10 %: inconclusive after 5 min, decided at the time foretold."""
    told = passed = 0
    for seed in range(20):
        before = service(seed, length=1800, drift=0.06)
        early = regress(before, service(seed + 50, length=300, drift=0.06), quantiles=(0.95,))[0]
        needed = shortage(early, limit=LIMIT)
        if early.passes(LIMIT) or needed is None or not needed.upgrade:
            continue
        longer = service(seed + 50, length=300 + int(needed.upgrade), drift=0.06)
        told += 1
        passed += regress(before, longer, quantiles=(0.95,))[0].passes(LIMIT)
    assert told >= 5
    assert passed >= 0.8 * told


def test_bounds_that_hold_need_nothing_more() -> None:
    seen = found(below=0.01, above=0.02)
    assert exp(0.0224) < LIMIT
    assert shortage(seen, limit=LIMIT) == Shortage(0.0, None)
