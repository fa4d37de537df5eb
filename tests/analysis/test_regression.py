from math import exp, hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis.histograms import SecondTable, summarise
from soakgate.analysis.process import estimate
from soakgate.analysis.regression import Regression, fail_alpha, regress, steady
from soakgate.model.findings import Truth
from tests.helpers.latencies import cells, service

P95 = (0.95,)


def compare(before: SecondTable, after: SecondTable, **more: object) -> Regression:
    return regress(before, after, **{"quantiles": P95, **more})[0]  # type: ignore[arg-type]


def test_the_ratio_combines_both_sides_as_squares() -> None:
    before, after = service(1, length=600), service(2, length=1800, drift=0.06)
    one, two = (estimate(summarise(t), p=0.95) for t in (before, after))
    assert one is not None
    assert two is not None
    a, b, c = one.reach(), two.reach(), two.reach(0.005)
    assert a.high is not None
    assert b.high is not None
    middle = two.log - one.log
    found = compare(before, after).ratio
    assert found is not None
    assert found.value == pytest.approx(exp(middle))
    assert found.low == pytest.approx(exp(middle - hypot(two.log - b.low, a.high - one.log)))
    assert found.high == pytest.approx(exp(middle + hypot(b.high - two.log, one.log - a.low)))
    wide = one.reach(0.005).high
    assert wide is not None
    strict = exp(middle - hypot(two.log - c.low, wide - one.log))
    assert compare(before, after).fail_low == pytest.approx(strict)


def test_no_change_of_a_steady_service_passes_ten_percent() -> None:
    for found in regress(service(1, length=600), service(2, length=1800), quantiles=(0.5, 0.95)):
        assert found.reason == ""
        assert found.passes(1.10)
        assert not found.fails(1.0)


def test_half_as_slow_again_fails() -> None:
    found = compare(service(1, length=600), service(2, length=1800, median=0.075))
    assert found.fails(1.10)
    assert not found.passes(1.10)


@pytest.mark.parametrize("seed", range(0, 24, 2))
@pytest.mark.parametrize(("drift", "memory"), [(0.0, 20.0), (0.06, 20.0), (0.06, 180.0)])
def test_a_shift_of_a_thousandth_never_fails(seed: int, drift: float, memory: float) -> None:
    before = service(seed, length=600, rate=20, drift=drift, memory=memory)
    after = service(seed + 1, length=900, rate=20, median=0.05005, drift=drift, memory=memory)
    for found in regress(before, after, quantiles=(0.5, 0.95, 0.99)):
        assert not found.fails(1.10)


@pytest.mark.parametrize("times", [1.0, 1.1])
def test_ten_percent_at_p99_cannot_be_told_from_a_thousand_requests(times: float) -> None:
    before = service(1, length=600, rate=1000 / 600)
    after = service(2, length=600, rate=1000 / 600, median=0.05 * times)
    found = compare(before, after, quantiles=(0.99,))
    assert not found.passes(1.10)
    assert not found.fails(1.10)


def test_five_bad_minutes_of_sixty_are_a_fact_but_no_promise() -> None:
    before = service(1, length=1800)
    after = service(2, length=3600, bad=(1500, 1800), times=3.0)
    process = compare(before, after)
    fact = compare(before, after, truth=Truth.WINDOW)
    assert process.ratio is not None
    assert process.ratio.value == pytest.approx(1.47, abs=0.08)
    assert process.upgrade is not None
    assert 4 < process.upgrade.clusters < 10
    assert not process.passes(1.10)
    assert not process.fails(1.10)
    assert fact.fails(1.10)
    assert fact.truth is Truth.WINDOW


def test_fail_is_stricter_over_many_names() -> None:
    assert fail_alpha(1) == fail_alpha(5) == 0.005
    assert fail_alpha(50) == 0.0005
    before, after = service(1, length=600), service(2, length=1800, median=0.06)
    few, many = compare(before, after), compare(before, after, pairs=60)
    assert few.ratio == many.ratio
    assert many.fail_low < few.fail_low
    assert few.ratio is not None
    assert few.fail_low < few.ratio.low


def few_episodes() -> SecondTable:
    rows = [(s, 500 + s % 9, 20) for s in range(900)]
    rows += [(s, 700, 400) for s in (100, 400, 700)]
    return cells(*rows, length=900)


