"""How the real child begins and ends, and what it does when it is disturbed."""

import contextlib
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soakgate.adapters.arrow import read_samples
from soakgate.model.samples import CONTROL
from tests.helpers.faults import FaultServer
from tests.helpers.prober import NS, ChildProber

PATIENCE = 20.0  # seconds that a condition may take on a busy machine


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "it never happened"
        pause.wait(0.01)


def target(server: FaultServer, **more: object) -> dict[str, object]:
    return {"name": "shop", "url": server.url, "expect_body": "ready", "rate": 50, **more}


def probes(child: ChildProber) -> int:
    return max((n.get("probes", 0) for n in child.notices), default=0)


def test_from_start_to_stop(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            child.process.send_signal(number)  # the parent decides what a signal means
        t0 = child.start(60)
        until(lambda: probes(child) > 20)
        stop = time.monotonic_ns() + NS // 2
        child.tell(do="stop", at=stop)  # earlier than said before
        assert child.wait() == 0
    assert [n["say"] for n in child.notices if n["say"] != "progress"] == ["ready", "done"]
    rows = child.rows("shop")
    assert set(child.outcomes("shop")) == {"served"}
    assert all(t0 <= row["intended"] <= stop for row in rows)
    assert max(row["intended"] for row in rows) > stop - NS // 10
    assert child.samples().torn is None
    assert child.samples().run == "run-1"
    assert len(child.events("ready")) == 1
    assert [e["why"] for e in child.events("stopped")] == ["asked"]
    beats = (tmp_path / "heartbeat").read_text().splitlines()
    assert all(line.split()[1] == str(child.process.pid) for line in beats)
    assert (tmp_path / "events.ndjson").read_text().startswith('{"run":"run-1"}\n')
    assert server.connections < len(rows) * 0.7  # the reused series kept its one


def test_a_stop_in_the_past_ends_it_now(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        child.start()
        until(lambda: probes(child) > 0)
        child.tell(do="stop", at=child.t0)
        assert child.wait() == 0
    assert child.outcomes("shop")["served"] > 0


def test_probes_in_flight_at_the_stop_are_awaited(tmp_path: Path) -> None:
    with FaultServer(mode="slow:0.7") as server, ChildProber(tmp_path, [target(server)]) as child:
        child.start(0.2)
        assert child.wait() == 0
    assert set(child.outcomes("shop")) == {"served"}
    assert child.outcomes("shop").total() >= 10


def test_the_end_of_stdin_ends_it_with_all_that_is_complete(tmp_path: Path) -> None:
    slow = {"name": "slow", "url": ""}
    with (
        FaultServer() as server,
        FaultServer(mode="blackhole") as hole,
        ChildProber(tmp_path, [target(server), {**slow, "url": hole.url}]) as child,
    ):
        child.start(60)
        until(lambda: probes(child) > 20)
        child.hang_up()
        hung_up = time.monotonic_ns()
        assert child.wait() == 0
    assert child.samples().torn is None
    assert [e["why"] for e in child.events("stopped")] == ["orphaned"]
    stopped = child.events("stopped")[0]["at"]
    assert stopped - hung_up < 1.5 * NS
    assert max(row["done"] for row in child.rows("shop")) > hung_up - NS // 2


def test_the_end_of_stdin_before_any_order(tmp_path: Path) -> None:
    with ChildProber(tmp_path, []) as child:
        child.hang_up()
        assert child.wait() == 0
    assert child.samples().table.num_rows == 0
    command = [sys.executable, "-m", "soakgate.observe.probe"]
    assert subprocess.run(command, input=b"", check=False).returncode == 0


def test_kill_leaves_readable_samples(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        child.start(60)
        until(lambda: probes(child) > 50)
        seen = probes(child)
        child.process.kill()
        child.wait()
    assert child.outcomes("shop")["served"] >= seen
    assert child.samples().torn is None


def test_a_suspended_child_voids_what_was_in_flight_and_carries_on(tmp_path: Path) -> None:
    with (
        FaultServer() as server,
        FaultServer(mode="slow:0.4") as slow,
        ChildProber(tmp_path, [target(server), target(slow) | {"name": "slow"}]) as child,
    ):
        child.start()
        until(lambda: probes(child) > 50)
        child.process.send_signal(signal.SIGSTOP)
        threading.Event().wait(1)
        child.process.send_signal(signal.SIGCONT)
        before = len(child.notices)
        until(lambda: len(child.notices) > before + 2)
        child.tell(do="stop", at=0)
        assert child.wait() == 0
    stalls = child.events("stall")
    assert any(e["to"] - e["from"] > 0.9 * NS for e in stalls)
    stall = max(stalls, key=lambda e: e["to"] - e["from"])
    assert child.events("skipped")
    for row in child.rows("slow") + child.rows("shop"):
        over = row["sent"] < stall["to"] and row["done"] >= stall["to"]
        if over:
            assert row["outcome"] == "void"
        assert row["outcome"] in ("served", "void")
    assert child.outcomes("slow")["void"] > 5
    after = [r for r in child.rows("slow") if r["intended"] > stall["to"]]
    assert {r["outcome"] for r in after} <= {"served", "void"}
    assert any(r["outcome"] == "served" for r in after)


def test_no_file_handles_left_is_neither_good_nor_bad(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)], control=False) as child:
        used = len(os.listdir(f"/proc/{child.process.pid}/fd"))
        child.limit(resource.RLIMIT_NOFILE, used)
        child.start(1)
        assert child.wait() == 0
    rows = child.rows("shop")
    assert {row["outcome"] for row in rows} == {"void"}
    assert {row["detail"] for row in rows} == {"EMFILE: Too many open files"}
    assert len(rows) > 50


def test_a_full_disk_ends_it_with_one_clear_line(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        child.start()
        until(lambda: probes(child) > 50)
        child.limit(resource.RLIMIT_FSIZE, (tmp_path / "samples-0001.arrows").stat().st_size)
        assert child.wait() == 3
    last = child.notices[-1]
    assert last["say"] == "error"
    assert last["what"] == "cannot write evidence: [Errno 27] File too large"
    assert child.outcomes("shop")["served"] > 50


@pytest.mark.parametrize(
    "target",
    [
        {"name": "shop", "url": "http://shop/", "rate": 0},
        {"name": "shop", "url": "https://shop/", "ca": "/nowhere.pem"},
    ],
)
def test_settings_that_cannot_be_used_end_it_with_one_clear_line(
    tmp_path: Path, target: dict[str, object]
) -> None:
    with ChildProber(tmp_path, [target]) as child:
        assert child.wait() == 4
    (notice,) = child.notices
    assert notice["say"] == "error"
    assert "\n" not in notice["what"]
    assert "Traceback" not in child.log


def test_a_folder_that_cannot_be_used_is_a_harness_error(tmp_path: Path) -> None:
    (tmp_path / "samples-0001.arrows").write_bytes(b"")  # of an earlier run
    with ChildProber(tmp_path, []) as child:
        assert child.wait() == 3
    assert child.notices[0]["say"] == "error"


def test_unknown_orders_change_nothing(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        child.tell(do="dance", at=1)
        child.tell(nothing=True)
        child.start(0.3)
        assert child.wait() == 0
    assert "unknown order: 'dance'" in child.log
    assert child.outcomes("shop")["served"] > 10


def test_a_scripted_outage_is_seen_where_it_was(tmp_path: Path) -> None:
    with FaultServer() as server, ChildProber(tmp_path, [target(server)]) as child:
        child.start()
        until(lambda: probes(child) > 20)
        down = server.switch("refuse")
        seen = probes(child)
        until(lambda: probes(child) > seen + 40)
        up = server.switch("ok")
        seen = probes(child)
        until(lambda: probes(child) > seen + 100)
        child.tell(do="stop", at=0)
        assert child.wait() == 0
    for connection in ("new", "reused"):
        rows = child.rows("shop", connection)
        bad = [row["intended"] for row in rows if row["outcome"] != "served"]
        # A request is bad if it met the fault: sent before its end, answered after its start.
        for row in rows:
            if row["outcome"] == "served":
                assert row["done"] < up or row["sent"] > down
        assert all(row["done"] > down for row in rows if row["intended"] in set(bad))
        assert max(bad) < up
        assert len(bad) >= 5


def test_a_server_that_closes_an_idle_connection_does_no_harm(tmp_path: Path) -> None:
    """The connection is closed some time after the answer: each probe finds it gone."""

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock:
                sock.recv(4096)
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nready\n")
                sock.settimeout(0.005)  # keep-alive time
                with contextlib.suppress(OSError):
                    sock.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        shop = {"name": "shop", "url": url, "connections": ["reused"], "rate": 10}
        with ChildProber(tmp_path, [shop]) as child:
            child.start(2)
            assert child.wait() == 0
        listener.shutdown(socket.SHUT_RDWR)
    assert set(child.outcomes("shop")) == {"served"}


def test_the_control_can_be_left_out(tmp_path: Path) -> None:
    with ChildProber(tmp_path, [], control=False) as child:
        child.start(0.1)
        assert child.wait() == 0
    assert not child.rows(CONTROL)
    assert read_samples(tmp_path / "samples-0001.arrows").series == ()


def test_a_server_that_changes_its_mind_all_the_time(tmp_path: Path) -> None:
    modes = [
        "ok",
        "reset",
        "blackhole",
        "truncated",
        "garbage",
        "refuse",
        "idle-close",
        "slow:0.05",
    ]
    modes += [
        "stalled",
        "closed",
        "until-eof",
        "extra-bytes",
        "bigbody:300000",
        "syn-drop",
        "early",
    ]
    choose = random.Random(1)
    start = time.monotonic_ns() + 2 * NS
    script = [(start + k * NS // 40, choose.choice(modes)) for k in range(100)]
    with FaultServer(script) as server:
        limits = {"connect_limit": NS // 10, "answer_limit": NS // 5}
        with ChildProber(tmp_path, [target(server, rate=200, **limits)]) as child:
            handles = Path(f"/proc/{child.process.pid}/fd")
            before = len(list(handles.iterdir()))
            child.start(at=start)
            until(lambda: time.monotonic_ns() > script[-1][0])
            server.switch("ok")
            seen = len(child.notices)
            until(lambda: len(child.notices) > seen + 2)
            assert len(list(handles.iterdir())) < before + 25  # nothing is left behind
            child.tell(do="stop", at=0)
            assert child.wait() == 0
    assert child.log == ""
    assert child.outcomes(CONTROL).keys() == {"served"}
    assert len(child.outcomes("shop")) >= 6
    last = [row["outcome"] for row in child.rows("shop")[-50:]]
    assert set(last) == {"served"}


def peak(child: ChildProber) -> int:
    """Give the largest memory of a process so far, bytes."""
    lines = Path(f"/proc/{child.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_a_body_of_200_mb_is_not_held_in_memory(tmp_path: Path) -> None:
    with FaultServer(mode="bigbody") as server:
        big = {"name": "big", "url": server.url, "rate": 1, "answer_limit": 60 * NS}
        with ChildProber(tmp_path, [big | {"connections": ["new"]}]) as child:
            before = peak(child)
            child.start()
            until(lambda: any("big" in n.get("p50_ms", {}) for n in child.notices))
            assert peak(child) - before < 50 << 20
