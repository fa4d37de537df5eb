from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.model.times import MS, NS
from soakgate.observe.probe.schedule import Schedule

T0 = 1_000 * NS
PERIOD = 97 * MS


def one(period: int = PERIOD, phase: int = 0) -> Schedule:
    schedule = Schedule([period], phases=[phase])
    schedule.start(T0)
    return schedule


def test_nothing_is_due_before_the_start() -> None:
    schedule = Schedule([PERIOD], phases=[0])
    assert schedule.next_due() is None
    assert schedule.due(T0) == []
    assert not schedule.over(T0)


def test_the_grid_begins_at_the_phase_and_never_drifts() -> None:
    schedule = one(phase=5 * MS)
    sent = []
    for _ in range(1000):
        due = schedule.next_due()
        assert due is not None
        sent += schedule.due(due + 3 * MS)  # late each time, which must not add up
    assert [at for _, at in sent] == [T0 + 5 * MS + k * PERIOD for k in range(1000)]
    assert schedule.skipped == 0


def test_a_tick_is_never_sent_early() -> None:
    assert one().due(T0 - 1) == []


def test_only_the_newest_of_several_missed_ticks_is_sent() -> None:
    schedule = one()
    assert schedule.due(T0 + 3 * PERIOD + 1) == [(0, T0 + 3 * PERIOD)]
    assert schedule.skipped == 3
    assert schedule.next_due() == T0 + 4 * PERIOD


def test_a_tick_over_250_ms_late_is_skipped_whatever_the_period() -> None:
    schedule = one(period=10 * NS)
    assert schedule.due(T0 + 250 * MS + 1) == []
    assert schedule.skipped == 1
    assert one(period=10 * NS).due(T0 + 250 * MS) == [(0, T0)]


def test_a_late_start_order_lays_the_same_grid() -> None:
    schedule = one()
    assert schedule.due(T0 + 10 * PERIOD) == [(0, T0 + 10 * PERIOD)]


def test_a_second_start_changes_nothing() -> None:
    schedule = one()
    schedule.due(T0)
    schedule.start(T0 - NS)
    assert schedule.next_due() == T0 + PERIOD


def test_the_last_intended_start_may_be_the_stop_itself() -> None:
    schedule = one()
    schedule.stop(T0 + PERIOD)
    assert schedule.due(T0) == [(0, T0)]
    assert schedule.due(T0 + PERIOD) == [(0, T0 + PERIOD)]
    assert schedule.next_due() is None
    assert schedule.over(T0 + PERIOD)
    assert schedule.due(T0 + 9 * PERIOD) == []
    assert schedule.skipped == 0


def test_it_is_not_over_before_the_stop() -> None:
    schedule = one(period=10 * NS)
    schedule.stop(T0 + NS)
    schedule.due(T0)
    assert not schedule.over(T0 + NS - 1)
    assert schedule.over(T0 + NS)


def test_a_stop_in_the_past_ends_at_once() -> None:
    schedule = one()
    schedule.due(T0)
    schedule.stop(T0 - NS)
    assert schedule.due(T0 + PERIOD) == []
    assert schedule.over(T0 + PERIOD)


def test_an_earlier_stop_replaces_a_later_one_and_not_the_other_way() -> None:
    schedule = one()
    schedule.stop(T0 + 10 * PERIOD)
    schedule.stop(T0)
    schedule.stop(T0 + 20 * PERIOD)
    schedule.due(T0)
    assert schedule.next_due() is None


def test_waking_after_the_stop_counts_what_was_missed_before_it() -> None:
    schedule = one()
    schedule.stop(T0 + 3 * PERIOD)
    assert schedule.due(T0 + 10 * PERIOD) == []
    assert schedule.skipped == 4


def test_series_are_served_in_the_order_of_their_times() -> None:
    schedule = Schedule([NS, NS, NS], phases=[30, 10, 20])
    schedule.start(T0)
    assert [series for series, _ in schedule.due(T0 + 100)] == [1, 2, 0]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(1, 3 * NS), st.integers(0, NS)), min_size=1, max_size=5),
    st.lists(st.integers(0, NS), min_size=1, max_size=40),
    st.integers(0, 10 * NS),
)
def test_each_tick_is_sent_once_or_skipped_and_each_sent_is_on_the_grid(
    series: list[tuple[int, int]], naps: list[int], stop: int
) -> None:
    series = [(max(period, MS), phase) for period, phase in series]
    schedule = Schedule([p for p, _ in series], phases=[f for _, f in series])
    schedule.start(T0)
    schedule.stop(T0 + stop)
    now, sent = T0, []
    for nap in naps:
        now += nap
        for number, at in schedule.due(now):
            assert 0 <= now - at <= min(series[number][0], 250 * MS)
            assert at <= T0 + stop
            assert (at - T0 - series[number][1]) % series[number][0] == 0
            sent.append((number, at))
    assert len(set(sent)) == len(sent)
    end = min(now, T0 + stop)
    ticks = sum(max(0, (end - T0 - phase) // period + 1) for period, phase in series)
    assert len(sent) + schedule.skipped == ticks