def gone_blind(seconds: int) -> SecondTable:
    return service(2, length=900).without(range(100, 100 + seconds))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (service(1, length=240), service(2, length=900), "baseline window is shorter than 5 min"),
        (service(1, length=600), service(2, length=297), "upgrade window is shorter than 5 min"),
        (cells(length=600), service(2, length=900), "no served request of this name in the basel"),
        (service(1, length=600), cells(length=900), "no served request of this name in the upgr"),
        (service(1, length=600), gone_blind(46), "5.1% of the upgrade window is blind"),
        (service(1, length=600), service(2, length=900, rate=56), "load is not comparable: 50/s"),
        (service(1, length=600), service(2, length=900, rate=44), "load is not comparable: 50/s"),
    ],
)
def test_what_cannot_be_bounded_is_said(
    before: SecondTable, after: SecondTable, reason: str
) -> None:
    found = compare(before, after)
    assert reason in found.reason
    assert not found.passes(100.0)
    assert not found.fails(0.01)


def test_three_episodes_bound_nothing() -> None:
    found = compare(service(1, length=600, rate=20), few_episodes(), load=(20, 20))
    assert found.reason == "the slow requests of the upgrade come from 3 episodes"
    assert found.ratio is not None
    fact = compare(
        service(1, length=600, rate=20), few_episodes(), load=(20, 20), truth=Truth.WINDOW
    )
    assert fact.reason == ""


def test_a_quantile_beyond_its_requests_is_not_bounded() -> None:
    before, after = service(1, length=600), service(2, length=600, rate=100 / 600)
    found = compare(before, after, quantiles=(0.99,), load=(50, 50), truth=Truth.WINDOW)
    assert found.reason == "the upgrade has too few or too scattered requests to bound p99"
    assert found.ratio is not None
    assert found.ratio.high is None
    assert found.ratio.low > 0


def test_an_unbounded_baseline_leaves_the_ratio_without_a_lower_bound() -> None:
    few = service(1, length=600, rate=0.1)
    found = compare(few, service(2, length=600, rate=0.1), quantiles=(0.99,))
    assert found.ratio is not None
    assert (found.ratio.low, found.fail_low) == (0.0, 0.0)
    assert found.reason


@pytest.mark.parametrize("length", [298, 300])
def test_five_minutes_less_their_edges_are_enough(length: int) -> None:
    found = compare(service(1, length=length), service(2, length=length))
    assert found.reason == ""


def test_blind_seconds_up_to_a_twentieth_are_left_out() -> None:
    found = compare(service(1, length=600), gone_blind(45))
    assert found.reason == ""
    assert found.upgrade is not None
    assert found.upgrade.length == 855


def test_the_load_of_all_names_counts_if_it_is_given() -> None:
    before, after = service(1, length=600, rate=10), service(2, length=900, rate=20)
    assert "not comparable" in compare(before, after).reason
    assert compare(before, after, load=(100.0, 109.0)).reason == ""
    assert "100/s in the baseline, 111/s" in compare(before, after, load=(100.0, 111.0)).reason


def test_a_baseline_that_steps_is_not_steady() -> None:
    stepping = service(1, length=1800, bad=(900, 1800), times=1.5)
    assert steady(stepping, quantiles=(0.5, 0.95)) == {0.5: False, 0.95: False}
    found = compare(stepping, service(2, length=1800))
    assert found.reason == "the baseline is not steady: its halves differ"
    assert steady(service(1, length=1800, drift=0.06), quantiles=P95) == {0.95: True}
    assert steady(cells(length=600), quantiles=P95) == {0.95: True}


def test_same_evidence_same_answer() -> None:
    before, after = service(1, length=600, drift=0.1), service(2, length=900)
    assert compare(before, after) == compare(before, after)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.5, 0.95, 0.99]))
def test_slower_answers_shift_the_bounds_with_them(seed: int, steps: int, p: float) -> None:
    before, after = service(seed, length=300, rate=20), service(seed + 1, length=300, rate=20)
    slower = SecondTable(after.seconds, after.buckets + steps, after.counts, after.length)
    one, two = (compare(before, t, quantiles=(p,)) for t in (after, slower))
    assert one.ratio is not None
    assert two.ratio is not None
    assert two.ratio.value / one.ratio.value == pytest.approx(1.02**steps, rel=1e-3)
    assert two.ratio.low == pytest.approx(one.ratio.low * 1.02**steps, rel=1e-3)
    assert (one.ratio.high is None) is (two.ratio.high is None)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(5, 30), st.sampled_from([0.5, 0.95, 0.99]))
def test_swapping_the_windows_inverts_the_ratio(seed: int, rate: int, p: float) -> None:
    first, second = (service(s, length=300, rate=rate, drift=0.06) for s in (seed, seed + 1))
    one = compare(first, second, quantiles=(p,)).ratio
    two = compare(second, first, quantiles=(p,)).ratio
    assert one is not None
    assert two is not None
    assert one.low <= one.value
    if one.high is not None and two.high is not None:
        assert one.value <= one.high
        assert (one.value * two.value, one.low * two.high) == pytest.approx((1.0, 1.0))
