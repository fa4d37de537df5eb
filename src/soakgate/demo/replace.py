"""The demo's upgrade command: asks the fleet to replace its instances and marks each step."""

import os
import socket
import sys
import time
from pathlib import Path

from soakgate.adapters.ndjson import append_line

__all__ = ["replace"]


def _mark(text: str) -> None:
    folder = os.environ.get("SOAKGATE_RUN")
    if folder:
        path = Path(folder) / "collect" / "marks" / "events.ndjson"
        append_line(path, {"event": "mark", "at": time.monotonic_ns(), "text": text})


def replace(address: str) -> None:
    """Have everything replaced; prints and marks each step as it comes."""
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port))) as fleet, fleet.makefile() as steps:
        for step in steps:
            _mark(step.strip())
            sys.stdout.write(step)
            sys.stdout.flush()


if __name__ == "__main__":
    replace(sys.argv[1])
