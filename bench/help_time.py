"""How long `--help` takes, as a multiple of `python -c 'import click'`: it must stay below 2.5.

    python bench/help_time.py [ROUNDS]

Rounds are interleaved, so that a busy machine slows both alike; medians are compared.
"""

import statistics
import subprocess
import sys
import time

from soakgate.cli.main import VERBS

LIMIT = 2.5


def seconds(argv: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int) -> int:
    bare = [sys.executable, "-c", "import click"]
    verbs = {"(none)": ["--help"]} | {verb: [verb, "--help"] for verb in VERBS}
    commands = {name: [sys.executable, "-m", "soakgate", *words] for name, words in verbs.items()}
    times: dict[str, list[float]] = {name: [] for name in ("click", *commands)}
    for _ in range(rounds):
        for name, argv in commands.items():
            times["click"].append(seconds(bare))
            times[name].append(seconds(argv))
    base = statistics.median(times["click"])
    print(f"import click  {base * 1000:6.1f} ms")
    worst = 0.0
    for name in commands:
        ratio = statistics.median(times[name]) / base
        worst = max(worst, ratio)
        print(f"{name:<12}  {statistics.median(times[name]) * 1000:6.1f} ms  {ratio:.2f}")
    print(f"worst ratio {worst:.2f}, limit {LIMIT}")
    return int(worst >= LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
