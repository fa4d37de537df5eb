import pytest
from scipy import stats

from soakgate.analysis.binomial import (
    clopper_pearson,
    poisson_upper,
    shares_high,
    shares_low,
    trials_that_fail,
    trials_that_pass,
)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 36_887)])
def test_bounds_are_those_of_an_independent_implementation(k: int, n: int) -> None:
    exact = stats.binomtest(k, n).proportion_ci(method="exact")
    assert clopper_pearson(k, n) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_bounds_leave_two_and_a_half_percent_on_each_side() -> None:
    low, high = clopper_pearson(7, 50)
    assert stats.binom.sf(6, 50, low) == pytest.approx(0.025)
    assert stats.binom.cdf(7, 50, high) == pytest.approx(0.025)


def test_nothing_seen_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= k <= n"):
        clopper_pearson(k, n)


def test_many_shares_at_once_are_the_same() -> None:
    k, n = [0, 2, 9], [9, 9, 9]
    each = [clopper_pearson(a, b) for a, b in zip(k, n, strict=True)]
    assert shares_low(k, n).tolist() == pytest.approx([low for low, _ in each])
    assert shares_high(k, n).tolist() == pytest.approx([high for _, high in each])


def test_no_event_may_hide_three_point_six_nine() -> None:
    assert poisson_upper(0) == pytest.approx(3.6889, abs=1e-4)
    assert poisson_upper(2) == pytest.approx(stats.chi2.ppf(0.975, 6) / 2)


@pytest.mark.parametrize(
    ("k", "trials"), [(0, 36_887), (1, 55_715), (2, 72_245), (3, 87_670), (5, 116_680)]
)
def test_requests_that_show_a_hundredth_of_a_percent(k: int, trials: int) -> None:
    assert trials_that_pass(k, limit=0.0001) == pytest.approx(trials, abs=5)
    needed = trials_that_pass(k, limit=0.0001)
    assert clopper_pearson(k, needed)[1] <= 0.0001 < clopper_pearson(k, needed - 1)[1]


@pytest.mark.parametrize(("k", "trials"), [(1, 253), (2, 2_422), (3, 6_187), (5, 16_236)])
def test_requests_that_break_a_hundredth_of_a_percent(k: int, trials: int) -> None:
    assert trials_that_fail(k, limit=0.0001) == pytest.approx(trials, abs=1)


def test_no_failure_never_breaks_a_limit() -> None:
    assert trials_that_fail(0, limit=0.1) == 0
    assert trials_that_fail(1, limit=0.5) == 0


@pytest.mark.parametrize("limit", [0.0, 1.0, -1.0])
def test_limits_that_cannot_be_are_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        trials_that_pass(0, limit=limit)
    with pytest.raises(ValueError, match="between 0 and 1"):
        trials_that_fail(1, limit=limit)
