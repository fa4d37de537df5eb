import numpy as np
import pytest

from soakgate.analysis import blind, intervals
from soakgate.analysis.blind import Blind
from soakgate.analysis.outages import Probes
from soakgate.model.times import MS, NS, Window
from tests.helpers.probing import pattern, probe


def blindness(probes: Probes) -> Blind:
    return blind.find(
        probes.intended,
        period=probes.period,
        window=probes.window,
        voids=probes.voids,
        stalls=probes.stalls,
    )


def spans(found: intervals.Stretches) -> list[tuple[float, float]]:
    return [(w.start / NS, w.end / NS) for w in found]


def test_a_steady_prober_is_never_blind() -> None:
    assert blindness(probe(10, phase=0.05)).total == 0


def test_blind_from_the_last_usable_probe_to_the_first_usable_one() -> None:
    found = blindness(pattern("...vvv___..."))
    assert spans(found.stretches) == spans(found.spaces) == [(0.2, 0.9)]


def test_a_stall_blinds_the_whole_space_that_it_touches() -> None:
    found = blindness(probe(5, stalls=[(1.22, 1.27)]))
    assert spans(found.stretches) == [(1.2, 1.3)]


def test_two_spaces_of_one_stall_are_parted_by_the_probe_between() -> None:
    found = blindness(probe(5, stalls=[(1.25, 1.35)]))
    assert spans(found.spaces) == [(1.2, 1.3), (1.3, 1.4)]
    assert found.total == 200 * MS


def test_a_wide_space_is_blind_beyond_one_and_a_half_periods() -> None:
    found = blindness(pattern("..___..."))
    assert found.total == 250 * MS
    assert spans(found.stretches) == [(0.175, 0.425)]
    assert spans(found.spaces) == [(0.1, 0.5)]


def test_one_and_a_half_periods_are_normal() -> None:
    ticks = np.array([0, 100, 250, 350], np.int64) * MS
    window = Window(0, 350 * MS)
    none = np.empty(0, np.int64)
    found = blind.find(ticks, period=100 * MS, window=window, voids=none, stalls=intervals.NONE)
    assert found.total == 0


def test_late_start_and_early_end_are_blind_at_the_edges() -> None:
    found = blindness(probe(10, skipped=[(0, 2.0), (7.05, 11)]))
    assert spans(found.stretches) == [(0.0, 1.85), (7.15, 10.0)]


def test_a_void_probe_at_the_edge_blinds_up_to_the_edge() -> None:
    found = blindness(pattern("vv....vv"))
    assert spans(found.stretches) == [(0.0, 0.2), (0.5, 0.7)]


def test_without_a_usable_probe_everything_is_blind() -> None:
    assert spans(blindness(pattern("vvvvv")).stretches) == [(0.0, 0.4)]
    assert spans(blindness(probe(10, skipped=[(0, 11)])).stretches) == [(0.0, 10.0)]


def test_probes_outside_the_run_do_not_count() -> None:
    ticks = np.array([-100, 0, 100, 200, 300, 400], np.int64) * MS
    none = np.empty(0, np.int64)
    window = Window(0, 300 * MS)
    found = blind.find(ticks, period=100 * MS, window=window, voids=none, stalls=intervals.NONE)
    assert found.total == 0


@pytest.mark.parametrize(
    ("text", "period", "listed"),
    [
        ("...__...", 0.1, 0),  # 200 ms late
        ("...___...", 0.1, 1),  # 300 ms late
        ("...__...", 1.0, 0),  # two periods late
        ("...___...", 1.0, 1),
        ("..v..", 0.1, 0),
        ("..vvvvv..", 0.1, 1),
    ],
)
def test_gaps_list_lateness_over_250_ms_and_two_periods(
    text: str, period: float, listed: int
) -> None:
    probes = pattern(text, period=period)
    assert len(blind.late(blindness(probes), period=probes.period)) == listed


def test_small_lateness_is_blind_all_the_same() -> None:
    assert blindness(pattern("...__...")).total == 150 * MS


def test_silence_of_the_heart_is_a_gap_but_for_what_has_samples() -> None:
    beats = np.array([0, 1, 2, 6, 7, 8, 10], np.int64) * NS
    window = Window(0, 10 * NS)
    nothing = blind.silent(beats, window=window, sampled=intervals.NONE)
    assert spans(nothing) == [(2, 6)]
    half = blind.silent(beats, window=window, sampled=intervals.of([Window(3 * NS, 6 * NS)]))
    assert spans(half) == [(2, 3)]


def test_a_heart_that_stops_or_never_beat_is_silent_to_the_edge() -> None:
    window = Window(0, 10 * NS)
    none = np.empty(0, np.int64)
    assert spans(blind.silent(none, window=window, sampled=intervals.NONE)) == [(0, 10)]
    early = np.array([1, 2], np.int64) * NS
    assert spans(blind.silent(early, window=window, sampled=intervals.NONE)) == [(2, 10)]


def test_gaps_of_all_series_are_merged_and_cut_at_the_run() -> None:
    one = intervals.of([Window(-5, 5), Window(20, 30)])
    other = intervals.of([Window(25, 40), Window(90, 200)])
    found = blind.gaps([one, other], window=Window(0, 100))
    assert list(found) == [Window(0, 5), Window(20, 40), Window(90, 100)]
    assert len(blind.gaps([], window=Window(0, 100))) == 0


def test_clipping_keeps_the_part_inside() -> None:
    found = blindness(pattern("..vvvvvv..")).clip(Window(300 * MS, 500 * MS))
    assert spans(found.stretches) == spans(found.spaces) == [(0.3, 0.5)]
