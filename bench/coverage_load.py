"""Coverage of the latency and error bounds, on services whose truth is known.

Prints Markdown for docs/performance.md. `--runs N` pairs of windows for each process (default 160).
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from latency_processes import HELD_OUT, TUNED, Process, switching

from soakgate.analysis.histograms import SecondTable, from_latencies, summarise
from soakgate.analysis.process import process_bounds
from soakgate.analysis.quantiles import window_bounds
from soakgate.analysis.ratios import error_bounds, process_error_bounds
from soakgate.analysis.regression import Regression, regress
from soakgate.model.bounds import Bounds

QUANTILES = (0.5, 0.95, 0.99)
LENGTHS = ((300, 900), (600, 1800), (1200, 1800), (1800, 3600))  # s, baseline and upgrade
RATES = (20.0, 50.0)
CHANGES = (1.0, 1.02, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5)
LIMITS = (1.05, 1.10)
DENSE = 10  # a window's own truth comes from this many times its requests


@dataclass
class Tally:
    """What became of one quantity. Decisions are (truth breaks the limit, verdict)."""

    below: int = 0
    above: int = 0
    cases: int = 0
    none: int = 0
    widths: list[float] = field(default_factory=list)
    decisions: dict[tuple[bool, str], int] = field(default_factory=lambda: defaultdict(int))

    def bound(self, seen: Bounds | None, truth: float) -> None:
        if seen is None:
            self.none += 1
            return
        self.cases += 1
        self.above += seen.high is not None and truth > seen.high
        self.below += truth < seen.low
        if seen.high is not None and seen.low > 0:
            self.widths.append((seen.high / seen.low) ** 0.5 - 1)

    def decide(self, verdict: str, *, broken: bool) -> None:
        self.decisions[broken, verdict] += 1

    def rate(self, verdict: str, *, broken: bool) -> str:
        total = sum(n for (b, _), n in self.decisions.items() if b is broken)
        return f"{100 * self.decisions[broken, verdict] / total:.1f}" if total else "-"

    def row(self, name: str) -> str:
        held = 100 * (1 - (self.below + self.above) / max(1, self.cases))
        sides = [f"{100 * n / max(1, self.cases):.1f}" for n in (self.below, self.above)]
        width = f"{100 * float(np.mean(self.widths)):.1f}" if self.widths else "-"
        rates = [
            self.rate("pass", broken=True),
            self.rate("fail", broken=False),
            self.rate("pass", broken=False),
            self.rate("fail", broken=True),
        ]
        cells = [name, str(self.cases + self.none), f"{held:.1f}", "/".join(sides), width, *rates]
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| quantity | n | covered % | below/above % | half width % | PASS if broken | FAIL if ok "
    "| PASS if ok | FAIL if broken |\n|---|---|---|---|---|---|---|---|---|"
)


def table(at: np.ndarray, latency: np.ndarray, length: int) -> SecondTable:
    ns = (latency * 1e9).astype(np.int64)
    return from_latencies((at * 1e9).astype(np.int64), latency=ns, start=0, length=length)


def judge(found: Regression, tally: Tally) -> None:
    """Hold one pair against every change and limit: a change shifts the bounds with it."""
    for change in CHANGES:
        for limit in LIMITS:
            inner = limit / change
            verdict = "pass" if found.passes(inner) else "fail" if found.fails(inner) else "?"
            tally.decide(verdict, broken=change > limit)


def hold(seen: Bounds | None, truth: float, tally: Tally) -> None:
    """Bound one truth, and hold it against limits around it."""
    tally.bound(seen, truth)
    for share in (0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25):
        limit, verdict = truth * share, "?"
        if seen is not None and seen.high is not None and seen.high <= limit:
            verdict = "pass"
        elif seen is not None and seen.low > limit:
            verdict = "fail"
        tally.decide(verdict, broken=share < 1.0)


def one_process(name: str, process: Process, *, seed: int, runs: int,
                tallies: dict[str, Tally]) -> dict[str, Tally]:  # fmt: skip
    """Simulate pairs of windows of one process; adds to the tallies, gives those of its own."""
    rng, own = np.random.default_rng(seed), defaultdict(Tally)
    long_run = np.concatenate([process(rng, 10_000, 20.0)[1] for _ in range(12)])
    truth = {p: float(np.quantile(long_run, p)) for p in QUANTILES}
    for run in range(runs):
        first, second = LENGTHS[run % len(LENGTHS)]
        rate = RATES[run // len(LENGTHS) % len(RATES)]
        upgrade = table(*process(rng, second, rate), second)
        baseline = table(*process(rng, first, rate), first)
        summary = summarise(upgrade)
        for found in regress(baseline, upgrade, quantiles=QUANTILES, load=(rate, rate), pairs=5):
            for tally in (tallies[f"ratio p{found.p * 100:g}"], own[f"p{found.p * 100:g}"]):
                tally.bound(found.ratio, 1.0)
                judge(found, tally)
        for p in QUANTILES[1:]:
            seen = process_bounds(summary, p=p)
            hold(seen, truth[p], tallies[f"process p{p * 100:g}, one window"])
        if run % 4 == 0:
            window_truth(rng, process, rate=rate, tallies=tallies)
    return own


def window_truth(rng: np.random.Generator, process: Process, *, rate: float,
                 tallies: dict[str, Tally]) -> None:  # fmt: skip
    at, latency = process(rng, 600, rate * DENSE)
    chosen = rng.random(at.size) < 1 / DENSE
    summary = summarise(table(at[chosen], latency[chosen], 600))
    for p in QUANTILES[1:]:
        seen = window_bounds(summary, p=p)
        hold(seen, float(np.quantile(latency, p)), tallies[f"window p{p * 100:g}"])


def one_error_run(rng: np.random.Generator, *, bursts: bool, ratio: float,
                  tallies: dict[str, Tally]) -> None:  # fmt: skip
    """Errors of an hour at 50/s: single ones, or bursts in which half of the requests fail."""
    length, rate = 3600, 50.0
    share = np.full(length, ratio)
    if bursts:
        share = 0.5 * switching(rng, length, on=3.0, off=3.0 * (0.5 / ratio - 1))
    requests = rng.poisson(rate, length)
    failed = rng.binomial(requests, share)
    offered = float((share * rate).sum() / (rate * length))
    seen = error_bounds(int(failed.sum()), int(requests.sum()))
    tally = tallies["errors, window"]
    tally.bound(seen, float((share * requests).sum() / requests.sum()))
    assert seen is not None
    for limit in (1e-4, 1e-3, 1e-2):
        verdict = "pass" if seen.high <= limit else "fail" if seen.low > limit else "?"
        tally.decide(verdict, broken=offered > limit)
    kind = "in bursts" if bursts else "single"
    spread = process_error_bounds(failed.astype(float), requests=requests.astype(float))
    tallies[f"errors, process, {kind}"].bound(spread, ratio)


def markdown(tallies: dict[str, Tally]) -> Iterable[str]:
    yield HEAD
    for name in sorted(tallies, key=lambda n: (n.split()[0] != "ratio", n)):
        yield tallies[name].row(name)


def by_process(found: dict[str, dict[str, Tally]]) -> Iterable[str]:
    yield "| process | p50 | p95 | p99 | half width p95 % | FAIL if ok p95 | p99 |"
    yield "|---|---|---|---|---|---|---|"
    for name, own in found.items():
        cover = [
            f"{100 * (1 - (t.below + t.above) / max(1, t.cases)):.0f}"
            for t in (own["p50"], own["p95"], own["p99"])
        ]
        width = 100 * float(np.mean(own["p95"].widths or [np.nan]))
        rates = [own["p95"].rate("fail", broken=False), own["p99"].rate("fail", broken=False)]
        yield "| " + " | ".join([name, *cover, f"{width:.1f}", *rates]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--error-runs", type=int, default=150)
    options = parser.parse_args()
    began = time.perf_counter()
    for title, group in (("tuned", TUNED), ("held out", HELD_OUT)):
        tallies: dict[str, Tally] = defaultdict(Tally)
        found = {
            name: one_process(
                name, process, seed=options.seed + i, runs=options.runs, tallies=tallies
            )
            for i, (name, process) in enumerate(group.items())
        }
        print(f"\n{title}, {options.runs} runs each\n")
        print("\n".join(markdown(tallies)))
        print("\n" + "\n".join(by_process(found)))
    tallies = defaultdict(Tally)
    rng = np.random.default_rng(options.seed)
    for _ in range(options.error_runs):
        ratio = exp(rng.uniform(log(2e-5), log(2e-3)))
        for bursts in (False, True):
            one_error_run(rng, bursts=bursts, ratio=ratio, tallies=tallies)
    print(f"\nerrors, {options.error_runs} runs each\n")
    print("\n".join(markdown(tallies)))
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
