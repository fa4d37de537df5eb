import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis import intervals, rows
from soakgate.analysis.outages import analyse
from soakgate.analysis.rows import Row
from soakgate.model.bounds import Bounds
from soakgate.model.times import MS, NS, Window
from tests.helpers.probing import pattern, probe


def rows_of(text: str, window: Window | None = None) -> list[Row]:
    return list(analyse(pattern(text), window=window).rows)


def test_a_row_reaches_from_first_bad_to_first_good() -> None:
    (row,) = rows_of("...xxxx...")
    assert (row.first_bad, row.last_bad, row.count) == (300 * MS, 600 * MS, 4)
    assert (row.good_before, row.good_after, row.end) == (200 * MS, 700 * MS, 700 * MS)
    assert row.seconds == Bounds(0.4, 0.3, 0.5)
    assert not row.open


def test_rows_are_never_merged() -> None:
    assert [r.count for r in rows_of(".xx.x.xxx.")] == [2, 1, 3]
    assert [(r.start, r.stop) for r in rows_of(".xx.x.xxx.")] == [(1, 3), (4, 5), (6, 9)]


def test_one_bad_probe_may_be_a_blip_of_no_length() -> None:
    (row,) = rows_of("..x..")
    assert row.seconds == Bounds(0.1, 0.0, 0.2)


def test_no_bad_probe_no_row() -> None:
    assert rows_of(".....") == []


def test_down_at_the_start_reaches_the_run_s_start() -> None:
    found = analyse(probe(5, down=[(0, 1)], phase=0.07))
    (row,) = found.rows
    assert row.good_before is None
    assert row.first_bad == 70 * MS
    assert row.high == 1_070 * MS  # from the run's start to the first good probe
    assert row.seconds.high is not None


def test_open_at_the_end_has_no_upper_bound() -> None:
    found = analyse(probe(5, down=[(4, 6)], phase=0.07))
    (row,) = found.rows
    assert row.open
    assert row.end is row.good_after is row.seconds.high is None
    assert row.seconds.value == pytest.approx(4.97 + 0.03 - 4.07)  # a period, cut at the end
    assert found.downtime.high is found.longest.high is None
    assert found.downtime.low == pytest.approx(0.9)


def test_a_dead_prober_leaves_the_row_open() -> None:
    found = analyse(probe(10, down=[(4, 6)], skipped=[(5, 11)]))
    (row,) = found.rows
    assert row.open
    assert row.seconds.value == pytest.approx(1.0)  # the last probe and one period, not ten
    assert found.downtime.high is None


def test_our_own_blind_time_is_taken_off_the_lower_bound() -> None:
    (row,) = rows_of("..xxvvvvxx..")
    assert row.low == 200 * MS  # 0.7 s less the 0.5 s between the usable ones
    assert row.high == 900 * MS


def test_rows_know_their_bounds_before_they_are_cut() -> None:
    probes = pattern("..xxvvvvxx..")
    blind = intervals.of([Window(300 * MS, 800 * MS)])
    found = rows.find(
        probes.intended, probes.bad, period=probes.period, window=probes.window, blind=blind
    )
    assert (found[0].low, found[0].value, found[0].high) == (200 * MS, 800 * MS, 900 * MS)


def test_a_window_cuts_rows_at_its_edges() -> None:
    (row,) = rows_of("..xxxxxx..", window=Window(350 * MS, 550 * MS))
    assert row.seconds == Bounds(0.2, 0.2, 0.2)
    assert row.count == 2
    assert row.good_before is row.good_after is None
    assert not row.open
    assert row.end == 550 * MS


def test_a_window_between_the_last_bad_and_the_first_good_probe_may_hold_downtime() -> None:
    found = analyse(pattern("..xx...."), window=Window(320 * MS, 600 * MS))
    (row,) = found.rows
    assert row.count == 0
    assert row.seconds == Bounds(0.08, 0.0, 0.08)


def test_only_a_window_that_reaches_the_end_holds_an_open_row() -> None:
    probes = pattern("....xxxx")
    early = analyse(probes, window=Window(0, 600 * MS))
    late = analyse(probes, window=Window(300 * MS, 700 * MS))
    assert not early.rows.ends_open
    assert early.downtime.high is not None
    assert late.rows.ends_open
    assert late.downtime.high is None


@given(st.text(".xv_", min_size=4, max_size=60))
@settings(max_examples=150)
def test_bounds_are_in_order_and_rows_apart(text: str) -> None:
    found = rows_of(text)
    for row in found:
        assert 0 <= row.low <= row.value <= row.high
    for left, right in itertools.pairwise(found):
        assert left.end is not None
        assert left.end <= right.first_bad


@given(st.text(".xv", min_size=4, max_size=60), st.integers(1, 5_000))
@settings(max_examples=150)
def test_parts_of_a_window_add_up(text: str, cut: int) -> None:
    probes = pattern(text)
    middle = min(cut * MS, probes.window.end - 1)
    parts = [Window(0, middle), Window(middle, probes.window.end)]
    whole = analyse(probes).rows
    cuts = [analyse(probes, window=part).rows for part in parts]
    for column in ("low", "value", "high"):
        pieces = [int(getattr(cut, column).sum()) for cut in cuts]
        assert sum(pieces) == pytest.approx(int(getattr(whole, column).sum()), abs=1)


@given(st.floats(0.01, 20), st.floats(0, 5), st.floats(0, 0.0999), st.floats(0.02, 1))
@settings(max_examples=150)
def test_the_truth_lies_inside(length: float, begin: float, phase: float, period: float) -> None:
    down = [(1 + begin, 1 + begin + length)]
    found = analyse(probe(30, down=down, phase=phase, period=period))
    for row in found.rows:
        high = row.seconds.high
        assert high is not None
        assert row.seconds.low - 1 / NS <= length <= high + 1 / NS
    for bounds in (found.downtime, found.longest):
        assert bounds.high is not None
        assert bounds.low - 1 / NS <= length
        assert length <= bounds.high + 1 / NS or not len(found.rows)
