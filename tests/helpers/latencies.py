"""Latency tables for tests: services that are quiet, drift or have bad minutes."""

import numpy as np

from soakgate.analysis.histograms import SecondTable, from_latencies

NS = 1_000_000_000


def cells(*rows: tuple[int, int, int], length: int) -> SecondTable:
    """Make a table of (second, bucket, count) rows."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return SecondTable(columns[:, 0], columns[:, 1], columns[:, 2], length)


def service(
    seed: int,
    *,
    length: int,
    rate: float = 50.0,
    median: float = 0.05,
    spread: float = 0.4,
    drift: float = 0.0,
    memory: float = 20.0,
    bad: tuple[int, int] = (0, 0),
    times: float = 1.0,
) -> SecondTable:
    """Make a window of `length` s; level drifts by `drift`, seconds of `bad` are `times` slower."""
    rng = np.random.default_rng(seed)
    keep, level = np.exp(-1 / memory), rng.normal(0, drift)
    levels = np.zeros(length)
    for second in range(length):
        levels[second] = level
        level = keep * level + rng.normal(0, drift * np.sqrt(1 - keep**2))
    levels[bad[0] : bad[1]] += np.log(times)
    at = np.sort(rng.random(round(rate * length)) * length)
    latency = np.exp(np.log(median) + levels[at.astype(int)] + rng.normal(0, spread, at.size))
    return from_latencies(
        (at * NS).astype(np.int64), latency=(latency * NS).astype(np.int64), start=0, length=length
    )
