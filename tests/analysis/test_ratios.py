import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from soakgate.analysis.ratios import (
    at_most,
    error_bounds,
    process_error_bounds,
    requests_needed,
    zero_verdict,
)
from soakgate.model.findings import Verdict

LIMIT = 1e-4


@pytest.mark.parametrize(
    ("failed", "requests"), [(0, 36_887), (1, 55_715), (2, 72_245), (3, 87_670), (5, 116_680)]
)
def test_requests_that_show_a_hundredth_of_a_percent(failed: int, requests: int) -> None:
    enough, short = error_bounds(failed, requests), error_bounds(failed, requests - 2)
    assert enough is not None
    assert short is not None
    assert enough.high is not None
    assert short.high is not None
    assert enough.high <= LIMIT < short.high


def test_the_one_sided_figure_does_not_pass() -> None:
    seen = error_bounds(0, 29_956)
    assert seen is not None
    assert seen.high is not None
    assert seen.high > LIMIT


@pytest.mark.parametrize(("failed", "requests"), [(1, 253), (2, 2_422), (3, 6_187), (5, 16_236)])
def test_requests_up_to_which_errors_fail(failed: int, requests: int) -> None:
    last, first = error_bounds(failed, requests), error_bounds(failed, requests + 1)
    assert last is not None
    assert first is not None
    assert last.low > LIMIT >= first.low


@settings(max_examples=60)
@given(st.integers(0, 300), st.integers(0, 10_000))
def test_bounds_are_those_of_the_beta_distribution(failed: int, good: int) -> None:
    seen = error_bounds(failed, failed + good)
    if failed + good == 0:
        assert seen is None
        return
    assert seen is not None
    low = stats.beta.ppf(0.025, failed, good + 1) if failed else 0.0
    high = stats.beta.ppf(0.975, failed + 1, good) if good else 1.0
    assert seen.low == pytest.approx(low, rel=1e-6)
    assert seen.high == pytest.approx(high, rel=1e-6)
    assert seen.low <= seen.value <= (seen.high or 0)


def test_a_bunch_divides_both_numbers() -> None:
    ten, one = error_bounds(10, 1_000, bunch=10), error_bounds(1, 100)
    assert ten is not None
    assert one is not None
    assert (ten.low, ten.high) == pytest.approx((one.low, one.high))


def test_part_of_a_bunch_only_lowers_the_lower_bound() -> None:
    seen, whole = error_bounds(1, 1_000, bunch=10), error_bounds(1, 1_000)
    assert seen is not None
    assert whole is not None
    assert 0 <= seen.low <= whole.low < seen.value


@pytest.mark.parametrize(("failed", "requests", "bunch"), [(2, 1, 1), (-1, 1, 1), (0, 1, 0.5)])
def test_impossible_counts_are_refused(failed: int, requests: int, bunch: float) -> None:
    with pytest.raises(ValueError, match="expected 0 <= failed <= requests"):
        error_bounds(failed, requests, bunch=bunch)


def test_needed_requests() -> None:
    assert requests_needed(0, 19_487, limit=LIMIT) == 17_400
    assert requests_needed(0, 36_887, limit=LIMIT) == 0
    assert requests_needed(2, 72_000, limit=LIMIT) == 245
    assert requests_needed(0, 0, limit=LIMIT) == 36_887


def test_too_many_errors_are_not_cured_by_more_requests() -> None:
    assert requests_needed(2, 10_000, limit=LIMIT) is None
    assert requests_needed(1, 10_001, limit=LIMIT) is not None


def test_a_limit_of_everything_needs_nothing() -> None:
    assert requests_needed(5, 5, limit=1.0) == 0


@pytest.mark.parametrize(
    ("failed", "requests", "verdict"),
    [
        (1, 1, Verdict.FAIL),
        (1, 10**6, Verdict.FAIL),
        (0, 3_000, Verdict.PASS),
        (0, 2_999, Verdict.INCONCLUSIVE),
        (0, 0, Verdict.INCONCLUSIVE),
    ],
)
def test_a_limit_of_zero(failed: int, requests: int, verdict: Verdict) -> None:
    assert zero_verdict(failed, requests) is verdict


def test_no_request_shows_nothing_whatever_was_asked_for() -> None:
    assert zero_verdict(0, 0, least=0) is Verdict.INCONCLUSIVE


def test_none_seen_still_allows_some() -> None:
    assert at_most(3_000) == pytest.approx(3.689 / 3_000, rel=1e-3)
    assert at_most(0) == at_most(1) == 1.0


def test_no_error_in_an_hour_may_hide_a_burst_of_two_seconds() -> None:
    seen = process_error_bounds(np.zeros(3_600), requests=np.full(3_600, 50.0))
    assert seen is not None
    assert (seen.value, seen.low) == (0.0, 0.0)
    assert seen.high == pytest.approx(3.6889 * 2 / 3_600, rel=1e-4)


def test_errors_in_one_burst_say_less_than_single_ones() -> None:
    burst, single, requests = np.zeros(3_600), np.zeros(3_600), np.full(3_600, 50.0)
    burst[100:110] = 20
    single[50::18] = 200 / single[50::18].size
    together = process_error_bounds(burst, requests=requests)
    apart = process_error_bounds(single, requests=requests)
    assert together is not None
    assert apart is not None
    assert together.value == pytest.approx(apart.value)
    assert together.low < apart.low
    assert (together.high or 0) > 2 * (apart.high or 1)


def test_equal_bursts_are_a_poisson_count() -> None:
    failed, requests = np.zeros(6_000), np.full(6_000, 10.0)
    failed[[500, 1500, 2500, 3500]] = 30
    seen = process_error_bounds(failed, requests=requests)
    assert seen is not None
    low, high = stats.chi2.ppf(0.025, 8) / 2, stats.chi2.ppf(0.975, 10) / 2
    assert seen.low == pytest.approx(low * 30 / 60_000)
    assert seen.high == pytest.approx(high * 30 / 60_000)


def test_no_request_has_no_ratio() -> None:
    assert process_error_bounds(np.zeros(5), requests=np.zeros(5)) is None
