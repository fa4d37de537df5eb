"""Services with a known truth: how their latency moves by second, for the coverage bench.

A process is a function of (rng, seconds, rate) that gives the requests of one window: start in
seconds, latency in seconds. Its windows are alike on the whole, so the ratio of two is 1 in truth.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

Floats = npt.NDArray[np.float64]
Requests = tuple[Floats, Floats]
Process = Callable[[np.random.Generator, int, float], Requests]

MEDIAN = 0.05  # s


def starts(rng: np.random.Generator, length: int, rate: float) -> Floats:
    return np.sort(rng.random(rng.poisson(rate * length)) * length)


def drift(rng: np.random.Generator, length: int, *, size: float, memory: float) -> Floats:
    """Log level by second: AR(1), stationary from the first second on."""
    keep = np.exp(-1 / memory)
    steps = rng.normal(0, size * np.sqrt(1 - keep**2), length)
    steps[0] = rng.normal(0, size)
    return lfilter([1.0], [1.0, -keep], steps)


def switching(rng: np.random.Generator, length: int, *, on: float, off: float) -> Floats:
    """1 while on, 0 while off, by second; both stretches exponential."""
    edge, state = 0.0, rng.random() < on / (on + off)
    found = np.zeros(length)
    while edge < length:
        stretch = rng.exponential(on if state else off)
        if state:
            found[round(edge) : round(edge + stretch)] = 1
        edge, state = edge + stretch, not state
    return found


def body(rng: np.random.Generator, at: Floats, levels: Floats | float = 0.0) -> Floats:
    level = levels[at.astype(int)] if isinstance(levels, np.ndarray) else levels
    return np.exp(np.log(MEDIAN) + level + rng.normal(0, 0.4, at.size))


def paused(rng: np.random.Generator, at: Floats, length: int, *, every: tuple[float, float],
           pause: tuple[float, float]) -> Floats:  # fmt: skip
    """Give what is left of a stop-the-world pause for each request that starts inside one."""
    begins = np.cumsum(rng.uniform(*every, int(length / every[0]) + 2)) - rng.uniform(*every)
    ends = begins + rng.uniform(*pause, begins.size)
    number = np.searchsorted(begins, at, side="right") - 1
    return np.where(number >= 0, np.maximum(0.0, ends[np.maximum(number, 0)] - at), 0.0)


def quiet(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at)


def drifting(size: float, memory: float) -> Process:
    def window(rng: np.random.Generator, length: int, rate: float) -> Requests:
        at = starts(rng, length, rate)
        return at, body(rng, at, drift(rng, length, size=size, memory=memory))

    return window


def collector(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at) + paused(rng, at, length, every=(20, 50), pause=(0.2, 0.6))


def cron(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    busy = (np.arange(length) + rng.integers(60)) % 60 < 4
    return at, body(rng, at, np.log(2.0) * busy)


def neighbour(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at, np.log(1.8) * switching(rng, length, on=10, off=110))


def bimodal(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    share = 0.1 * np.exp(drift(rng, length, size=0.3, memory=60))
    slow = rng.random(at.size) < share[at.astype(int)]
    return at, body(rng, at) * np.where(slow, 5.0, 1.0)


def heavy(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at) * np.where(rng.random(at.size) < 0.05, 1 + rng.pareto(1.5, at.size), 1)


def mixed(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    waves = 0.08 * np.sin(2 * np.pi * (np.arange(length) / 240 + rng.random()))
    busy = np.log(1.6) * ((np.arange(length) + rng.integers(60)) % 60 < 3)
    levels = drift(rng, length, size=0.05, memory=90) + waves + busy
    return at, body(rng, at, levels) + paused(rng, at, length, every=(20, 50), pause=(0.1, 0.3))


def telegraph(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at, np.log(1.3) * switching(rng, length, on=60, off=120))


def cold_cache(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    share = 0.06 * np.exp(drift(rng, length, size=0.4, memory=150))
    miss = rng.random(at.size) < share[at.astype(int)]
    return at, body(rng, at) * np.where(miss, 3.0, 1.0)


def pods(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    levels = np.array([drift(rng, length, size=0.08, memory=100) for _ in range(3)])
    pod = rng.integers(3, size=at.size)
    return at, body(rng, at) * np.exp(levels[pod, at.astype(int)])


def stalls(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    return at, body(rng, at) + paused(rng, at, length, every=(60, 240), pause=(0.5, 3.0))


def wave(rng: np.random.Generator, length: int, rate: float) -> Requests:
    at = starts(rng, length, rate)
    swell = 0.1 * np.sin(2 * np.pi * (np.arange(length) / 150 + rng.random()))
    return at, body(rng, at, swell + drift(rng, length, size=0.04, memory=30))


def sleepy(rng: np.random.Generator, length: int, rate: float) -> Requests:
    """A demo that sleeps: almost no spread, so that a small drift leaves the histogram."""
    at = starts(rng, length, rate)
    levels = drift(rng, length, size=0.01, memory=60)[at.astype(int)]
    return at, MEDIAN * np.exp(levels + 0.003 * rng.exponential(1.0, at.size))


TUNED: dict[str, Process] = {
    "lognormal, independent": quiet,
    "drift 6 %, 20 s": drifting(0.06, 20),
    "drift 6 %, 60 s": drifting(0.06, 60),
    "drift 6 %, 180 s": drifting(0.06, 180),
    "drift 12 %, 60 s": drifting(0.12, 60),
    "collector pauses": collector,
    "cron": cron,
    "noisy neighbour": neighbour,
    "two modes, drifting share": bimodal,
    "heavy tail": heavy,
    "mixed": mixed,
}

HELD_OUT: dict[str, Process] = {
    "telegraph": telegraph,
    "cold cache, 150 s": cold_cache,
    "three pods apart": pods,
    "stalls": stalls,
    "wave": wave,
    "sleepy demo": sleepy,
}
