import pytest

from soakgate.analysis.outages import analyse
from soakgate.model.bounds import Bounds
from tests.helpers.probing import Pairs, pattern, probe


def longest(length: float = 120, **facts: object) -> Bounds:
    return analyse(probe(length, **facts)).longest  # type: ignore[arg-type]


def high(bounds: Bounds) -> float:
    assert bounds.high is not None
    return bounds.high


def test_a_healthy_run_may_have_missed_one_period() -> None:
    assert longest() == Bounds(0.0, 0.0, 0.1)


def test_the_longest_row_counts() -> None:
    found = longest(down=[(10, 12), (30, 33), (50, 51)])
    assert (found.value, found.low, high(found)) == pytest.approx((3.0, 2.9, 3.1))


def test_the_longest_blind_space_counts_in_the_upper_bound() -> None:
    found = longest(void=[(10, 11.95), (30, 30.5)])
    assert (found.value, found.low) == (0, 0)
    assert high(found) == pytest.approx(2.1)


def test_a_space_between_late_probes_may_hold_an_outage_as_long_as_itself() -> None:
    assert high(longest(skipped=[(10, 10.95)])) == pytest.approx(1.1)


def test_blind_spaces_parted_by_a_good_probe_do_not_add_up() -> None:
    assert high(longest(void=[(10, 10.45), (10.55, 10.95)])) == pytest.approx(0.6)


@pytest.mark.parametrize("every", [2, 3])
def test_a_share_of_failures_for_30_s_is_one_outage_of_30_s(every: int) -> None:
    found = longest(down=[(20, 50)], every=every)
    assert high(found) > 29
    assert found.value > 29
    assert found.low > 29


@pytest.mark.parametrize("every", [4, 5])  # of 300 probes 25 % may be 20 %
def test_a_share_on_the_edge_is_in_doubt(every: int) -> None:
    found = longest(down=[(20, 50)], every=every)
    assert found.low == 0
    assert high(found) > 29


def test_a_small_share_counts_by_its_rows() -> None:
    found = longest(down=[(20, 80)], every=10)
    assert high(found) == pytest.approx(0.2)


def test_two_rows_may_be_one_outage_but_need_not() -> None:
    found = longest(down=[(20, 21), (21.3, 22.3)])
    assert found.low == pytest.approx(0.9)
    assert high(found) >= 2.4


def test_two_long_rows_are_surely_two() -> None:
    found = longest(down=[(20, 23), (23.2, 26.2)])
    assert found.low == pytest.approx(2.9)
    assert high(found) >= 6.2


def test_a_share_under_a_fifth_may_be_a_fifth() -> None:
    found = longest(down=[(20, 50)], every=6)
    assert found.low == 0
    assert high(found) > 29


def test_few_failures_of_many_probes_are_surely_no_long_outage() -> None:
    found = longest(down=[(20, 20.02), (21.3, 21.32)], period=0.02)
    assert high(found) == pytest.approx(0.04)


def test_short_episodes_count_by_their_rows() -> None:
    found = longest(down=[(20, 20.3), (20.4, 20.7), (20.8, 21.1)], period=0.02)
    assert found.low < 0.3


def flaps(count: int, *, down: float, up: float) -> Pairs:
    return [(20 + i * (down + up), 20 + i * (down + up) + down) for i in range(count)]


def test_long_rows_need_half_of_the_probes_to_make_an_outage() -> None:
    half = longest(down=flaps(6, down=0.6, up=0.9), period=0.1)
    assert half.low < 0.7  # share 0.4, rows of 0.6 s
    most = longest(down=flaps(6, down=1.2, up=0.3), period=0.1)
    assert most.low > 8


def test_short_rows_need_a_fifth() -> None:
    assert longest(down=flaps(25, down=0.25, up=0.15), period=0.02).low > 9


def test_a_chance_run_of_good_probes_does_not_hide_a_partial_failure() -> None:
    first, second = [(20 + 0.4 * i, 20.05 + 0.4 * i) for i in range(25)], 20 + 0.4 * 25 + 1.6
    again = [(second + 0.4 * i, second + 0.05 + 0.4 * i) for i in range(25)]
    found = analyse(probe(120, down=[*first, *again]))
    assert len(found.episodes) == 2
    assert high(found.longest) > 21


def test_whole_outages_apart_are_not_taken_for_a_partial_failure() -> None:
    found = longest(down=flaps(15, down=1.0, up=3.0))
    assert high(found) == pytest.approx(1.1)


def test_blind_time_does_not_part_a_partial_failure() -> None:
    found = longest(down=[(20, 50)], every=3, void=[(33, 36.95)])
    assert high(found) > 29


def test_an_outage_may_have_ended_and_begun_again_while_we_were_blind() -> None:
    found = longest(down=[(20, 25)], void=[(20.35, 24.25)])
    assert found.low < 0.9  # the longer piece
    assert high(found) == pytest.approx(5.1)


def test_a_short_blind_moment_does_not_part_an_outage() -> None:
    found = longest(down=[(20, 30)], void=[(24.95, 25.35)])
    assert found.low == pytest.approx(9.9 - 0.5)


def test_never_longer_than_the_window() -> None:
    assert high(analyse(pattern("xx.x.x.xxx.xx.x.x.x.")).longest) <= 1.9
