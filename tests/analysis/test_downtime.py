import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from soakgate.analysis.downtime import UNSEEN, worst
from soakgate.analysis.outages import analyse
from soakgate.model.bounds import Bounds
from tests.helpers.probing import pattern, probe

PERIOD = 0.097  # 10 Hz on new connections
FLOOR = UNSEEN * PERIOD


def high(bounds: Bounds) -> float:
    assert bounds.high is not None
    return bounds.high


def test_a_healthy_run_may_have_missed_3_69_periods() -> None:
    found = analyse(probe(60, period=PERIOD)).downtime
    assert (found.value, found.low) == (0, 0)
    assert high(found) == pytest.approx(3.689 * PERIOD, abs=1e-4)


def test_one_second_can_pass_from_3_6_hz_on() -> None:
    assert high(analyse(probe(60, period=0.97 / 3.6)).downtime) <= 1
    assert high(analyse(probe(60, period=0.97 / 3.5)).downtime) > 1


@given(st.floats(0.0, 0.0969))
@settings(max_examples=60)
def test_at_10_hz_0_45_s_pass_a_limit_of_1_s_and_1_2_s_fail_it(phase: float) -> None:
    short = analyse(probe(60, down=[(20, 20.447)], period=PERIOD, phase=phase)).downtime
    assert high(short) <= 1
    long = analyse(probe(60, down=[(20, 21.2)], period=PERIOD, phase=phase)).downtime
    assert long.low > 1


def test_whole_outages_add_up() -> None:
    found = analyse(probe(60, down=[(10, 12), (30, 33)])).downtime
    assert found.value == pytest.approx(5.0)
    assert found.low == pytest.approx(1.9 + 2.9)
    assert high(found) == pytest.approx(2.1 + 3.1 + UNSEEN * 0.1)


def test_blind_time_outside_rows_is_added_and_inside_is_not() -> None:
    outside = analyse(probe(60, void=[(10, 11.95)])).downtime
    assert high(outside) == pytest.approx(2.1 + UNSEEN * 0.1)
    inside = analyse(probe(60, down=[(9, 13)], void=[(10, 11.95)])).downtime
    assert high(inside) == pytest.approx(4.1 + UNSEEN * 0.1)
    assert inside.low == pytest.approx(3.9 - 2.1)


def test_blind_time_inside_a_partial_episode_is_added() -> None:
    seen = analyse(probe(60, down=[(10, 40)], every=3)).downtime
    blind = analyse(probe(60, down=[(10, 40)], every=3, void=[(20, 21.95)])).downtime
    assert high(blind) > high(seen) + 1.0
    assert blind.low < seen.low


def test_a_partial_failure_loses_its_share() -> None:
    found = analyse(probe(120, down=[(20, 50)], every=3)).downtime
    assert found.value == pytest.approx(10.0)
    assert 7.5 < found.low < 10 < high(found) < 13


def test_partial_episodes_err_independently() -> None:
    one = analyse(probe(300, down=[(20, 50)], every=3)).downtime
    four = analyse(probe(300, down=[(20, 50), (80, 110), (140, 170), (200, 230)], every=3)).downtime
    assert four.value == pytest.approx(4 * one.value, rel=0.01)
    assert four.value - four.low == pytest.approx(2 * (one.value - one.low), rel=0.05)


def test_many_blips_are_bounded_by_the_share_of_probes() -> None:
    blips = [(10.0 * i + 0.013 * i, 10.0 * i + 0.013 * i + 0.03) for i in range(1, 61)]
    found = analyse(probe(650, down=blips, period=PERIOD))
    assert 10 <= len(found.rows) < 60
    by_rows = len(found.rows) * 2 * PERIOD + FLOOR
    assert 1.8 < high(found.downtime) < 0.85 * by_rows


def test_a_few_blips_are_not() -> None:
    blips = [(10.0 * i, 10.0 * i + 0.08) for i in range(1, 6)]
    found = analyse(probe(100, down=blips))
    assert high(found.downtime) == pytest.approx(len(found.rows) * 0.2 + UNSEEN * 0.1)


def test_downtime_is_never_more_than_the_window() -> None:
    found = analyse(pattern("xxxx.")).downtime
    assert high(found) == 0.4


def test_nothing_seen_is_unbounded() -> None:
    for probes in (pattern("vvvv"), probe(60, skipped=[(0, 61)])):
        assert analyse(probes).downtime.high is None
        assert analyse(probes).longest.high is None


def test_the_worst_series_is_taken_bound_by_bound() -> None:
    one, other = Bounds(2.0, 1.0, 5.0), Bounds(3.0, 0.5, 4.0)
    assert worst([one, other]) == Bounds(3.0, 1.0, 5.0)
    assert worst([one, Bounds(1.0, 1.5, None)]) == Bounds(2.0, 1.5, None)
    assert worst([]) is None


@given(st.text(".xxxx", min_size=2, max_size=80), st.data())
@settings(max_examples=100)
def test_a_good_probe_in_place_of_a_bad_one_never_adds_to_the_rows(
    text: str, data: st.DataObject
) -> None:
    bad = [i for i, mark in enumerate(text) if mark == "x"]
    assume(bad)
    index = data.draw(st.sampled_from(bad))
    better = text[:index] + "." + text[index + 1 :]
    before, after = analyse(pattern(text)).rows, analyse(pattern(better)).rows
    assert after.low.sum() <= before.low.sum()
    assert after.value.sum() <= before.value.sum()


@given(st.text(".xv_", min_size=2, max_size=150))
@settings(max_examples=200)
def test_bounds_are_in_order(text: str) -> None:
    found = analyse(pattern(text))
    for bounds in (found.downtime, found.longest):
        assert 0 <= bounds.low <= bounds.value
        assert bounds.high is None or bounds.value <= bounds.high
