from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis.histograms import LOG_EDGES, from_latencies, from_load, summarise, touched
from soakgate.model.buckets import COUNT, bucket, edges
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window
from tests.helpers.latencies import cells


def test_edges_are_logarithms_of_seconds() -> None:
    assert LOG_EDGES.size == COUNT + 1
    assert LOG_EDGES[546] == pytest.approx(log(edges(546)[0] / NS), abs=1e-15)


def test_a_summary_adds_up_cells_that_occur_twice() -> None:
    found = summarise(cells((0, 5, 2), (0, 5, 1), (3, 7, 4), length=5))
    assert found.requests == 7
    assert found.cumulative[5] == 0
    assert found.cumulative[6] == 3
    assert found.cumulative[-1] == 7
    assert found.per_second.tolist() == [3, 0, 0, 4, 0]


def test_a_bucket_is_split_by_the_share_that_lies_below() -> None:
    found = summarise(cells((0, 5, 4), (1, 5, 8), (1, 9, 1), (2, 4, 3), length=3))
    assert found.above(5, 0.25).tolist() == [3.0, 7.0, 0.0]
    assert found.above(5, 1.0).tolist() == [0.0, 1.0, 0.0]


def test_an_empty_table_has_zeros_of_the_right_length() -> None:
    found = summarise(cells(length=4))
    assert found.requests == 0
    assert found.per_second.dtype == found.above(3, 0.5).dtype == np.float64
    assert found.per_second.tolist() == [0.0] * 4


@pytest.mark.parametrize("row", [(4, 1, 1), (-1, 1, 1), (0, COUNT, 1), (0, -1, 1), (0, 1, -1)])
def test_cells_outside_are_refused(row: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="a cell lies outside"):
        summarise(cells(row, length=4))


def test_blind_seconds_are_left_out_and_the_others_numbered_anew() -> None:
    table = cells((0, 5, 1), (1, 5, 2), (2, 5, 3), (3, 5, 4), length=4).without([1, 1, 9, -1])
    assert (table.length, table.left_out, table.blind_share) == (3, 1, 0.25)
    assert summarise(table).per_second.tolist() == [1, 3, 4]


def test_a_part_counts_from_its_own_start() -> None:
    part = cells((0, 5, 1), (1, 5, 2), (2, 5, 3), length=4).part(1, 3)
    assert part.length == 2
    assert summarise(part).per_second.tolist() == [2, 3]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(-NS, 6 * NS), st.integers(0, 10**13)), max_size=40))
def test_requests_fall_where_the_collector_would_put_them(rows: list[tuple[int, int]]) -> None:
    at, latency = (np.array(c, np.int64) for c in (zip(*rows, strict=True) if rows else ((), ())))
    table = from_latencies(at, latency=latency, start=NS, length=4)
    expected = sorted((a // NS - 1, bucket(ns)) for a, ns in rows if NS <= a < 5 * NS)
    found = np.repeat(np.stack([table.seconds, table.buckets], 1), table.counts, axis=0)
    assert sorted(map(tuple, found.tolist())) == expected


def test_load_is_cut_to_the_whole_seconds_of_a_window_and_a_name() -> None:
    column = lambda *v: np.array(v, np.int64)  # noqa: E731
    rows = {"second": column(0, 1, 1, 2, 3), "name": column(0, 0, 1, 0, 0)}
    counted = ("started", "finished", "failed", "http_5xx", "void")
    load = LoadTable(
        origin=10 * NS,
        names=("buy", "look"),
        **rows,
        **{name: column(1, 1, 1, 1, 1) for name in counted},
        cell_row=column(0, 1, 2, 3, 4),
        cell_bucket=column(5, 6, 7, 8, 9),
        cell_count=column(1, 2, 3, 4, 5),
        users=column(1, 1, 1, 1),
        planned=np.ones(4),
        in_flight=column(0, 0, 0, 0),
        kinds={},
    )
    window = Window(10 * NS + NS // 2, 13 * NS)
    one = summarise(from_load(load, window=window, name="buy"))
    assert one.per_second.tolist() == [2, 4]
    everything = summarise(from_load(load, window=window))
    assert everything.per_second.tolist() == [5, 4]
    stall = Window(12 * NS + 5, 12 * NS + 7)
    seen = from_load(load, window=window, blind=[stall])
    assert (seen.length, seen.left_out) == (1, 1)
    assert summarise(seen).per_second.tolist() == [5]


def test_seconds_that_a_stretch_touches() -> None:
    stretches = [Window(-5 * NS, NS - 1), Window(3 * NS, 4 * NS), Window(NS // 2, NS // 2)]
    assert touched(stretches, start=0, length=10) == [0, 3, 4]
    assert touched([Window(8 * NS, 99 * NS)], start=NS, length=9) == [7, 8]
    assert touched([Window(-9, -3), Window(50 * NS, 51 * NS)], start=0, length=9) == []
