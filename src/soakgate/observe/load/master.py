"""Load from several processes: Locust's master in this one, local and foreign workers."""

import subprocess
import sys
import time
from collections import deque
from typing import Any

import gevent
import msgspec
from locust.rpc import Message
from locust.runners import MasterRunner

from soakgate.errors import HarnessError, UsageError
from soakgate.model.times import NS
from soakgate.observe.load.evidence import Evidence
from soakgate.observe.load.local import announce, make_environment
from soakgate.observe.load.member import boot_id
from soakgate.observe.load.orders import Orders
from soakgate.observe.load.profile import Profile
from soakgate.observe.load.roster import Roster, Worker
from soakgate.observe.load.settings import Settings, split_address

__all__ = ["MasterCrew"]

ATTACH = "\n\nimport soakgate.observe.load.attach  # noqa\n"
PATIENCE = 120 * NS  # for workers of other hosts to join; local ones have less to do
PING = 1 * NS
FAREWELL = 0.2  # seconds in which the last word leaves this process


class Master(MasterRunner):  # type: ignore[misc]
    """Locust's master, which also hands out our hook and refuses who comes too late."""

    crew: "MasterCrew"
    source = ""
    filename = ""

    def handle_message(self, client_id: str, msg: Any) -> None:
        """Take a message of a worker."""
        if msg.type == "locustfile":
            files = [{"filename": self.filename, "contents": self.source + ATTACH}]
            self.send_message("locustfile", client_id=client_id, data={"locustfiles": files})
        elif msg.type == "client_ready" and self.crew.refuses(client_id):
            self.server.send_to_client(Message("quit", None, client_id))
        else:
            super().handle_message(client_id, msg)


