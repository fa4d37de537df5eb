"""Rules that once gave wrong verdicts, and what holds whatever the probes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis.outages import Probes, analyse, of_series
from soakgate.model.bounds import Bounds
from soakgate.model.evidence import Series
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import MS, NS, Window
from tests.helpers.probing import inside, pattern, probe


def verdict(bounds: Bounds, limit: float) -> str:
    if bounds.high is not None and bounds.high <= limit:
        return "PASS"
    return "FAIL" if bounds.low > limit else "INCONCLUSIVE"


def some(length: float, down: tuple[float, float], share: float, *, rate: float) -> Probes:
    """Let a share of the probes fail, by a sequence that is even without being periodic."""
    probes = probe(length, period=0.97 / rate)
    chance = np.arange(probes.intended.size) * 0.6180339887498949 % 1
    hit = inside(probes.intended, [down]) & (chance < share)
    return Probes(probes.intended, hit, probes.voids, probes.period, probes.window)


@pytest.mark.parametrize("rate", [10, 50])
@pytest.mark.parametrize("share", [0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 0.97, 1.0])
def test_a_partial_failure_never_gets_better_as_it_gets_worse(share: float, rate: float) -> None:
    found = analyse(some(120, (20, 50), share, rate=rate)).longest
    assert verdict(found, 5.0) == "FAIL"


@pytest.mark.parametrize("rate", [5, 10])
def test_exactly_a_fifth_is_in_doubt(rate: float) -> None:
    found = analyse(some(120, (20, 50), 0.2, rate=rate)).longest
    assert verdict(found, 5.0) == "INCONCLUSIVE"


def test_one_backend_of_three_does_not_pass_at_1_hz() -> None:
    found = analyse(some(120, (20, 50), 1 / 3, rate=1))
    assert len(found.episodes) == 1
    assert verdict(found.longest, 5.0) == "INCONCLUSIVE"


def test_down_blind_down_does_not_fail() -> None:
    probes = probe(60, down=[(20, 20.3), (24.2, 24.5)], skipped=[(20.3, 24.2)])
    found = analyse(probes)
    assert verdict(found.downtime, 1.0) == verdict(found.longest, 1.0) == "INCONCLUSIVE"


def test_a_suspension_inside_a_black_hole_leaves_the_truth_inside() -> None:
    # Down 20 to 23; stopped 20.5 to 22.5; what was in flight is void, up to the answer limit.
    probes = probe(
        60, down=[(20, 23)], void=[(20, 20.5)], skipped=[(20.5, 22.5)], stalls=[(20.5, 22.5)]
    )
    found = analyse(probes)
    for bounds in (found.downtime, found.longest):
        assert bounds.high is not None
        assert bounds.low <= 3.0 <= bounds.high


def test_stuttering_for_six_seconds_does_not_pass() -> None:
    pauses = [(20 + 0.247 * i, 20 + 0.247 * i + 0.235) for i in range(24)]
    found = analyse(probe(60, skipped=pauses, period=0.097))
    assert found.blind.total > 3 * NS
    assert verdict(found.downtime, 1.0) == "INCONCLUSIVE"


def test_a_target_that_never_answers_is_one_open_outage_from_the_start() -> None:
    found = analyse(probe(30, down=[(0, 31)], phase=0.05))
    assert len(found.rows) == 1
    assert verdict(found.downtime, 1.0) == "FAIL"
    assert found.downtime.low == pytest.approx(29.9)


def test_sixty_blips_are_not_missed() -> None:
    blips = [(10.0 * i, 10.0 * i + 0.03) for i in range(1, 61)]
    found = analyse(probe(620, down=blips, period=0.097))
    assert found.downtime.high is not None
    assert found.downtime.low <= 1.8 <= found.downtime.high


def test_a_phase_is_judged_by_what_happened_in_it() -> None:
    probes = probe(60, down=[(10, 12), (30, 35), (50, 51)])
    part = analyse(probes, window=Window(20 * NS, 34 * NS))
    assert [row.seconds.value for row in part.rows] == pytest.approx([4.0])
    assert part.longest.low == pytest.approx(4.0)  # cut at the edge: surely down up to it
    assert part.usable == 141


def test_recorded_samples_are_split_into_usable_and_void() -> None:
    codes = [OUTCOMES.index(o) for o in (Outcome.SERVED, Outcome.VOID, Outcome.RESET)]
    ticks = np.arange(3, dtype=np.int64) * 100 * MS
    series = Series(
        "shop", "new", 100 * MS, ticks, ticks, ticks, ticks,
        np.array(codes, np.int8), np.zeros(3, np.int16),
    )  # fmt: skip
    stalls = [Window(90 * MS, 110 * MS), Window(105 * MS, 150 * MS)]
    probes = of_series(series, window=Window(0, NS), stalls=stalls)
    assert probes.intended.tolist() == [0, 200 * MS]
    assert probes.bad.tolist() == [False, True]
    assert probes.voids.tolist() == [100 * MS]
    assert list(probes.stalls) == [Window(90 * MS, 150 * MS)]


@given(st.text(".xv_", min_size=2, max_size=80), st.integers(-(10**15), 10**15))
@settings(max_examples=100)
def test_time_has_no_origin(text: str, shift: int) -> None:
    here = pattern(text)
    there = Probes(
        here.intended + shift,
        here.bad,
        here.voids + shift,
        here.period,
        Window(here.window.start + shift, here.window.end + shift),
    )
    one, other = analyse(here), analyse(there)
    assert (one.downtime, one.longest) == (other.downtime, other.longest)
    assert one.blind.total == other.blind.total


@given(
    st.lists(st.tuples(st.floats(0.05, 4), st.floats(2.5, 8)), min_size=1, max_size=5),
    st.floats(0, 0.09),
    st.sampled_from([0.0194, 0.097, 0.194]),
)
@settings(max_examples=100)
def test_the_truth_of_whole_outages_lies_inside(
    parts: list[tuple[float, float]], phase: float, period: float
) -> None:
    down, at = [], 1.0
    for length, pause in parts:
        down.append((at, at + length))
        at += length + pause
    found = analyse(probe(at + 1, down=down, phase=phase, period=period))
    total, top = sum(n for n, _ in parts), max(n for n, _ in parts)
    assert found.downtime.high is not None
    assert found.longest.high is not None
    assert found.downtime.low - 1e-6 <= total <= found.downtime.high + 1e-6
    assert found.longest.low - 1e-6 <= top <= found.longest.high + 1e-6


@pytest.mark.parametrize("step", [2, 17])
def test_a_million_samples_are_no_work(step: int) -> None:
    """Anything quadratic would not end: half of a million probes are rows of their own."""
    ticks = np.arange(1_000_000, dtype=np.int64) * 97 * MS
    bad = np.zeros(ticks.size, bool)
    bad[1::step] = True
    window = Window(0, int(ticks[-1]))
    found = analyse(Probes(ticks, bad, ticks[:0], 97 * MS, window))
    assert len(found.rows) == bad.sum()
    assert found.episodes.k.sum() == bad.sum()
