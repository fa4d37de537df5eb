import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis import intervals
from soakgate.model.times import Window

pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 15)), max_size=8)


def stretches(found: list[tuple[int, int]]) -> intervals.Stretches:
    return intervals.of(Window(a, a + n) for a, n in found)


def moments(found: intervals.Stretches) -> set[int]:
    """Name every unit of time in a set: what set arithmetic must agree with."""
    return {t for w in found for t in range(w.start, w.end)}


def test_touching_and_overlapping_windows_become_one() -> None:
    found = intervals.of([Window(5, 9), Window(1, 3), Window(3, 4), Window(8, 12)])
    assert list(found) == [Window(1, 4), Window(5, 12)]
    assert (found.total, found.longest, len(found)) == (10, 7, 2)


def test_an_empty_set_measures_nothing() -> None:
    assert intervals.NONE.total == intervals.NONE.longest == 0
    assert intervals.NONE.within(np.array([0]), np.array([9])).tolist() == [0]
    assert list(intervals.outside(intervals.NONE, Window(0, 9))) == [Window(0, 9)]


def test_reach_joins_what_is_near() -> None:
    starts, ends = np.array([0, 5, 20]), np.array([2, 8, 30])
    assert list(intervals.merge(starts, ends, reach=3)) == [Window(0, 8), Window(20, 30)]


@given(pairs, st.integers(0, 70), st.integers(0, 70))
@settings(max_examples=150)
def test_measure_counts_each_unit_once(found: list[tuple[int, int]], a: int, b: int) -> None:
    some = stretches(found)
    shared = some.within(np.array([a]), np.array([b]))[0]
    assert shared == len(moments(some) & set(range(a, b)))
    touched = intervals.touches(some, np.array([a]), np.array([b]))[0]
    assert touched == (shared > 0)


@given(pairs, pairs)
@settings(max_examples=150)
def test_common_and_outside_are_set_operations(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    a, b, window = stretches(one), stretches(other), Window(10, 50)
    whole = set(range(10, 50))
    assert moments(intervals.common(a, b)) == moments(a) & moments(b)
    assert moments(intervals.outside(a, window)) == whole - moments(a)
    assert moments(a.clip(window)) == moments(a) & whole