class MasterCrew:
    """All users in workers; losses of workers become events."""

    def __init__(
        self, settings: Settings, profile: Profile, evidence: Evidence, orders: Orders
    ) -> None:
        self._settings, self._profile = settings, profile
        self._evidence, self._orders = evidence, orders
        self._expected = settings.workers + settings.expect_workers
        self.roster = Roster(boot_id())
        self._inbox: deque[tuple[Worker, dict[str, Any]]] = deque()
        self._complaints: deque[str] = deque()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = make_environment(settings, profile)
        self._runner: Any = self._open()
        self._started = 0
        self._stop = 0
        self._pinged = 0

    def refuses(self, client_id: str) -> bool:
        """Whether a worker comes too late: shares of the load are given out at the start."""
        unknown = bool(self._started) and self.roster.get(client_id) is None
        if unknown:
            self._evidence.event("worker-refused", at=time.monotonic_ns(), worker=client_id[:80])
        return unknown

    def prepare(self) -> None:
        """Start local workers and wait for all. Raises HarnessError."""
        announce(self._environment)
        self._launch()
        deadline = time.monotonic_ns() + PATIENCE
        while self.roster.ready < self._expected and not self._orders.ended:
            now = time.monotonic_ns()
            if now > deadline:
                raise HarnessError(
                    "load: workers are missing",
                    expected=f"{self._expected} workers",
                    found=str(self.roster.ready),
                )
            self.poll()
            gevent.sleep(0.05)

    def start(self, at: int) -> None:
        """Pass T0 on, each in its clock, and let Locust spawn users; ns."""
        self._started = at
        self._send_all("soakgate-start", at)
        if self._stop:
            self.stop(self._stop)
        wait = 0.0 if self._profile.lean else max(0.0, (at - time.monotonic_ns()) / NS)
        gevent.spawn_later(wait, self._spawn)

    def stop(self, at: int) -> None:
        """Pass the last start on; ns."""
        self._stop = at
        if self._started:
            self._send_all("soakgate-stop", at)

    def halt(self) -> None:
        """Workers know the moment; only a shape must not spawn again."""
        if self._runner.shape_greenlet is not None:
            self._runner.shape_greenlet.kill(block=False)
            self._runner.shape_greenlet = None

    @property
    def idle(self) -> bool:
        """Whether all living workers have sent their last report."""
        return all(w.final for w in self.roster.living) and not self._inbox

    def poll(self) -> None:
        """Ping, write reports, notice losses. Raises OSError, SoakgateError."""
        now = time.monotonic_ns()
        if now - self._pinged > PING:
            self._pinged = now
            for worker in self.roster:
                self._send(worker, "soakgate-ping", {"t": time.monotonic_ns()})
        self._read()
        if self._complaints:
            raise UsageError(self._complaints.popleft())
        self._check_processes(now)
        if self._started and now > self._started:
            for worker in self.roster.silent(now):
                self._lose(worker, now)

    def tick(self, second: int) -> None:
        """Write what has arrived; workers' seconds are their own affair. Raises OSError."""
        self._read()

    def finish(self, second: int) -> None:
        """Write what has arrived. Raises OSError."""
        self._read()

    def close(self) -> None:
        """Let foreign workers go and end local ones at once."""
        own = {process.pid for process in self._processes}
        others = [w for w in self.roster if not (w.local and w.pid in own)]
        for worker in others:
            self._runner.server.send_to_client(Message("quit", None, worker.id))
        for process in self._processes:
            process.kill()  # a frozen one would not hear anything else
        if others:
            gevent.sleep(FAREWELL)

    def _open(self) -> Any:
        listen = self._settings.listen
        host, port = split_address(listen) if listen else ("127.0.0.1", 0)
        options = {"master_bind_host": host, "master_bind_port": port}
        try:
            runner = self._environment._create_runner(Master, **options)  # noqa: SLF001
        except (SystemExit, Exception) as error:
            raise HarnessError("load: cannot listen for workers", where=listen) from error
        runner.crew = self
        runner.filename = "locustfile.py"
        with open(self._settings.profile, encoding="utf-8") as file:
            runner.source = file.read()
        handlers = {
            "soakgate-hello": self._hello,
            "soakgate-ready": self._ready,
            "soakgate-pong": self._pong,
            "soakgate-report": self._report,
            "soakgate-error": self._complain,
        }
        for kind, listener in handlers.items():
            runner.register_message(kind, listener)
        return runner

    def _launch(self) -> None:
        address = f"{self._runner.master_bind_host}:{self._runner.server.port}"
        command = [sys.executable, "-m", "soakgate.observe.load.worker", "--local"]
        line = msgspec.json.encode(self._settings) + b"\n"
        for _ in range(self._settings.workers):
            process = subprocess.Popen(
                [*command, "--master", address.replace("0.0.0.0:", "127.0.0.1:")],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
            assert process.stdin is not None
            process.stdin.write(line)
            process.stdin.flush()
            self._processes.append(process)

    def _spawn(self) -> None:
        if self._profile.shape is not None:
            self._runner.start_shape()
        else:
            self._runner.start(self._profile.users, spawn_rate=self._profile.users)

    def _hello(self, msg: Any, **_: Any) -> None:
        data, now = msg.data, time.monotonic_ns()
        if self._started and self.roster.get(msg.node_id) is None:
            return
        worker = self.roster.join(
            msg.node_id, boot=data["boot"], host=data["host"], pid=data["pid"], now=now
        )
        for _again in range(3):  # a few round trips before anything else is going on
            self._send(worker, "soakgate-ping", {"t": time.monotonic_ns()})
        self._send_plan(worker)

    def _send_plan(self, worker: Worker) -> None:
        # The environment may hold secrets: it goes to local workers by stdin and nowhere else.
        settings = msgspec.structs.replace(
            self._settings, environment={}, folder="", profile="", listen=None, expect_workers=0
        )
        plan = self._profile.plan
        data = {
            "settings": msgspec.to_builtins(settings),
            "points": None if plan is None else plan.points,
            "share": (worker.share % self._expected, self._expected),
            "users": self._profile.users,
        }
        self._send(worker, "soakgate-plan", data)

    def _ready(self, msg: Any, **_: Any) -> None:
        worker = self.roster.get(msg.node_id)
        if worker is not None and not worker.ready:
            worker.ready = True
            self._evidence.event(
                "worker-joined",
                at=time.monotonic_ns(),
                worker=worker.name,
                host=worker.host,
                pid=worker.pid,
                clock={"same": worker.local, "offset": worker.offset, "bound": worker.bound},
            )

    def _pong(self, msg: Any, **_: Any) -> None:
        worker = self.roster.get(msg.node_id)
        if worker is not None:
            worker.pong(msg.data["t"], msg.data["w"], time.monotonic_ns())

    def _report(self, msg: Any, **_: Any) -> None:
        worker = self.roster.get(msg.node_id)
        if worker is not None:
            self._inbox.append((worker, msg.data))

    def _complain(self, msg: Any, **_: Any) -> None:
        self._complaints.append(str(msg.data.get("what")))

    def _read(self) -> None:
        while self._inbox:
            worker, report = self._inbox.popleft()
            now = time.monotonic_ns()
            since = worker.heard
            if self.roster.heard(worker, now):
                self._gap("worker-back", worker, now, since=since, until=now)
            missing = report["seq"] - worker.sequence - 1
            worker.sequence = report["seq"]
            if missing > 0:
                self._evidence.event("reports-lost", at=now, worker=worker.name, count=missing)
            worker.final = bool(report["final"])
            self._evidence.take(worker.name, report)

    def _check_processes(self, now: int) -> None:
        for process in [p for p in self._processes if p.poll() is not None]:
            self._processes.remove(process)
            worker = next((w for w in self.roster if w.local and w.pid == process.pid), None)
            if not self._started:
                found = f"exit code {process.returncode}"
                raise HarnessError("load: a worker ended before the start", found=found)
            if worker is not None and not worker.lost and not worker.final:
                worker.lost = True
                self._lose(worker, now)
        alone = self._settings.listen is None and not self._processes
        if self._started and alone and not all(w.final for w in self.roster):
            raise HarnessError("load: all workers have ended")

    def _lose(self, worker: Worker, now: int) -> None:
        self._evidence.recent.drop(worker.name)
        self._gap("worker-lost", worker, now, since=worker.heard, until=None)

    def _gap(self, what: str, worker: Worker, now: int, *, since: int, until: int | None) -> None:
        span: dict[str, Any] = {"from": max(self._started, since), "to": until}
        self._evidence.event(what, at=now, worker=worker.name, **span)

    def _send_all(self, kind: str, at: int) -> None:
        for worker in self.roster:
            self._send(worker, kind, {"at": at + worker.offset})

    def _send(self, worker: Worker, kind: str, data: dict[str, Any]) -> None:
        self._runner.send_message(kind, data, client_id=worker.id)
