from math import cos, exp, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from soakgate.analysis.histograms import LOG_EDGES, SecondTable, summarise
from soakgate.analysis.process import estimate, process_bounds, student
from soakgate.analysis.quantiles import log_quantile
from tests.helpers.latencies import cells, service


def by_the_book(table: SecondTable, p: float, *, t: float = 2.1448) -> tuple[float, float, float]:
    """Do the published steps in plain loops: (low, value, high) in log seconds."""
    counts = np.zeros(LOG_EDGES.size)
    rows = list(zip(table.seconds, table.buckets, table.counts, strict=True))
    for _, bucket, count in rows:
        counts[bucket + 1] += count
    cumulative = np.cumsum(counts)
    total, length = cumulative[-1], table.length
    number = int(np.searchsorted(cumulative, p * total)) - 1
    share = (p * total - cumulative[number]) / counts[number + 1]
    above, requests = [0.0] * length, [0.0] * length
    for second, bucket, count in rows:
        requests[second] += count
        part = 1 - share if bucket == number else float(bucket > number)
        above[second] += count * part
    weights = [
        sqrt(2 / length)
        * sum((above[s] - (1 - p) * requests[s]) * cos(pi * j * (s + 0.5) / length)
              for s in range(length))
        for j in range(1, 9)
    ]  # fmt: skip
    slow = length * sum(w * w for w in weights) / 8 / total**2
    w = min(0.9 * (1 - p), max(0.3 * (1 - p), 1.5 * sqrt(p * (1 - p) / total) + 0.002))
    slope = 2 * w / (log_quantile(cumulative, p + w) - log_quantile(cumulative, p - w))
    floor = (0.03 * slope) ** 2 * (200 / length) * (1 - (1 - exp(-length / 100)) * 100 / length)
    sums = [sum(above[k : k + 60]) for k in range(0, length, 60)]
    clusters = sum(sums) ** 2 / sum(e * e for e in sums)
    few = stats.t.ppf(0.975, max(1.0, clusters - 1)) / 1.96
    spread = sqrt(slow + floor) * t / 1.96 * few
    size = p * (1 - p) / spread**2
    middle = (p + 1.96**2 / 2 / size) / (1 + 1.96**2 / size)
    half = 1.96 * sqrt(p * (1 - p) / size + (1.96 / 2 / size) ** 2) / (1 + 1.96**2 / size)
    read = [log_quantile(cumulative, x) for x in (middle - half, p, middle + half)]
    return read[0], read[1], read[2]


@pytest.mark.parametrize("p", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("drift", [0.0, 0.12])
def test_bounds_are_those_of_the_published_steps(p: float, drift: float) -> None:
    table = service(3, length=600, drift=drift)
    found = process_bounds(summarise(table), p=p)
    low, value, high = by_the_book(table, p)
    assert found is not None
    assert found.high is not None
    assert log(found.low) == pytest.approx(low, abs=2e-4)
    assert log(found.value) == pytest.approx(value, abs=1e-9)
    assert log(found.high) == pytest.approx(high, abs=2e-4)


def test_quantiles_of_student() -> None:
    assert student(0.025) == pytest.approx(2.145, abs=5e-4)
    assert student(0.005) == pytest.approx(2.977, abs=5e-4)
    assert student(0.025, 3) == pytest.approx(stats.t.ppf(0.975, 3))


def minutes(slow: list[int]) -> SecondTable:
    """Make a service at 20/s with that many slow requests in the first second of each minute."""
    rows = [(s, 400 + s % 7, 20) for s in range(60 * len(slow))]
    rows += [(60 * m, 700, count) for m, count in enumerate(slow) if count]
    return cells(*rows, length=60 * len(slow))


@pytest.mark.parametrize(
    ("slow", "clusters", "factor"),
    [
        ([0, 0, 600, 0, 0], 1.0, 6.5),
        ([300, 0, 300, 0, 0], 2.0, 6.5),
        ([150, 150, 150, 150, 0], 4.0, 1.62),
        ([120] * 5, 5.0, 1.42),
        ([100] * 8, 8.0, 1.21),
        ([100] * 15, 15.0, 1.09),
        ([100] * 30, 30.0, 1.04),
    ],
)
def test_few_episodes_widen_the_bounds(slow: list[int], clusters: float, factor: float) -> None:
    table = minutes(slow)
    p = 1 - sum(slow) / summarise(table).requests
    found = estimate(summarise(table), p=p)
    assert found is not None
    assert found.clusters == pytest.approx(clusters, rel=1e-6)
    assert found.widening == pytest.approx(factor, abs=0.02)


def test_a_single_minute_still_has_two_blocks() -> None:
    rows = [(s, 400 + 100 * (s >= 10), 10) for s in range(60)]
    found = estimate(summarise(cells(*rows, length=60)), p=0.5)
    assert found is not None
    assert 1.0 < found.clusters <= 2.0


def test_a_window_as_a_fact_knows_no_episodes() -> None:
    table = summarise(minutes([0, 0, 600, 0, 0]))
    process, fact = estimate(table, p=0.95), estimate(table, p=0.95, window=True)
    assert process is not None
    assert fact is not None
    assert fact.widening == 1.0
    assert fact.error == pytest.approx(sqrt(0.95 * 0.05 / table.requests))
    assert fact.error < process.error / 3


def test_no_request_has_no_estimate() -> None:
    assert estimate(summarise(cells(length=300)), p=0.5) is None
    assert estimate(summarise(cells(length=0)), p=0.5) is None
    assert process_bounds(summarise(cells(length=300)), p=0.5) is None


def test_answers_of_equal_length_are_bounded_by_the_assumed_drift() -> None:
    """All answers in one bucket: a drift of 3 % lies outside the histogram, but not of reach."""
    seen = process_bounds(
        summarise(cells(*((s, 540, 50) for s in range(1800)), length=1800)), p=0.99
    )
    assert seen is not None
    assert seen.high is not None
    assert 1.015 < seen.high / seen.value < 1.05


def test_too_few_requests_are_not_bounded() -> None:
    seen = process_bounds(summarise(service(1, length=300, rate=0.2)), p=0.99)
    assert seen is not None
    assert seen.high is None


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(60, 400), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_stricter_bounds_are_wider_and_hold_the_value(seed: int, length: int, p: float) -> None:
    found = estimate(summarise(service(seed, length=length, rate=5, drift=0.06)), p=p)
    assert found is not None
    usual, strict = found.reach(), found.reach(0.005)
    assert strict.low <= usual.low <= found.log
    assert usual.high is None or found.log <= usual.high
    if usual.high is not None and strict.high is not None:
        assert usual.high <= strict.high + 1e-12


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.95, 0.99]))
def test_order_of_cells_and_direction_of_time_do_not_matter(seed: int, p: float) -> None:
    table = service(seed, length=300, rate=10, drift=0.1)
    back = SecondTable(
        table.length - 1 - table.seconds[::-1], table.buckets[::-1], table.counts[::-1], 300
    )
    first, second = process_bounds(summarise(table), p=p), process_bounds(summarise(back), p=p)
    assert first is not None
    assert second is not None
    assert (first.low, first.value) == pytest.approx((second.low, second.value))
    assert (first.high or 0) == pytest.approx(second.high or 0)
