"""Memory of a long run: resident size of every process of a run, and its slope per hour.

`python bench/soak_memory.py [--for 30m]` runs the prober (three targets, both connections) and
Locust load (100/s) against a local nginx and reads /proc each ten seconds. The slope is fitted by
least squares over what comes after the first five minutes, where caches have filled; two slopes,
of the halves, show whether it levels off.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.probe_cpu import start_nginx

SCENARIO = """
soakgate: 1
name: soak memory
targets:
  a: {{url: "{url}"}}
  b: {{url: "{url}b"}}
  c: {{url: "{url}c"}}
load: {{profile: steady, host: "{host}", rate: 100, users: 20}}
criteria: [{{id: downtime}}, {{id: errors, limit: 0.1%}}, {{id: load}}, {{id: observer}}]
"""
WARM = 300.0  # seconds left out of the slope, at most a third of the run
EVERY = 10.0


def processes(parent: int) -> dict[str, int]:
    """Give the processes of a run by what they are: name -> pid."""
    found = {"parent": parent}
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for pid in map(int, children):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"-m" in words:
            found[words[words.index(b"-m") + 1].decode().rpartition(".")[2]] = pid
    return found


def resident(pid: int) -> float:
    """Give the resident size of a process, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def slope(times: np.ndarray, sizes: np.ndarray) -> float:
    """Fit MiB per hour."""
    return float(np.polyfit(times, sizes, 1)[0] * 3600) if len(times) > 2 else float("nan")


def watch(run: subprocess.Popen[bytes]) -> dict[str, list[tuple[float, float]]]:
    """Read sizes until the run ends: name -> (seconds, MiB)."""
    seen: dict[str, list[tuple[float, float]]] = {}
    begun = time.monotonic()
    while run.poll() is None:
        time.sleep(EVERY)
        try:
            for name, pid in processes(run.pid).items():
                seen.setdefault(name, []).append((time.monotonic() - begun, resident(pid)))
        except FileNotFoundError:
            continue
    return seen


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="length", default="30m")
    length = parser.parse_args().length
    with tempfile.TemporaryDirectory() as folder:
        server, port = start_nginx(Path(folder))
        try:
            url = f"http://127.0.0.1:{port}/ready"
            scenario = Path(folder) / "soak.yaml"
            scenario.write_text(SCENARIO.format(url=url, host=f"http://127.0.0.1:{port}"))
            command = [sys.executable, "-m", "soakgate", "run", str(scenario), "--no-cluster"]
            command += ["--soak-only", "--for", length, "--out", f"{folder}/run"]
            run = subprocess.Popen(command)
            seen = watch(run)
        finally:
            server.terminate()
            server.wait()
    print(f"run of {length}, exit code {run.returncode}")
    print("| process | first MiB | last MiB | MiB/h | first half | second half |")
    print("|---|---|---|---|---|---|")
    for name, rows in seen.items():
        t, size = np.array(rows).T
        keep = (t > min(WARM, t[-1] / 3)) & (t < t[-1] - 2 * EVERY)
        t, size = t[keep], size[keep]
        half = len(t) // 2
        slopes = [slope(t, size), slope(t[:half], size[:half]), slope(t[half:], size[half:])]
        cells = [f"{size[0]:.1f}", f"{size[-1]:.1f}", *(f"{s:+.1f}" for s in slopes)]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
