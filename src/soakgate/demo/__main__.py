"""`python -m soakgate.demo [--careless] [--out DIR]`: the main job, on this machine, in a minute.

Starts three instances of a demo service behind a front, runs `soakgate run` with probes and load
against it while the instances are replaced one by one, judges and reports. With --careless the old
instances are killed and nobody waits for the new ones: the gate fails, with the outage placed.
"""

import argparse
import asyncio
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from soakgate.demo.fleet import Fleet
from soakgate.demo.front import Front

__all__ = ["main"]

PHASES = "baseline=15s,settle=5s,soak=10s"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m soakgate.demo", description=__doc__)
    parser.add_argument("--careless", action="store_true", help="replace without draining")
    parser.add_argument("--out", metavar="DIR", help="run directory, new or empty")
    return parser.parse_args(argv)


def _scenario(port: int, folder: Path) -> Path:
    """Write the scenario of this demo; the port is only known now."""
    text = (Path(__file__).parent / "scenario.yaml").read_text()
    path = folder / "demo.yaml"
    path.write_text(text.replace("http://127.0.0.1:1", f"http://127.0.0.1:{port}"))
    return path


def _command(port: int, fleet: Fleet, arguments: argparse.Namespace, folder: Path) -> list[str]:
    replace = [sys.executable, "-m", "soakgate.demo.replace", fleet.address]
    command = [sys.executable, "-m", "soakgate", "run", str(_scenario(port, folder))]
    command += ["--no-cluster", "--phases", PHASES, "--upgrade-command", shlex.join(replace)]
    return command + (["--out", arguments.out] if arguments.out else [])


def main(argv: Sequence[str]) -> int:
    """Run the demo and give the exit code of the run."""
    arguments = _arguments(argv)
    front = Front()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(front.start(), loop).result()
    with (
        Fleet(front, careless=arguments.careless) as fleet,
        tempfile.TemporaryDirectory() as folder,
    ):
        return subprocess.run(
            _command(port, fleet, arguments, Path(folder)), check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
