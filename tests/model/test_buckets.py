from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soakgate.model.buckets import COUNT, EDGES, bucket, edges


@given(st.integers(min_value=EDGES[0], max_value=EDGES[-1] - 1))
def test_a_latency_lies_between_the_edges_of_its_bucket(ns: int) -> None:
    low, high = edges(bucket(ns))
    assert low <= ns < high


@given(st.integers(0, COUNT - 1))
def test_a_bucket_holds_its_own_edges(number: int) -> None:
    low, high = edges(number)
    assert bucket(low) == bucket(high - 1) == number
    assert 1.0189 < high / low <= 1.0211


def test_buckets_reach_from_a_microsecond_to_a_thousand_seconds() -> None:
    assert edges(0) == (1_000, 1_020)
    assert edges(COUNT - 1)[0] < 1_000_000_000_000 <= edges(COUNT - 1)[1]
    assert COUNT == 1047


@pytest.mark.parametrize(("ns", "number"), [(-5, 0), (0, 0), (999, 0), (10**15, COUNT - 1)])
def test_what_lies_outside_is_clamped(ns: int, number: int) -> None:
    assert bucket(ns) == number


@pytest.mark.parametrize("number", [-1, COUNT])
def test_an_unknown_bucket_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"bucket {number} is not one of 0 to {COUNT - 1}"):
        edges(number)


def test_edges_ascend() -> None:
    assert list(EDGES) == sorted(set(EDGES))
    assert bisect_right(EDGES, 50_000_000) - 1 == bucket(50_000_000)
