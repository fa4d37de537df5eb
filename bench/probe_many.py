"""Share of a core and send lateness of the prober with 50 series at 5 Hz.

    python bench/probe_many.py [SECONDS [TARGETS [RATE]]]

25 targets on a local nginx, each over new and reused connections.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.probe_cpu import measure, start_nginx


def main() -> None:
    given = [float(word) for word in sys.argv[1:]]
    seconds, count, rate = (given + [60.0, 25, 5.0][len(given) :])[:3]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, port = start_nginx(folder)
        try:
            url = f"http://127.0.0.1:{port}/ready"
            shared = {"url": url, "rate": rate, "expect_body": "ready"}
            targets = [{"name": f"t{number}", **shared} for number in range(int(count))]
            measure(folder / "probe", targets, seconds)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
