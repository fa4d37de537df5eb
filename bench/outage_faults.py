"""Faults with known truth, and a prober that meets them, for coverage_outages.py.

A fault is what the service did; the prober knows nothing of it. Times are seconds here, and int ns
where they enter the arithmetic.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from soakgate.analysis import intervals
from soakgate.analysis.outages import Probes
from soakgate.model.times import NS, Window

ANSWER = 4.0  # answer limit: a probe into a black hole is in flight for so long
Rng = np.random.Generator
Pairs = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One simulated run: when all requests fail, when a share does, when we stood still."""

    length: float
    down: Pairs = ()
    partial: tuple[tuple[float, float, float], ...] = ()  # from, to, share that fails
    stalls: Pairs = ()
    hole: bool = False  # requests hang instead of failing at once
    longest: float | None = None  # truth of the longest outage; None: not defined for it
    lost: float = field(default=0.0)  # truth of the downtime


def whole(length: float, down: Pairs, *, stalls: Pairs = (), hole: bool = False) -> Case:
    """Make a case of outages in which every request fails."""
    sizes = [b - a for a, b in down]
    top = max(sizes, default=0.0)
    return Case(length, down, stalls=stalls, hole=hole, longest=top, lost=float(sum(sizes)))


def share(length: float, begin: float, seconds: float, part: float) -> Case:
    """Make a case in which a share of the requests fails at random."""
    truth = seconds if part > 0.2 else None  # at 20 % it may count or not
    spans = ((begin, begin + seconds, part),)
    return Case(length, partial=spans, longest=truth, lost=part * seconds)


def _inside(moments: np.ndarray, spans: Pairs) -> np.ndarray:
    hit = np.zeros(moments.size, bool)
    for a, b in spans:
        hit |= (moments >= a) & (moments < b)
    return hit


def probe(case: Case, rng: Rng, *, rate: float, ratio: float = 0.97) -> Probes:
    """Probe a case at a fixed period with a random phase, as the prober does."""
    period = ratio / rate
    phase = rng.uniform(0, min(period, 1.0))
    moments = np.arange(phase, case.length, period)
    moments = moments[~_inside(moments, case.stalls)]  # ticks of a stall are skipped
    bad = _inside(moments, case.down)
    void = np.zeros(moments.size, bool)
    if case.hole:
        for begin, _ in case.stalls:
            void |= bad & (moments < begin) & (moments >= begin - ANSWER)
    for a, b, part in case.partial:
        bad |= (moments >= a) & (moments < b) & (rng.random(moments.size) < part)
    ticks = (moments * NS).astype(np.int64)
    stalls = [Window(int(a * NS), int(b * NS)) for a, b in case.stalls if b - a > 0.25]
    return Probes(
        intended=ticks[~void],
        bad=bad[~void],
        voids=ticks[void],
        period=int(period * NS),
        window=Window(0, int(case.length * NS)),
        stalls=intervals.of(stalls),
    )


def _spread(rng: Rng, count: int, *, every: float, low: float, high: float) -> Pairs:
    sizes = rng.uniform(low, high, count)
    begins = 1 + np.arange(count) * every + rng.uniform(0, 1, count) * (every - sizes - 0.1)
    return tuple((float(b), float(b + s)) for b, s in zip(begins, sizes, strict=True))


def one(rng: Rng) -> Case:
    """One outage of 0.05 to 10 s."""
    return whole(60, _spread(rng, 1, every=50, low=0.05, high=10))


def nodes(rng: Rng) -> Case:
    """Five nodes, 0.1 to 3 s each."""
    return whole(120, _spread(rng, 5, every=20, low=0.1, high=3))


def blip(rng: Rng) -> Case:
    """One blip shorter than most periods."""
    return whole(60, _spread(rng, 1, every=50, low=0.005, high=0.1))


def blips(rng: Rng) -> Case:
    """Sixty blips of 30 ms, one each 10 s."""
    return whole(620, _spread(rng, 60, every=10, low=0.03, high=0.03001))


def crowded_blips(rng: Rng) -> Case:
    """Sixty blips of 30 ms, one each second."""
    return whole(80, _spread(rng, 60, every=1, low=0.03, high=0.03001))


def steady_blips(rng: Rng) -> Case:
    """Sixty blips of 30 ms, one each 10 s by the clock."""
    begin = rng.uniform(0, 9)
    down = tuple((begin + 10 * i, begin + 10 * i + 0.03) for i in range(60))
    return whole(620, down)


def flapping(rng: Rng) -> Case:
    """0.25 s down, 0.15 s up, for 10 s."""
    begin = rng.uniform(1, 40)
    down = tuple((begin + 0.4 * i, begin + 0.4 * i + 0.25) for i in range(25))
    case = whole(60, down)
    return Case(60, down, lost=case.lost)


