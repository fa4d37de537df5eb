"""Three real nginx servers behind a real HAProxy, all on loopback, for the main job's test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

__all__ = ["MISSING", "Site"]

PATH = "/usr/sbin:/usr/bin"
MISSING = [name for name in ("nginx", "haproxy") if shutil.which(name, path=PATH) is None]
NAMES = ("web1", "web2", "web3")

NGINX = """
daemon off; worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.log;
events {{ worker_connections 4096; }}
http {{
  log_format when "$msec $status $request_uri";
  access_log {folder}/{name}.access when;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port} reuseport; location / {{ return 200 "ready\\n"; }} }}
}}
"""

HAPROXY = """
global
  stats socket {folder}/admin.sock mode 600 level admin
  maxconn 4000
defaults
  mode http
  timeout connect 200ms
  timeout client 10s
  timeout server 5s
  retries 0
frontend site
  bind 127.0.0.1:{port}
  default_backend web
backend web
  balance roundrobin
  option httpchk GET /health
  default-server check inter 300ms fall 2 rise 1
{servers}
"""


def free_port() -> int:
    """Give a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Site:
    """The site while it is up. `replace` is the command that replaces its servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in NAMES}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Site":
        for name, port in self.ports.items():
            config = NGINX.format(folder=self.folder, name=name, port=port)
            (self.folder / f"{name}.conf").write_text(config)
            self._start(["nginx", "-c", str(self.folder / f"{name}.conf"), "-p", str(self.folder)])
        servers = "\n".join(f"  server {n} 127.0.0.1:{p}" for n, p in self.ports.items())
        config = HAPROXY.format(folder=self.folder, port=self.port, servers=servers)
        (self.folder / "haproxy.cfg").write_text(config)
        self._start(["haproxy", "-f", str(self.folder / "haproxy.cfg")])
        self._wait(self.port)
        return self

    def _start(self, argv: list[str]) -> None:
        path = shutil.which(argv[0], path=PATH)
        assert path is not None
        self._running.append(subprocess.Popen([path, *argv[1:]], start_new_session=True))

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "the site did not come up"
                time.sleep(0.05)

    def replace(self, *, careless: bool) -> str:
        """Give the upgrade command for this site."""
        script = Path(__file__).parents[1] / "e2e" / "haproxy" / "replace.py"
        how = "careless" if careless else "draining"
        return f"{sys.executable} {script} {self.folder} {how}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running:
            _end_group(process.pid)
            process.wait()
        for path in self.folder.glob("*.pids"):  # servers that the script started
            for pid in path.read_text().split():
                _end_group(int(pid))

    def served(self) -> list[float]:
        """Give the moments (s since the epoch) at which any server answered a user, sorted."""
        rows = [r.split() for p in self.folder.glob("*.access") for r in p.read_text().splitlines()]
        return sorted(float(when) for when, status, uri in rows if status == "200" and uri == "/")


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
