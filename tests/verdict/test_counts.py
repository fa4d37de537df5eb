from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.model.load import LoadTable
from soakgate.verdict.counts import Counts, of_load, of_probes
from tests.helpers.recorded import load, probes, window


def count(table: LoadTable, start: float, end: float, *, only_5xx: bool = False) -> Counts:
    return of_load(table, window(start, end), only_5xx=only_5xx)


def test_whole_seconds_are_counted_exactly() -> None:
    table = load(30, failed={4: 3, 12: 2, 20: 1})
    assert count(table, 0, 30) == Counts(6, 6, 1500, 1500)
    assert count(table, 10, 20) == Counts(2, 2, 500, 500)


def test_a_failure_in_a_second_at_the_edge_may_be_inside() -> None:
    table = load(30, failed={9: 1, 20: 4})
    found = count(table, 9.5, 20.5)
    assert (found.failed, found.possible) == (0, 5)
    assert found.requests == 600
    assert found.least == 505


def test_its_own_row_settles_where_a_failure_was() -> None:
    table = load(30, failed={9: 2, 20: 2}, listed=(9.2, 9.7, 20.1))
    found = count(table, 9.5, 20.5)
    assert found.failed == 2  # at 9.7 and at 20.1
    assert found.possible == 3  # the one of second 20 without a row, too


def test_listed_failures_inside_do_not_count_twice() -> None:
    table = load(30, failed={12: 2}, listed=(12.1, 12.2))
    assert count(table, 10, 20) == Counts(2, 2, 500, 500)


def test_only_statuses_of_the_server_are_5xx() -> None:
    assert count(load(30, failed={4: 3}, status=503), 0, 30, only_5xx=True).failed == 3
    assert count(load(30, failed={4: 3}, status=404), 0, 30, only_5xx=True).failed == 0
    edge = load(30, failed={9: 2}, status=503, listed=(9.2, 9.7))
    found = count(edge, 9.5, 20, only_5xx=True)
    assert (found.failed, found.possible) == (1, 1)
    other = replace(edge, failures=tuple(replace(f, status=404) for f in edge.failures))
    found = count(other, 9.5, 20, only_5xx=True)
    assert (found.failed, found.possible) == (0, 2)


def test_in_flight_beyond_the_answer_limit_has_failed() -> None:
    table = load(30, in_flight={10: 4, 28: 5})
    found = count(table, 0, 30)
    assert found.failed == 4
    assert found.possible == 9  # those of second 28 may still be answered
    five = count(table, 0, 30, only_5xx=True)
    assert (five.failed, five.possible) == (0, 5)


def test_what_a_lost_worker_left_in_flight_is_unknown() -> None:
    table = load(30, in_flight={10: 4}, lost=[(12, None)])
    found = count(table, 0, 30)
    assert (found.failed, found.possible) == (0, 4)
    back = load(30, in_flight={20: 4}, lost=[(5, 8)])
    assert count(back, 0, 30).failed == 4


def test_void_requests_are_neither_good_nor_bad() -> None:
    found = count(load(30, void={3: 20}), 0, 30)
    assert found == Counts(0, 0, 1480, 1480)


def test_a_window_without_load_has_no_requests() -> None:
    assert count(load(30), 60, 90).requests == 0
    assert count(load(30), 5.2, 5.4).least == 0


def test_probes_are_summed_over_connections() -> None:
    series = [
        probes(length=30, down=[(3, 5)], status=503),
        probes(connection="reused", length=30, down=[(3, 4)], void=[(10, 12)]),
    ]
    found = of_probes(series, only_5xx=False)
    assert found.failed == found.possible == int(sum(s.bad.sum() for s in series))
    assert found.requests == int(sum((~s.void).sum() for s in series))
    assert of_probes(series, only_5xx=True).failed == int(series[0].bad.sum())


@settings(max_examples=60)
@given(
    failed=st.dictionaries(st.integers(0, 19), st.integers(0, 5)),
    flying=st.dictionaries(st.integers(0, 19), st.integers(0, 5)),
    edges=st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
)
def test_ranges_hold_what_surely_lies_inside(
    failed: dict[int, int], flying: dict[int, int], edges: tuple[int, int]
) -> None:
    start, end = min(edges) / 1000, max(edges) / 1000
    table = load(20, rate=20, failed=failed, in_flight=flying)
    found = count(table, start, end)
    whole = [k for k in range(20) if k >= start and k + 1 <= end]
    touched = [k for k in range(20) if k < end and k + 1 > start]
    assert found.failed >= sum(failed.get(k, 0) for k in whole)
    assert found.possible >= sum(failed.get(k, 0) + flying.get(k, 0) for k in touched)
    assert found.failed <= found.possible
    assert found.least <= found.requests
    if found.requests:
        bounds = found.bounds
        assert bounds.high is not None
        assert 0 <= bounds.low <= bounds.value <= bounds.high <= 1


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    # beta.ppf(0.975, 1, 36887) and the same of three in a thousand, from tables
    assert Counts(0, 0, 36_887, 36_887).bounds.high == pytest.approx(1e-4, rel=1e-4)
    found = Counts(3, 3, 1000, 1000).bounds
    assert (found.low, found.high) == (
        pytest.approx(0.00061895, rel=1e-3),
        pytest.approx(0.0087415, rel=1e-3),
    )
    assert np.isclose(found.value, 0.003)


@pytest.mark.parametrize(("second", "failed"), [(24, 1), (25, 0)])
def test_a_request_that_was_about_to_end_is_not_yet_a_failure(second: int, failed: int) -> None:
    assert count(load(30, in_flight={second: 1}), 0, 30).failed == failed
