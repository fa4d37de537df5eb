"""Several processes: shares add up, and the loss of one is evidence, not a smaller load."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.loadchild import NS, ROOT, LoadChild
from tests.helpers.web import Web

pytestmark = pytest.mark.slow


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_dead(pids: list[int], seconds: float) -> bool:
    """Look until all have ended; they are others' children, so there is nothing to wait on."""
    deadline = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, pids))


def pids(child: LoadChild) -> list[int]:
    return [e["pid"] for e in child.events("worker-joined")]


def test_two_workers_share_one_plan(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2, rate=200)
    table, damage = child.run(2)
    assert damage == []
    assert 200 <= table.started.sum() <= 400
    assert table.finished.sum() == table.started.sum() == web.total
    assert table.cell_count.sum() == web.total - table.void.sum()
    assert table.users[0] == 4
    assert table.planned_in(table.window) == 400
    assert table.lost == ()
    assert all(e["clock"]["same"] for e in child.events("worker-joined"))
    assert wait_dead(pids(child), 2)


def test_a_killed_worker_is_a_gap_and_its_share_is_missing(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2, rate=200)
    child.hear("ready")
    child.start(3)
    child.hear("progress")
    os.kill(pids(child)[1], signal.SIGKILL)
    child.hear("done")
    assert child.end() == 0
    table, _ = child.table()
    assert table.planned_in(table.window) == 600
    assert table.started.sum() < 0.85 * 600
    (lost,) = table.lost
    assert lost.end is None
    assert table.origin <= lost.start < table.origin + 3 * NS
    assert table.users[2] == 2


def test_a_frozen_worker_is_lost_until_it_returns(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2, rate=100)
    child.hear("ready")
    child.start(5.5)
    child.hear("progress")
    victim = pids(child)[0]
    os.kill(victim, signal.SIGSTOP)
    time.sleep(3)
    os.kill(victim, signal.SIGCONT)
    child.hear("done")
    assert child.end() == 0
    table, _ = child.table()
    (lost,) = table.lost
    assert lost.end is not None
    assert 2 * NS < lost.end - lost.start < 5.5 * NS
    assert any(s.length > 2.5 * NS for s in table.stalls)


def test_no_worker_survives_a_killed_child_even_a_frozen_one(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2)
    child.hear("ready")
    child.start(60)
    child.hear("progress")
    workers = pids(child)
    assert all(map(alive, workers))
    os.kill(workers[0], signal.SIGSTOP)
    child.process.kill()
    child.end()
    assert wait_dead(workers[1:], 1.5)
    os.kill(workers[0], signal.SIGCONT)
    assert wait_dead(workers, 1.5)


def test_the_end_of_stdin_ends_child_and_workers(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2)
    child.hear("ready")
    child.start(60)
    child.hear("progress")
    workers = pids(child)
    os.kill(workers[0], signal.SIGSTOP)
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.process.wait(1.5) == 0
    assert wait_dead(workers, 0.5)
    child.end()


def test_all_workers_dead_ends_the_child(tmp_path, web):
    child = LoadChild(tmp_path, web.url, workers=2)
    child.hear("ready")
    child.start(60)
    child.hear("progress")
    for pid in pids(child):
        os.kill(pid, signal.SIGKILL)
    assert child.hear("error")["what"] == "load: all workers have ended"
    assert child.end() == 3


OUTSIDE: dict[str, list[str]] = {
    "locust": ["-m", "locust", "-f", "-", "--worker", "--master-host", "127.0.0.1"],
    "own": ["-m", "soakgate.observe.load.worker"],
}


@pytest.mark.parametrize("way", ["locust", "own"])
def test_a_worker_of_another_host_may_join(tmp_path, web, way):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings: dict[str, Any] = {"listen": f"127.0.0.1:{port}", "expect_workers": 1, "workers": 1}
    child = LoadChild(tmp_path, web.url, rate=100, **settings)
    target = ["--master-port", str(port)] if way == "locust" else ["--master", f"127.0.0.1:{port}"]
    worker = subprocess.Popen(
        [sys.executable, *OUTSIDE[way], *target],
        stderr=(tmp_path / "outside").open("wb"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    try:
        table, _ = child.run(2)
        assert 100 <= table.started.sum() <= 200
        assert web.total == table.started.sum()
        worker.wait(10)
    finally:
        worker.kill()
        worker.wait()
