"""Scripted outages of every kind against the real prober: is the truth inside the bounds?

    python bench/probe_truth.py [BATCHES [SEED]]

Each batch (default 5) is one run of the prober over 44 servers that live in one other process:
40 with a scripted fault, 4 that stay healthy. Every fault is seen by two series.
"""

import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import numpy as np
import uvloop

from soakgate.adapters.samples import read_series
from soakgate.analysis import brownouts, outages
from soakgate.model.evidence import Series
from soakgate.model.samples import OUTCOMES, kind
from soakgate.model.times import NS, Window
from tests.helpers.faults import FaultHost, FaultServer
from tests.helpers.prober import ChildProber

LENGTH = 14.0  # seconds of a run
OBJECTIVE = 2 * NS
SLACK = 0.005  # seconds between a probe's intended start and its arrival on a busy machine
PAST_LIMIT = "slow:6"  # later than the answer limit of 4 s
KINDS = {
    "refuse": "refused",
    "reset": "reset",
    "blackhole": "answer-timeout",
    "syn-drop": "connect-timeout",
    "503": "status-503",
    "truncated": "truncated",
    "stalled": "answer-timeout",
    "wrong-body": "wrong-body",
    PAST_LIMIT: "answer-timeout",
    "closed": "closed",
    "garbage": "protocol",
    "redirect": "redirect",
}


@dataclass
class Case:
    """One server's script: `steps` are (seconds after T0, mode); a fault may be there from T0."""

    shape: str
    fault: str
    steps: list[tuple[float, str]]
    first: str = "ok"
    truth: list[tuple[int, str]] = field(default_factory=list)


def once(shape: str, fault: str, length: float, rng: random.Random) -> Case:
    start = rng.uniform(2, 3)
    return Case(shape, fault, [(start, fault), (start + length, "ok")])


def repeated(shape: str, fault: str, lengths: tuple[float, float], count: int) -> Case:
    down, up = lengths
    steps = []
    for number in range(count):
        start = 2.5 + number * (down + up)
        steps += [(start, fault), (start + down, "ok")]
    return Case(shape, fault, steps)


def cases(rng: random.Random) -> Iterator[Case]:
    """Give 40 faulty cases: a batch."""
    names = list(KINDS)
    for fault in names:
        yield once("whole", fault, rng.uniform(0.3, 2), rng)
        yield once("whole", fault, rng.uniform(2, 6), rng)
    for fault in rng.sample(names, 4):
        yield once("blip 0.15 s", fault, 0.15, rng)
    for fault in rng.sample(names, 2):
        yield repeated("flapping 0.5 s", fault, (0.5, 0.5), 6)
        yield Case("down at the start", fault, [(rng.uniform(0.3, 4), "ok")], first=fault)
        yield Case("open at the end", fault, [(rng.uniform(8, 12), fault)])
    for fault in ("503", "reset"):
        yield once("one in three", f"one-in-three:{fault}", rng.uniform(4, 8), rng)
    yield repeated("blips 0.05 s", "refuse", (0.05, 0.55), 10)
    yield repeated("blips 0.05 s", "503", (0.05, 0.55), 10)
    for _ in range(2):
        yield once("brown-out", "slow:2.6", rng.uniform(1, 4), rng)


def serve(scripts: list[tuple[str, list[tuple[int, str]]]], pipe: Pipe) -> None:
    """Run all servers of a batch in this process until the parent has heard the truth."""
    host = FaultHost(loop=uvloop.new_event_loop()).start()
    servers = [
        FaultServer(script, mode=first, host=host, seed=number).__enter__()
        for number, (first, script) in enumerate(scripts)
    ]
    pipe.send([server.url for server in servers])
    pipe.recv()
    pipe.send([server.truth for server in servers])


def run_batch(folder: Path, batch: list[Case]) -> tuple[Window, list[Series], list[Window]]:
    """Probe all cases of a batch at once; fills in their truth."""
    t0 = time.monotonic_ns() + 5 * NS
    scripts = [(c.first, [(t0 + int(s * NS), m) for s, m in c.steps]) for c in batch]
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=serve, args=(scripts, theirs), daemon=True)
    process.start()
    urls = ours.recv()
    targets = [
        {"name": f"t{number}", "url": url, "expect_body": "ready"}
        for number, url in enumerate(urls)
    ]
    with ChildProber(folder, targets) as child:
        child.start(LENGTH, at=t0)
        if child.wait(LENGTH + 60) != 0:
            raise SystemExit(f"the prober failed: {child.notices[-1]}")
    ours.send("enough")
    for case, truth in zip(batch, ours.recv(), strict=True):
        case.truth = truth
    process.join()
    samples = read_series(folder, run="run-1")
    stalls = [Window(event["from"], event["to"]) for event in child.events("stall")]
    if any(not series.served.all() for series in samples.control):
        print("the control target was not always served")
    return Window(t0, t0 + int(LENGTH * NS)), list(samples.series), stalls


