"""CPU seconds of the prober per 10,000 probes at 200/s on reused connections, and its start-up.

    python bench/probe_cpu.py [SECONDS]

Two targets on a local nginx, each with one reused series, 200 probes a second in all. If fortio is
on the PATH it does the same in the same run, as the peer.
"""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.helpers.prober import ChildProber

NGINX = "/usr/sbin/nginx"
CONFIG = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port} reuseport; location / {{ return 200 "ready\\n"; }} }}
}}
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def start_nginx(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    (folder / "conf").write_text(CONFIG.format(folder=folder, port=port))
    server = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "conf")])
    for _ in range(100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        time.sleep(0.02)
    raise SystemExit("nginx did not start")


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shown(values: list[int]) -> str:
    """Give p50, p99 and the largest of some ns in ms."""
    ordered = sorted(values)
    picked = (ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.99, 1))
    return "ms p50 {:.3f} p99 {:.3f} max {:.3f}".format(*(value / 1e6 for value in picked))


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, targets: list[dict[str, object]], seconds: float) -> None:
    before = children()
    with ChildProber(folder, targets) as child:
        startup = cpu_of(child.process.pid)
        child.start(seconds)
        child.wait(seconds + 30)
    total = children() - before
    rows = child.samples().table.to_pylist()
    mine = [row for row in rows if not row["series"].startswith("@")]
    late = [row["sent"] - row["intended"] for row in rows]
    answers = [row["done"] - row["sent"] for row in mine if row["outcome"] == "served"]
    skipped = sum(event["count"] for event in child.events("skipped"))
    print(f"probes {len(mine)}, served {len(answers)}, skipped {skipped}")
    print(f"CPU: start-up {startup:.2f} s, whole {total:.2f} s")
    print(f"CPU per 10,000 probes without start-up: {(total - startup) / len(mine) * 1e4:.3f} s")
    print(f"CPU per 10,000 probes with start-up:    {total / len(mine) * 1e4:.3f} s")
    print(f"share of a core while probing: {(total - startup) / seconds:.3f}")
    print(f"send lateness {shown(late)}")
    print(f"answer time   {shown(answers)}")


def measure_fortio(url: str, seconds: float) -> None:
    """Let fortio send as many requests, over two connections, and print its CPU."""
    if not shutil.which("fortio"):
        print("fortio: not on the PATH")
        return
    before = children()
    command = ["fortio", "load", "-quiet", "-qps", "200", "-c", "2", "-t", f"{seconds:.0f}s", url]
    subprocess.run(command, check=True, capture_output=True)
    print(f"fortio: CPU per 10,000 requests: {(children() - before) / (200 * seconds) * 1e4:.3f} s")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 50.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, port = start_nginx(folder)
        try:
            url = f"http://127.0.0.1:{port}/ready"
            rate = 100 * 0.757  # per series; two series give 200 probes a second
            shared = {"url": url, "rate": rate, "connections": ["reused"], "expect_body": "ready"}
            targets = [{"name": "a", **shared}, {"name": "b", **shared}]
            measure(folder / "probe", targets, seconds)
            measure_fortio(url, seconds)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
