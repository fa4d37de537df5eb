from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from soakgate.analysis.histograms import LOG_EDGES, summarise
from soakgate.analysis.quantiles import locate, log_quantile, quantile, window_bounds
from soakgate.model.buckets import COUNT
from tests.helpers.latencies import cells, service


def histogram(counts: dict[int, int]) -> np.ndarray:
    found = np.zeros(COUNT)
    for number, count in counts.items():
        found[number] = count
    return found


def test_a_quantile_is_linear_in_log_latency_inside_its_bucket() -> None:
    low, high = LOG_EDGES[100], LOG_EDGES[101]
    counts = histogram({100: 3, 200: 1})
    assert log(quantile(counts, 0.5)) == pytest.approx(low + 2 / 3 * (high - low), abs=1e-12)
    assert log(quantile(counts, 0.75)) == pytest.approx(high, abs=1e-12)
    assert log(quantile(counts, 0.875)) == pytest.approx(
        (LOG_EDGES[200] + LOG_EDGES[201]) / 2, abs=1e-12
    )


def test_the_ends_are_the_edges_of_what_was_seen() -> None:
    counts = histogram({100: 3, 200: 1})
    assert log(quantile(counts, 0.0)) == pytest.approx(LOG_EDGES[100])
    assert log(quantile(counts, 1.0)) == pytest.approx(LOG_EDGES[201])


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="no request, no quantile"):
        locate(np.zeros(COUNT + 1), 0.5)
    assert window_bounds(summarise(cells(length=10)), p=0.95) is None


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(0, COUNT - 1), st.integers(1, 500), min_size=1, max_size=12),
    st.floats(0, 1),
)
def test_the_share_below_a_quantile_is_its_p(counts: dict[int, int], p: float) -> None:
    cumulative = np.concatenate(([0.0], np.cumsum(histogram(counts))))
    point = locate(cumulative, p)
    below = cumulative[point.bucket] + point.share * counts[point.bucket]
    assert below == pytest.approx(p * cumulative[-1], abs=1e-6)
    assert log_quantile(cumulative, p) <= log_quantile(cumulative, min(1.0, p + 0.1)) + 1e-12


def test_window_bounds_are_clopper_pearson_on_the_scale_of_p() -> None:
    # A flat histogram is never steep: the bounds are read at the beta quantiles themselves.
    found = summarise(cells(*((0, 400 + i, 10) for i in range(100)), length=1))
    seen = window_bounds(found, p=0.95)
    low, high = stats.beta.ppf(0.025, 950, 51), stats.beta.ppf(0.975, 951, 50)
    step = LOG_EDGES[450] - LOG_EDGES[449]
    assert seen is not None
    assert seen.high is not None
    assert log(seen.value) == pytest.approx(LOG_EDGES[495], abs=1e-9)
    assert (log(seen.low) - LOG_EDGES[400]) / step == pytest.approx(100 * low, abs=0.01)
    assert (log(seen.high) - LOG_EDGES[400]) / step == pytest.approx(100 * high, abs=0.01)


def test_a_crowded_bucket_is_bounded_by_its_edges() -> None:
    seen = window_bounds(summarise(cells((0, 500, 10_000), length=1)), p=0.95)
    assert seen is not None
    assert (seen.low, seen.high) == (exp(LOG_EDGES[500]), exp(LOG_EDGES[501]))


@pytest.mark.parametrize(("requests", "bounded"), [(400, True), (399, False), (1, False)])
def test_four_requests_beyond_a_quantile_are_needed(requests: int, bounded: bool) -> None:
    seen = window_bounds(summarise(cells((0, 500, requests), length=1)), p=0.99)
    assert seen is not None
    assert (seen.high is not None) is bounded


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 3_000), st.sampled_from([0.5, 0.95, 0.99]))
def test_bounds_enclose_the_value(seed: int, requests: int, p: float) -> None:
    seen = window_bounds(summarise(service(seed, length=10, rate=requests / 10)), p=p)
    assert seen is not None or requests < 10
    if seen is not None:
        assert seen.low <= seen.value
        assert seen.high is None or seen.value <= seen.high


def test_a_stricter_lower_bound_lies_lower_and_leaves_the_upper() -> None:
    summary = summarise(service(3, length=60))
    usual, strict = (window_bounds(summary, p=0.95, below=b) for b in (0.025, 0.001))
    assert usual is not None
    assert strict is not None
    assert strict.low < usual.low
    assert (strict.value, strict.high) == (usual.value, usual.high)