def down(case: Case, window: Window) -> list[Window]:
    """Give the stretches in which the server was really faulty."""
    edges = [at for at, _ in case.truth[1:]] + [window.end]
    stretches = [
        Window(at, until).clip(window)
        for (at, mode), until in zip(case.truth, edges, strict=True)
        if mode != "ok"
    ]
    return [stretch for stretch in stretches if stretch is not None]


@dataclass
class Score:
    """What became of the cases of one shape."""

    series: int = 0
    inside: int = 0
    width: list[float] = field(default_factory=list)
    rows: int = 0
    rows_inside: int = 0
    kinds: int = 0
    kinds_right: int = 0
    misses: list[str] = field(default_factory=list)


def within(low: float, truth: float, high: float | None) -> bool:
    return low - SLACK <= truth and (high is None or truth <= high + SLACK)


def judge(case: Case, series: Series, window: Window, stalls: list[Window], score: Score) -> None:
    """Compare one series with the truth of its server."""
    truth = down(case, window)
    seconds = sum(stretch.length for stretch in truth) / NS
    share = 1 / 3 if case.shape == "one in three" else 1.0
    if case.shape == "brown-out":
        found = brownouts.analyse(series, objective=OBJECTIVE, run=window, stalls=stalls).found
        if series.bad.any():
            score.misses.append("a brown-out was taken for an outage")
    else:
        found = outages.analyse(outages.of_series(series, window=window, stalls=stalls))
    bounds = found.downtime
    score.series += 1
    good = within(bounds.low, seconds * share, bounds.high)
    score.inside += good
    if bounds.high is not None:
        score.width.append(bounds.high - bounds.low)
    if not good:
        where = f"{case.fault} {series.connection}"
        score.misses.append(f"{where}: {seconds * share:.3f} not in {bounds}")
    if case.shape in ("whole", "blip 0.15 s", "down at the start", "open at the end"):
        rows = [row.seconds for row in found.rows]
        score.rows += 1
        score.rows_inside += len(rows) == 1 and within(rows[0].low, seconds, rows[0].high)
    expected = KINDS.get(case.fault)
    if expected is not None and series.bad.any():
        seen = Counter(
            kind(OUTCOMES[code], int(status))
            for code, status in zip(
                series.outcome[series.bad], series.status[series.bad], strict=True
            )
        )
        score.kinds += 1
        # A reused connection to a server that drops packets falls silent instead.
        right = {expected, "answer-timeout"} if case.fault == "syn-drop" else {expected}
        score.kinds_right += seen.most_common(1)[0][0] in right


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    scores: dict[str, Score] = defaultdict(Score)
    late: list[np.ndarray] = []
    faulty = healthy = false_alarms = 0
    for number in range(count):
        batch = [*cases(rng), *(Case("healthy", "ok", []) for _ in range(4))]
        with tempfile.TemporaryDirectory() as name:
            window, found, stalls = run_batch(Path(name) / "probe", batch)
        for series in found:
            case = batch[int(series.target[1:])]
            late.append(series.sent - series.intended)
            if case.shape == "healthy":
                healthy += 1
                false_alarms += int(series.bad.any())
            else:
                judge(case, series, window, stalls, scores[case.shape])
        faulty += 40
        print(f"batch {number + 1} of {count}: {len(stalls)} stalls of ours", file=sys.stderr)
    show(scores)
    lateness = np.concatenate(late) / 1e6
    p50, p99 = np.percentile(lateness, [50, 99])
    print(f"\n{faulty} scripted faults; {lateness.size} probes; send lateness ms", end=" ")
    print(f"p50 {p50:.3f} p99 {p99:.3f} max {lateness.max():.3f}")
    print(f"healthy series with a failure: {false_alarms} of {healthy}")


def show(scores: dict[str, Score]) -> None:
    print("| shape | series | downtime inside its bounds | width, s | one row, inside | kind |")
    print("|---|---|---|---|---|---|")
    for shape, s in scores.items():
        width = f"{np.mean(s.width):.2f}" if s.width else "open"
        print(
            f"| {shape} | {s.series} | {s.inside} | {width} "
            f"| {s.rows_inside} of {s.rows} | {s.kinds_right} of {s.kinds} |"
        )
    for shape, s in scores.items():
        for miss in s.misses:
            print(f"{shape}: {miss}")


if __name__ == "__main__":
    main()
