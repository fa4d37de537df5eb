from dataclasses import replace

import numpy as np
import pytest

from soakgate.analysis.binomial import clopper_pearson
from soakgate.analysis.episodes import Episode, join_distance
from soakgate.analysis.outages import analyse
from soakgate.model.times import MS, Window
from tests.helpers.probing import pattern


def episodes_of(text: str, *, period: float = 0.1) -> list[Episode]:
    return list(analyse(pattern(text, period=period)).episodes)


@pytest.mark.parametrize(
    ("good", "period", "episodes"),
    [
        (13, 0.1, 1),  # first bad 1.4 s after the last bad
        (14, 0.1, 2),  # 1.5 s
        (13, 1.0, 1),  # 14 periods
        (14, 1.0, 2),  # 15 periods
        (73, 0.02, 1),  # 1.48 s at 50 Hz
        (74, 0.02, 2),
    ],
)
def test_rows_closer_than_1500_ms_and_15_periods_are_one(
    good: int, period: float, episodes: int
) -> None:
    assert len(episodes_of(".x" + "." * good + "x.", period=period)) == episodes


def test_join_distance() -> None:
    assert join_distance(20 * MS) == join_distance(100 * MS) == 1_500 * MS
    assert join_distance(1_000 * MS) == 15_000 * MS


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        (".x.x.", False),  # two rows
        (".x.x.x.", True),
        (".xxx.xxx.xxx.", True),
        (".xxxx.xxxx.xxxx.", False),  # the median row has 4 probes, 0.4 s
        (".x.xxxxxxxx.xxx.", True),  # the median, not the longest, decides
        (".x.xxxxxxxx.xxxx.", False),
    ],
)
def test_partial_are_three_rows_of_mostly_few_probes(text: str, partial: bool) -> None:
    (episode,) = episodes_of(text)
    assert episode.partial is partial


def test_partial_at_a_low_rate_are_rows_of_3_probes_however_long() -> None:
    (three,) = episodes_of(".xxx.xxx.xxx.", period=1.0)
    (four,) = episodes_of(".xxxx.xxxx.xxxx.", period=1.0)
    assert (three.partial, four.partial) == (True, False)


def test_partial_are_also_rows_of_at_most_300_ms_at_a_high_rate() -> None:
    flapping = ".".join(["." * 8 + "x" * 14] * 4) + "."
    (episode,) = episodes_of(flapping, period=0.02)
    assert episode.partial
    (longer,) = episodes_of(flapping.replace("x", "xx"), period=0.02)
    assert not longer.partial


def test_the_share_counts_usable_probes_from_the_first_to_the_last_bad_one() -> None:
    (episode,) = episodes_of("....x..x.vx....")
    assert (episode.k, episode.m, episode.rows) == (3, 6, 3)
    assert episode.share.value == 0.5
    assert episode.share.low == pytest.approx(clopper_pearson(3, 12)[0])
    assert episode.share.high == pytest.approx(clopper_pearson(3, 6)[1])


def test_a_partial_episode_loses_its_share_of_the_time() -> None:
    (episode,) = episodes_of("." + "x.." * 20 + ".")
    low, high = clopper_pearson(20, 64)[0], clopper_pearson(20, 58)[1]
    assert episode.lost.value == pytest.approx(2.0)
    assert episode.lost.low == pytest.approx(low * 58 * 0.1)
    assert episode.lost.high == pytest.approx(high * (58 + 9) * 0.1)


def test_a_single_row_has_the_row_s_length() -> None:
    found = analyse(pattern("...xxxxxx..."))
    (episode,) = found.episodes
    assert episode.length == episode.lost == found.rows[0].seconds
    assert episode.share.value == 1.0


def test_the_length_reaches_beyond_the_bad_probes_by_their_distance() -> None:
    (episode,) = episodes_of("." * 40 + "x.." * 20 + "." * 40)
    assert episode.length.low == pytest.approx(5.7)
    reach = np.log(80) / -np.log(1 - 19 / 58) * 0.1
    assert episode.length.high == pytest.approx(5.7 + 2 * reach)


def test_blind_time_is_no_part_of_what_was_seen() -> None:
    (episode,) = episodes_of(".x..x.x.vvvvv.x.x..x.")
    assert episode.length.low == pytest.approx(1.8 - 0.6)


def test_late_ticks_make_each_probe_stand_for_more() -> None:
    dense = pattern("." + "x.." * 20 + ".")
    window = Window(0, dense.window.end * 14 // 10)
    thin = replace(dense, intended=dense.intended * 14 // 10, window=window)  # never blind
    (usual,), (late,) = analyse(dense).episodes, analyse(thin).episodes
    assert late.lost.value == pytest.approx(1.4 * usual.lost.value)
    assert late.lost.low == usual.lost.low
    assert late.lost.high is not None
    assert usual.lost.high is not None
    assert late.lost.high == pytest.approx(1.4 * usual.lost.high)


def test_an_open_episode_has_no_upper_bound() -> None:
    (episode,) = episodes_of("...x.x.x")
    assert episode.end is episode.lost.high is episode.length.high is None


def test_rows_without_a_probe_of_their_own_are_no_episode() -> None:
    window = Window(320 * MS, 900 * MS)
    found = analyse(pattern("..xx......"), window=window)
    assert (len(found.rows), len(found.episodes)) == (1, 0)


def test_indices_lead_to_the_rows() -> None:
    found = analyse(pattern(".x.x" + "." * 30 + "x.xx.x" + "." * 30 + "xx..", period=0.1))
    ranges = [(e.first, e.stop, e.k) for e in found.episodes]
    assert ranges == [(0, 2, 2), (2, 5, 4), (5, 6, 2)]