def slow_flapping(rng: Rng) -> Case:
    """1 s down, 3 s up, for a minute: outages that follow each other closely."""
    begin = rng.uniform(1, 40)
    return whole(120, tuple((begin + 4 * i, begin + 4 * i + 1) for i in range(15)))


def some_of(part: float, seconds: float) -> Callable[[Rng], Case]:
    """A share of the requests fails for some time."""
    return lambda rng: share(120, float(rng.uniform(1, 118 - seconds)), seconds, part)


def twice_some(rng: Rng) -> Case:
    """One backend of three gone for 10 s, twice, and a whole outage of 2 s between."""
    begin = rng.uniform(1, 10)
    spans = ((begin, begin + 10, 1 / 3), (begin + 60, begin + 70, 1 / 3))
    down = ((begin + 40, begin + 42),)
    return Case(120, down, partial=spans, longest=10.0, lost=2 + 20 / 3)


def away(rng: Rng) -> Case:
    """Suspended for 2 s, nothing happened."""
    begin = rng.uniform(1, 50)
    return whole(60, (), stalls=((begin, begin + 2),))


def hidden(rng: Rng) -> Case:
    """Down exactly while suspended for 2 s."""
    begin = rng.uniform(1, 50)
    return whole(60, ((begin, begin + 2),), stalls=((begin, begin + 2),))


def came_back(rng: Rng) -> Case:
    """0.3 s down, 3.9 s blind in which it was up, 0.3 s down."""
    begin = rng.uniform(1, 50)
    down = ((begin, begin + 0.3), (begin + 4.2, begin + 4.5))
    return whole(60, down, stalls=((begin + 0.3, begin + 4.2),))


def stayed_down(rng: Rng) -> Case:
    """4.5 s down, blind for 3.9 s of them."""
    begin = rng.uniform(1, 50)
    return whole(60, ((begin, begin + 4.5),), stalls=((begin + 0.3, begin + 4.2),))


def hole(rng: Rng) -> Case:
    """Black hole of 3 s, suspended for 2 s inside: what was in flight is void."""
    begin = rng.uniform(5, 50)
    stall = begin + rng.uniform(0.1, 0.9)
    return whole(60, ((begin, begin + 3),), stalls=((stall, stall + 2),), hole=True)


def stutter(rng: Rng) -> Case:
    """Stopped for 235 of each 247 ms for 6 of 10 s, down 3 s of them."""
    begin = rng.uniform(5, 40)
    stalls = tuple((begin + 0.247 * i, begin + 0.247 * i + 0.235) for i in range(24))
    late = begin + rng.uniform(0, 3)
    return whole(60, ((late, late + 3),), stalls=stalls)


def unseen_stutter(rng: Rng) -> Case:
    """The same, and down only while stopped: nothing of it can be seen."""
    begin = rng.uniform(5, 40)
    stalls = tuple((begin + 0.247 * i, begin + 0.247 * i + 0.235) for i in range(24))
    return whole(60, stalls, stalls=stalls)


def partial_blind(rng: Rng) -> Case:
    """One backend of three gone for 30 s, suspended for 3 s inside."""
    begin = float(rng.uniform(1, 80))
    stall = begin + rng.uniform(1, 26)
    base = share(120, begin, 30, 1 / 3)
    return Case(
        120, partial=base.partial, stalls=((stall, stall + 3),), longest=30.0, lost=base.lost
    )


FAULTS: dict[str, Callable[[Rng], Case]] = {
    "one outage, 0.05 to 10 s": one,
    "five outages, 0.1 to 3 s": nodes,
    "one blip, 5 to 100 ms": blip,
    "60 blips of 30 ms, each 10 s": blips,
    "the same by the clock": steady_blips,
    "60 blips of 30 ms, each 1 s": crowded_blips,
    "flapping 0.25 / 0.15 s, 10 s": flapping,
    "flapping 1 / 3 s, 60 s": slow_flapping,
    "share 0.20, 30 s": some_of(0.20, 30),
    "share 0.25, 30 s": some_of(0.25, 30),
    "share 0.33, 30 s": some_of(1 / 3, 30),
    "share 0.33, 3 s": some_of(1 / 3, 3),
    "share 0.50, 30 s": some_of(0.5, 30),
    "share 0.50, 5 s": some_of(0.5, 5),
    "share 0.80, 30 s": some_of(0.8, 30),
    "share 0.90, 30 s": some_of(0.9, 30),
    "share 0.02, 100 s": some_of(0.02, 100),
    "two of share 0.33, one whole": twice_some,
    "suspended 2 s, healthy": away,
    "suspended 2 s, down meanwhile": hidden,
    "down, blind 3.9 s (up), down": came_back,
    "down, blind 3.9 s, down": stayed_down,
    "suspended inside a black hole": hole,
    "stutter, down 3 s": stutter,
    "stutter, down when stopped": unseen_stutter,
    "share 0.33, suspended inside": partial_blind,
}
