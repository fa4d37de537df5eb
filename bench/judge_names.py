"""Time of latency regressions: 4 h of soak against 30 min of baseline, many names, 1,000 req/s."""

import argparse
import time

import numpy as np

from soakgate.analysis.histograms import SecondTable
from soakgate.analysis.regression import regress
from soakgate.model.buckets import COUNT, EDGES

QUANTILES = (0.5, 0.95, 0.99)


def table(rng: np.random.Generator, *, length: int, rate: float) -> SecondTable:
    """Make one name's cells, as the load collector would have written them."""
    requests = rng.poisson(rate * length)
    seconds = rng.integers(length, size=requests)
    latency = np.exp(rng.normal(np.log(50e6), 0.4, requests))
    buckets = np.searchsorted(np.array(EDGES), latency) - 1
    found, counts = np.unique(seconds * COUNT + buckets, return_counts=True)
    return SecondTable(found // COUNT, found % COUNT, counts, length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=20)
    parser.add_argument("--rate", type=float, default=1000.0, help="per second, over all names")
    parser.add_argument("--hours", type=float, default=4.0)
    options = parser.parse_args()
    rng, spent, cells = np.random.default_rng(1), 0.0, 0
    for _ in range(options.names):
        rate = options.rate / options.names
        before = table(rng, length=1800, rate=rate)
        after = table(rng, length=int(options.hours * 3600), rate=rate)
        cells += before.seconds.size + after.seconds.size
        began = time.process_time()
        regress(before, after, quantiles=QUANTILES, pairs=options.names * len(QUANTILES))
        spent += time.process_time() - began
    print(f"{options.names} names, {len(QUANTILES)} quantiles, {cells / 1e6:.1f} M cells: ", end="")
    print(f"{spent:.2f} s of one core")


if __name__ == "__main__":
    main()
