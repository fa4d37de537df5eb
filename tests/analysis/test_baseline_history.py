from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats

from soakgate.analysis.baseline_history import inform
from soakgate.model.bounds import Bounds

OWN = Bounds(1.04, 0.98, 1.12)
IDLE = [1.01, 0.99, 1.03, 0.98, 1.02, 1.00, 0.97, 1.01, 1.00, 1.02]


def expected(value: float, idle: list[float], level: float = 0.975) -> tuple[float, float]:
    logs = np.log(idle)
    half = stats.t.ppf(level, len(idle) - 1) * logs.std(ddof=1) * sqrt(1 + 1 / len(idle))
    middle = log(value) - logs.mean()
    return exp(middle - half), exp(middle + half)


@pytest.mark.parametrize("runs", [0, 1, 4])
def test_below_five_runs_the_own_bounds_stand(runs: int) -> None:
    found = inform(OWN, fail_low=0.95, idle=IDLE[:runs], alpha=0.005)
    assert (found.ratio, found.fail_low, found.by_history) == (OWN, 0.95, False)


def test_from_ten_runs_history_stands_alone() -> None:
    found = inform(OWN, fail_low=0.5, idle=IDLE, alpha=0.005)
    low, high = expected(1.04, IDLE)
    assert found.by_history
    assert (found.ratio.low, found.ratio.high) == pytest.approx((low, high))
    assert found.ratio.value == pytest.approx(1.04 / exp(float(np.log(IDLE).mean())))
    assert found.fail_low == pytest.approx(expected(1.04, IDLE, 0.995)[0])
    assert found.runs == 10


@pytest.mark.parametrize("runs", [5, 9])
def test_between_them_the_wider_one_holds(runs: int) -> None:
    narrow = inform(Bounds(1.04, 1.039, 1.041), fail_low=1.038, idle=IDLE[:runs], alpha=0.005)
    assert narrow.by_history
    assert (narrow.ratio.low, narrow.ratio.high) == pytest.approx(expected(1.04, IDLE[:runs]))
    wide = inform(Bounds(1.04, 0.5, 2.0), fail_low=0.4, idle=IDLE[:runs], alpha=0.005)
    assert not wide.by_history
    assert wide.ratio == Bounds(1.04, 0.5, 2.0)


@pytest.mark.parametrize("own", [Bounds(1.04, 0.98, None), Bounds(1.04, 0.0, 1.05)])
def test_unbounded_is_the_widest(own: Bounds) -> None:
    assert inform(own, fail_low=0.0, idle=IDLE[:7], alpha=0.005).ratio is own
    assert inform(own, fail_low=0.0, idle=IDLE, alpha=0.005).by_history


def test_a_trend_that_every_run_has_is_taken_out() -> None:
    found = inform(
        Bounds(1.10, 1.05, 1.15), fail_low=1.03, idle=[1.1 * r for r in IDLE], alpha=0.005
    )
    assert found.ratio.value == pytest.approx(1 / exp(float(np.log(IDLE).mean())))


def test_history_covers_a_next_idle_run() -> None:
    rng, held = np.random.default_rng(5), 0
    for _ in range(400):
        logs = rng.normal(0.02, 0.05, 11)
        found = inform(
            Bounds(exp(logs[10]), 0.1, 10.0),
            fail_low=0.1,
            idle=list(np.exp(logs[:10])),
            alpha=0.005,
        )
        held += found.ratio.low <= 1.0 <= (found.ratio.high or 0)
    assert 0.92 <= held / 400 <= 0.98


def test_a_ratio_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a ratio above zero"):
        inform(OWN, fail_low=0.9, idle=[0.0] * 5, alpha=0.005)
