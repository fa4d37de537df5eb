"""Coverage of the outage arithmetic, by simulation with known truth.

    python bench/coverage_outages.py [--runs 300] [--seed 1]

For each fault and rate: how often the truth lies inside the bounds, how wide they are (median),
and how often a verdict would be wrong at the limit where that is easiest: the upper bound below
the truth (false PASS) or the lower bound above it (false FAIL). Prints Markdown. Fixed seed: the
same figures each time. Default: under three minutes on one core.
"""

import argparse
import time
from dataclasses import dataclass, field

import numpy as np
from outage_faults import FAULTS, Case, Rng, probe, some_of

from soakgate.analysis.outages import analyse
from soakgate.model.bounds import Bounds

RATES = (5, 10, 50)
SHARES = (0.2, 0.25, 1 / 3, 0.5, 0.8, 0.9, 1.0)
SLACK = 1e-6  # seconds: simulated times are floats, probes integers


@dataclass
class Tally:
    """Outcomes of many runs of one quantity."""

    runs: int = 0
    low: int = 0  # upper bound below the truth: a false PASS is possible
    high: int = 0  # lower bound above the truth: a false FAIL is possible
    widths: list[float] = field(default_factory=list)

    def add(self, bounds: Bounds, truth: float) -> None:
        """Score one run."""
        self.runs += 1
        self.high += bounds.low > truth + SLACK
        if bounds.high is not None:
            self.low += bounds.high < truth - SLACK
            self.widths.append(bounds.high - bounds.low)

    def join(self, other: "Tally") -> None:
        """Add the runs of another cell."""
        self.runs += other.runs
        self.low += other.low
        self.high += other.high
        self.widths += other.widths

    def cells(self) -> str:
        """Write coverage, false PASS, false FAIL in % and the median width in s."""
        if not self.runs:
            return "- | - | - | -"
        share = 100 / self.runs
        cover = 100 - (self.low + self.high) * share
        width = float(np.median(self.widths)) if self.widths else float("inf")
        return f"{cover:.1f} | {self.low * share:.1f} | {self.high * share:.1f} | {width:.2f}"


def score(name: str, *, rate: float, runs: int, seed: int) -> tuple[Tally, Tally]:
    """Run one cell."""
    rng = np.random.default_rng([seed, list(FAULTS).index(name), int(rate)])
    sums, tops = Tally(), Tally()
    for _ in range(runs):
        case = FAULTS[name](rng)
        found = analyse(probe(case, rng, rate=rate))
        sums.add(found.downtime, case.lost)
        if case.longest is not None:
            tops.add(found.longest, case.longest)
    return sums, tops


KINDS = {"share": "partial", "two of": "partial", "stutter, down when": "hidden by us alone"}
"""Which faults are summed up together, by the begin of their name; others are whole outages."""


def _kind(name: str) -> str:
    return next((kind for begin, kind in KINDS.items() if name.startswith(begin)), "whole")


def coverage(*, runs: int, seed: int) -> None:
    """Print the table of coverage, then all cells of a kind together."""
    head = "| downtime: inside % | false PASS % | false FAIL % | width s "
    head += "| longest: inside % | false PASS % | false FAIL % | width s |"
    pooled: dict[str, tuple[Tally, Tally]] = {}
    print(f"| Fault | Hz {head}\n|{'---|' * 10}")
    for name in FAULTS:
        for rate in RATES:
            sums, tops = score(name, rate=rate, runs=runs, seed=seed)
            print(f"| {name} | {rate} | {sums.cells()} | {tops.cells()} |", flush=True)
            both = pooled.setdefault(_kind(name), (Tally(), Tally()))
            both[0].join(sums)
            both[1].join(tops)
    print(f"\n| All of a kind | runs {head}\n|{'---|' * 10}")
    for kind, (sums, tops) in pooled.items():
        print(f"| {kind} | {sums.runs} | {sums.cells()} | {tops.cells()} |")


def _verdict(bounds: Bounds, limit: float) -> str:
    if bounds.high is not None and bounds.high <= limit:
        return "PASS"
    return "FAIL" if bounds.low > limit else "INCONCLUSIVE"


def _verdicts(make: object, rng: Rng, *, rate: float, runs: int, limit: float) -> str:
    words = []
    for _ in range(runs):
        case: Case = make(rng)  # type: ignore[operator]
        words.append(_verdict(analyse(probe(case, rng, rate=rate)).longest, limit))
    counts = (words.count(word) * 100 / runs for word in ("PASS", "INCONCLUSIVE", "FAIL"))
    return " | ".join(f"{count:.0f}" for count in counts)


def shares(*, runs: int, seed: int) -> None:
    """Print verdicts on a partial failure of 30 s against a longest outage of 5 s."""
    print("\n| Share failing for 30 s, limit 5 s | Hz | PASS % | INCONCLUSIVE % | FAIL % |")
    print("|---|---|---|---|---|")
    for part in SHARES:
        for rate in (1, *RATES):
            rng = np.random.default_rng([seed, int(part * 1000), rate])
            words = _verdicts(some_of(part, 30), rng, rate=rate, runs=runs, limit=5.0)
            print(f"| {part:.2f} | {rate} | {words} |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begin = time.perf_counter()
    coverage(runs=given.runs, seed=given.seed)
    shares(runs=given.runs, seed=given.seed)
    print(f"\n{given.runs} runs a cell, {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
