"""Size and time of the page for hours of many series: `python bench/report_size.py --hours 4`.

Prints a line of a Markdown table: hours, series, samples, seconds to sum up and to write, bytes.
"""

import argparse
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from soakgate.analysis.timeline import build
from soakgate.model.times import NS
from soakgate.report import html
from tests.helpers import results, runs

LIMIT = 2_000_000  # bytes of a page that people still open from a CI artifact


def main() -> int:
    """Build a synthetic run and report on its page; exit 1 if it is too big."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--series", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=50, help="requests a second, 0 for none")
    parser.add_argument("--out", type=Path, help="keep the page")
    asked = parser.parse_args()
    length = asked.hours * 3600
    result = results.crowded(targets=-(-asked.series // 2))
    names = sorted({row.target for row in result.criteria if row.target})
    series = tuple(
        runs.series(
            names[k // 2],
            ("new", "reused")[k % 2],
            length=length,
            rate=asked.rate,
            down=[(1200 + 3 * k + 60 * j, 1200.4 + 3 * k + 60 * j) for j in range(20)],
            seed=k,
        )
        for k in range(asked.series)
    )
    requests = ("GET /", "GET /cart", "POST /order")
    load = runs.load(length=int(length), rate=asked.load, names=requests) if asked.load else None
    evidence = runs.evidence(result, series=series, load=load)
    begin = perf_counter()
    timeline = build(evidence, objectives=dict.fromkeys(names, 2 * NS))
    summed = perf_counter()
    page = html.write(result, timeline)
    written = perf_counter()
    if asked.out:
        asked.out.write_bytes(page)
    samples = sum(len(s.intended) for s in series)
    print("| hours | series | samples | sum up, s | write, s | bytes |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {asked.hours:g} | {asked.series} | {samples:,} | {summed - begin:.2f} "
        f"| {written - summed:.2f} | {len(page):,} |"
    )
    return int(len(page) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
