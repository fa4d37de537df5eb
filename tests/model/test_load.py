"""Windows over a load table, by hand."""

import numpy as np

from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window

T0 = 7 * NS + 123


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def table(planned: list[float]) -> LoadTable:
    zero = ints(0, 0, 0)
    return LoadTable(
        T0, ("a", "b"), ints(0, 0, 2), ints(0, 1, 0), ints(5, 6, 7), ints(5, 6, 7), zero, zero,
        zero, ints(0, 1, 2, 2), ints(10, 20, 30, 40), ints(5, 6, 3, 4), ints(1, 1, 1),
        np.array(planned), ints(0, 0, 0), {},
    )  # fmt: skip


NAN = float("nan")


def test_only_whole_seconds_count():
    load = table([10, 10, 10])
    assert load.length == 3
    assert load.span(load.window) == (0, 3)
    assert load.span(Window(T0 + 1, T0 + 3 * NS)) == (1, 3)
    assert load.span(Window(T0, T0 + 3 * NS - 1)) == (0, 2)
    assert load.span(Window(0, 5)) == (0, 0)
    assert load.span(Window(T0 + NS // 2, T0 + NS)) == (1, 1)


def test_rows_and_cells():
    load = table([10, 10, 10])
    assert list(load.rows(load.window)) == [True, True, True]
    assert list(load.rows(load.window, "b")) == [False, True, False]
    assert not load.rows(load.window, "other").any()
    second, bucket, count = load.cells(load.rows(load.window, "a"))
    assert (list(second), list(bucket), list(count)) == ([0, 2, 2], [10, 30, 40], [5, 3, 4])


def test_the_plan_goes_on_where_the_record_ends():
    load = table([10, 20, 30])
    assert load.planned_in(load.window) == 60
    assert load.planned_in(Window(T0 + NS, T0 + 5 * NS)) == 110
    assert load.planned_in(Window(T0 + 4 * NS, T0 + 6 * NS)) == 60
    assert load.planned_in(Window(T0, T0 + NS - 1)) is None
    assert table([NAN, NAN, NAN]).planned_in(load.window) is None
    assert table([10, NAN, 30]).planned_in(load.window) == 40
