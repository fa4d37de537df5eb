from dataclasses import replace

import numpy as np
import pytest

from soakgate.analysis import brownouts
from soakgate.model.evidence import Series
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import MS, NS, Window
from tests.helpers.probing import Pairs, inside

RESET = OUTCOMES.index(Outcome.RESET)
RUN = Window(0, 60 * NS)


def series(*, slow: Pairs = (), down: Pairs = (), latency: float = 2.5) -> Series:
    ticks = np.arange(0, 60 * NS + 1, 100 * MS, dtype=np.int64)
    done = ticks + np.where(inside(ticks, slow), round(latency * NS), 10 * MS)
    outcome = np.where(inside(ticks, down), RESET, 0).astype(np.int8)
    status = np.zeros(ticks.size, np.int16)
    return Series("shop", "new", 100 * MS, ticks, ticks, done, done, outcome, status)


def found(of: Series, window: Window | None = None) -> brownouts.SeriesBrownouts:
    return brownouts.analyse(of, objective=2 * NS, run=RUN, window=window)


def test_slow_is_later_than_the_objective_by_the_intended_start() -> None:
    on_time = series(slow=[(10, 11)], latency=2.0)
    assert not brownouts.slow(on_time, objective=2 * NS).any()
    late = series(slow=[(10, 11)], latency=2.000001)
    assert brownouts.slow(late, objective=2 * NS).sum() == 10


def test_a_failed_probe_is_not_slow_however_late() -> None:
    both = series(slow=[(10, 12)], down=[(10, 12)])
    assert not brownouts.slow(both, objective=2 * NS).any()


def test_brownouts_are_bounded_like_outages() -> None:
    result = found(series(slow=[(10, 12), (30, 31)]))
    assert [row.seconds.value for row in result.found.rows] == pytest.approx([2.0, 1.0])
    assert result.found.downtime.low == pytest.approx(2.8)
    assert result.decidable


def test_a_freeze_is_an_outage_and_then_a_brownout() -> None:
    freeze = series(down=[(20, 22)], slow=[(22, 24)])
    result = found(freeze)
    (row,) = result.found.rows
    assert (row.first_bad, row.end) == (22 * NS, 24 * NS)
    assert row.good_before == 22 * NS - 100 * MS  # a failed probe is "not slow", not blind
    assert result.found.blind.total == 0
    assert result.down_share == pytest.approx(2 / 60)


def test_nothing_served_decides_nothing() -> None:
    result = found(series(down=[(0, 61)]))
    assert result.served == 0
    assert not result.decidable
    assert result.found.downtime.low == 0


def test_only_void_probes_decide_nothing() -> None:
    blank = series()
    void = np.full(blank.outcome.size, OUTCOMES.index(Outcome.VOID), np.int8)
    result = found(replace(blank, outcome=void))
    assert result.down_share == 0
    assert not result.decidable
    assert result.found.downtime.high is None


@pytest.mark.parametrize(("down", "decidable"), [((10, 15.9), True), ((10, 16.2), False)])
def test_down_for_over_a_tenth_decides_nothing(down: tuple[float, float], decidable: bool) -> None:
    assert found(series(down=[down])).decidable is decidable


def test_a_window_counts_only_its_own() -> None:
    result = found(series(down=[(0, 30)], slow=[(40, 42)]), window=Window(35 * NS, 41 * NS))
    assert result.down_share == 0
    assert result.served == 61
    assert [row.seconds.value for row in result.found.rows] == pytest.approx([1.0])


def test_still_slow_at_the_end_has_no_upper_bound() -> None:
    assert found(series(slow=[(58, 61)])).found.downtime.high is None
