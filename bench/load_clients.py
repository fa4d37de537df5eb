"""Requests per second of one core: soakgate's lean Locust user beside FastHttpUser and HttpUser.

Each client runs closed-loop (ten users that never wait) in its own process against one nginx on
the loopback; the figure is requests per CPU second of the client, start-up left out, so that a
busy machine does not distort it. The lean user also runs as it is meant, open-loop, where nginx
sleeps between requests and waking it costs the client.

Needs nginx. Run: python bench/load_clients.py [--seconds 5]
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONF = """daemon off; pid {0}/pid; error_log {0}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 100000000;
  client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c;
  uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;
  server {{ listen 127.0.0.1:{1}; location / {{ return 200 "hello, world\\n"; }} }} }}
"""

LOCUST = """
from locust import {kind}, constant, task

class Client({kind}):
    wait_time = constant(0)

    @task
    def go(self):
        self.client.get("/")
"""

LEAN = """
from locust import task
from soakgate.observe.load.lean import LeanUser, Plan

def plan(rate, users):
    return Plan.steady(rate) if rate else Plan([(0, 2000), (0.01, 0)])  # ten slots

class Client(LeanUser):
    @task
    def go(self):
        self.client.get("/")
        while {again} and not self.site.pacer.ended:
            self.client.get("/")
"""

CHILD = [sys.executable, "-m", "soakgate.observe.load"]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(folder: Path, text: str, *, url: str, rate: float | None, seconds: float) -> dict:
    """Run the load child on a locust file; figures of the seconds after the first."""
    folder.mkdir()
    profile = folder / "locustfile.py"
    profile.write_text(text)
    data = folder / "load"
    data.mkdir()
    child = subprocess.Popen(
        CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(folder / "log").open("wb")
    )
    assert child.stdin is not None
    assert child.stdout is not None
    facts = {"run": "bench", "folder": str(data), "profile": str(profile), "host": url,
             "users": 10, "rate": rate}  # fmt: skip
    child.stdin.write(json.dumps(facts).encode() + b"\n")
    child.stdin.flush()
    child.stdout.readline()
    at = time.monotonic_ns() + 200_000_000
    for order in ({"do": "start", "at": at}, {"do": "stop", "at": at + int(seconds * 1e9)}):
        child.stdin.write(json.dumps(order).encode() + b"\n")
    child.stdin.flush()
    seen = []
    for line in child.stdout:
        notice = json.loads(line)
        if notice["say"] == "progress" and notice["at"] < at + seconds * 1e9:
            seen.append((notice["requests"], cpu_seconds(child.pid), notice["p95_ms"]))
    child.wait()
    (r0, c0, _), (r1, c1, p95) = seen[0], seen[-1]
    return {"requests": r1 - r0, "cpu": c1 - c0, "per_core": (r1 - r0) / (c1 - c0), "p95": p95}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    folder = Path(tempfile.mkdtemp())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(CONF.format(folder, port))
    nginx = subprocess.Popen(
        [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", "nginx.conf"],
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    rows = {
        "HttpUser": (LOCUST.format(kind="HttpUser"), None),
        "FastHttpUser": (LOCUST.format(kind="FastHttpUser"), None),
        "LeanUser": (LEAN.format(again=True), None),
        "LeanUser, open loop at 1,000/s": (LEAN.format(again=False), 1_000.0),
        "LeanUser, open loop at 8,000/s": (LEAN.format(again=False), 8_000.0),
    }
    found = {}
    try:
        time.sleep(0.3)
        print("| client | requests/CPU s | requests | p95 ms |\n|---|---|---|---|")
        for number, (name, (text, rate)) in enumerate(rows.items()):
            work = folder / str(number)
            found[name] = measure(work, text, url=url, rate=rate, seconds=seconds)
            row = found[name]
            print(f"| {name} | {row['per_core']:,.0f} | {row['requests']:,} | {row['p95']} |")
        lean = found["LeanUser"]["per_core"]
        print(f"\nLeanUser / FastHttpUser = {lean / found['FastHttpUser']['per_core']:.1f}")
    finally:
        nginx.terminate()
        nginx.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
