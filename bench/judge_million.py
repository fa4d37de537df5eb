"""How long does judging take, and how much memory: a million samples and 100,000 events.

    python bench/judge_million.py [--samples N] [--events N] [--targets N]

Prints time and peak memory of `soakgate judge`, and the size of the report; then the size of the
report of 4 hours and 20 series. Goals: 5 s, 600 MB, 2 MB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from soakgate.adapters.arrow import SeriesInfo, _schema
from soakgate.adapters.ndjson import Lines
from soakgate.adapters.rundir import write_seal
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome, series_name
from tests.helpers.rundirs import NS, RUN, T0, Made, at

REFUSED = OUTCOMES.index(Outcome.REFUSED)


def columns(info: SeriesInfo, number: int, length: float) -> pa.Table:
    """Give one series with an outage of 0.3 s every five minutes."""
    intended = np.arange(T0, at(length), info.period, dtype=np.int64)
    offset = (intended - T0) % (300 * NS)
    bad = (offset < 3 * NS // 10) & (intended - T0 > 60 * NS) & (info.target != CONTROL)
    wobble = np.abs(np.sin(np.arange(intended.size) * 12.9898) * 43758.5453) % 1.0
    done = intended + (5e6 + 2e7 * wobble**4).astype(np.int64)
    outcome = np.where(bad, REFUSED, 0)
    return pa.table({
        "series": pa.array(np.full(intended.size, number), pa.int16()),
        "intended": intended, "sent": intended + 100_000, "first_byte": done, "done": done,
        "outcome": pa.array(outcome, pa.int8()),
        "status": pa.array(np.where(bad, 0, 200), pa.int16()),
        "detail": pa.array([None] * intended.size, pa.string()),
    })  # fmt: skip


def write_samples(path: Path, targets: list[str], length: float, rate: float) -> int:
    """Write all series, a batch per second, as the prober does; gives the number of samples."""
    infos = [
        SeriesInfo(name, connection, round(factor / hertz * NS))
        for name, hertz in [*((t, rate) for t in targets), (CONTROL, 2.0)]
        for connection, factor in (("new", 0.97), ("reused", 0.757))
    ]
    tables = [columns(info, number, length) for number, info in enumerate(infos)]
    table = pa.concat_tables(tables).sort_by("intended")
    names = pa.array([series_name(i.target, i.connection) for i in infos], pa.string())
    words = pa.array([o.value for o in OUTCOMES], pa.string())
    seconds = (table.column("intended").to_numpy() - T0) // NS
    edges = [0, *(np.flatnonzero(np.diff(seconds)) + 1).tolist(), table.num_rows]
    schema = _schema(RUN, infos)
    table = table.combine_chunks()
    with path.open("wb") as file, pa.ipc.new_stream(file, schema) as writer:
        for start, stop in pairwise(edges):
            part = table.slice(start, stop - start).to_batches()[0]
            arrays = [part.column(name) for name in schema.names]
            arrays[0] = pa.DictionaryArray.from_arrays(arrays[0], names)
            arrays[5] = pa.DictionaryArray.from_arrays(arrays[5], words)
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return int(table.num_rows)


def write_run(folder: Path, *, targets: int, length: float, rate: float, events: int) -> int:
    """Write a sealed run; gives the number of its samples."""
    names = [f"shop{n}" for n in range(targets)]
    phases = (("baseline", 0.0), ("soak", length / 4))
    made = Made(targets=names, length=length, until=-1, rate=rate, phases=phases, seal=False,
                criteria="[{id: downtime}, {id: longest-outage}, {id: brown-out}, {id: errors},"
                " {id: latency-p99, limit: 2s}, {id: observer}]")  # fmt: skip
    made.write(folder)
    samples = folder / "collect" / "probe" / "samples-0001.arrows"
    samples.unlink()
    count = write_samples(samples, names, length, rate)
    (folder / "collect" / "cluster").mkdir()
    lines = Lines(folder / "collect" / "cluster" / "events.ndjson", run=RUN)
    step = length / max(1, events)
    for first in range(0, events, 1000):
        lines.write(*(
            {"event": "pod-evicted", "at": at(k * step), "object": f"pod/shop-{k}",
             "reason": "Evicted", "message": "drain of node/worker2"}
            for k in range(first, min(events, first + 1000))
        ))  # fmt: skip
    lines.close()
    write_seal(folder, run=RUN)
    return count


def judge(folder: Path) -> tuple[float, float, int]:
    """Judge from the command line; gives seconds, peak memory in MB, exit code."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "soakgate", "judge", str(folder)], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    return time.monotonic() - started, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def report(title: str, folder: Path, count: int) -> None:
    """Judge and print."""
    seconds, memory, code = judge(folder)
    page = (folder / "report.html").stat().st_size / 1e6
    print(f"{title}: {count:,} samples; judged in {seconds:.2f} s, {memory:.0f} MB, "
          f"exit {code}, report {page:.2f} MB")  # fmt: skip


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--targets", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        rate = 10.0
        per_second = asked.targets * (rate / 0.97 + rate / 0.757) + 2 / 0.97 + 2 / 0.757
        length = asked.samples / per_second
        folder = Path(home) / "million"
        count = write_run(folder, targets=asked.targets, length=length, rate=rate,
                          events=asked.events)  # fmt: skip
        report(f"{asked.targets} targets, {asked.events:,} events", folder, count)
        folder = Path(home) / "hours"
        count = write_run(folder, targets=10, length=4 * 3600.0, rate=2.0, events=2_000)
        report("4 h, 20 series at 2 Hz", folder, count)


if __name__ == "__main__":
    main()
