"""`python -m soakgate.observe.load.worker --master HOST:PORT`: one more load process.

By hand it is Locust's own worker, which fetches the locust file from the master. The master starts
its local ones with `--local`: they read their configuration from stdin and end with it.
"""

import os
import sys

USAGE = "usage: python -m soakgate.observe.load.worker --master HOST:PORT"


def start(arguments: list[str]) -> int:
    """Run a worker until its master is done with it."""
    local = "--local" in arguments
    rest = [a for a in arguments if a != "--local"]
    host, _, port = rest[1].rpartition(":") if len(rest) == 2 else ("", "", "")
    if rest[:1] != ["--master"] or not host or not port.isdigit():
        sys.stderr.write(USAGE + "\n")
        return 4
    if not local:
        command = ["-m", "locust", "-f", "-", "--worker"]
        master = ["--master-host", host, "--master-port", port]
        os.execv(sys.executable, [sys.executable, *command, *master])  # noqa: S606 - no shell is meant
    from gevent import monkey

    monkey.patch_all()
    from soakgate.observe.load.local_worker import run

    return run(host, int(port))


if __name__ == "__main__":
    code = start(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)
