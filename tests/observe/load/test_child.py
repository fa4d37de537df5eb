"""The real child against a real server: what it counts is what the server was asked."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from soakgate.model.buckets import edges
from soakgate.model.load import LoadTable
from tests.helpers.certs import HAVE_OPENSSL, make_certificate
from tests.helpers.loadchild import NS, LoadChild
from tests.helpers.web import Web

pytestmark = pytest.mark.slow


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


def locustfile(folder: Path, text: str) -> str:
    path = folder / "locustfile.py"
    path.write_text(text)
    return str(path)


LEAN = """
from locust import task
from soakgate.observe.load.lean import LeanUser

class Mine(LeanUser):
    @task
    def go(self):
        self.client.get("{path}")
"""


def kept(table: LoadTable, planned: int) -> bool:
    """Whether a plan was kept, as well as a machine that does other things lets us."""
    return planned // 2 <= table.started.sum() <= planned + 1


def test_counts_agree_with_the_server_and_the_plan(tmp_path, web):
    table, damage = LoadChild(tmp_path, web.url, rate=150).run(2)
    assert damage == []
    assert table.names == ("/",)
    assert int(table.started.sum()) == int(table.finished.sum()) == web.total
    assert kept(table, 300)
    assert list(table.second) == [0, 1]
    assert table.failed.sum() == 0
    assert table.cell_count.sum() == web.total - table.void.sum()
    assert table.planned_in(table.window) == 300
    assert table.users[0] == 4


def test_failures_are_named_and_kept_out_of_the_histogram(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/503"))
    child = LoadChild(tmp_path, web.url, profile=profile, failures=10)
    table, _ = child.run(1)
    failed = int(table.failed.sum())
    assert web.asked["/503"] == failed + table.void.sum()
    assert kept(table, 100)
    assert failed == table.http_5xx.sum()
    assert table.kinds == {"status-503": failed}
    assert table.cell_count.size == 0
    assert len(table.failures) == 10
    assert table.unlisted == failed - 10
    first = table.failures[0]
    assert (first.kind, first.status, first.at) == ("status-503", 503, table.origin)


def test_a_hang_does_not_slow_the_load_down(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/hang"))
    table, _ = LoadChild(tmp_path, web.url, profile=profile, users=1).run(2)
    assert web.total == table.started.sum()
    assert kept(table, 200)
    assert table.kinds == {"answer-timeout": web.total - table.void.sum()}


def test_a_refused_connection_and_one_closed_without_an_answer(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/close"))
    table, _ = LoadChild(tmp_path, web.url, profile=profile).run(1)
    assert list(table.kinds) == ["closed"]
    assert kept(table, 100)
    other = tmp_path / "other"
    other.mkdir()
    table, _ = LoadChild(other, "http://127.0.0.1:1").run(1)
    assert list(table.kinds) == ["refused"]
    assert kept(table, 100)


def test_requests_in_flight_are_visible_after_a_kill(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/slow/60000"))
    child = LoadChild(tmp_path, web.url, profile=profile, answer_limit=60 * NS)
    child.hear("ready")
    child.start(30)
    child.hear("progress")
    child.hear("progress")
    child.process.kill()
    child.end()
    table, damage = child.table()
    assert damage == []
    assert kept(table, 200)
    assert table.finished.sum() == 0
    assert table.in_flight[1] >= 100


def test_the_end_of_stdin_ends_the_child(tmp_path, web):
    child = LoadChild(tmp_path, web.url)
    child.hear("ready")
    child.start(60)
    child.hear("progress")
    assert child.process.stdin is not None
    child.process.stdin.close()
    before = time.monotonic()
    assert child.process.wait(5) == 0
    assert time.monotonic() - before < 1.5
    assert child.events("stopped")[0]["why"] == "orphaned"
    table, _ = child.table()
    assert table.started.sum() == table.finished.sum() == web.total
    child.end()


def test_a_task_that_never_yields_cannot_outlive_its_parent(tmp_path, web):
    spin = "        while True: pass\n"
    profile = locustfile(tmp_path, LEAN.format(path="/") + spin)
    child = LoadChild(tmp_path, web.url, profile=profile)
    child.hear("ready")
    child.start(60)
    time.sleep(0.5)
    assert child.process.stdin is not None
    child.process.stdin.close()
    child.process.wait(4)
    child.end()


def test_a_frozen_child_blames_itself(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/slow/100"))
    child = LoadChild(tmp_path, web.url, profile=profile)
    child.hear("ready")
    child.start(3)
    child.hear("progress")
    os.kill(child.process.pid, signal.SIGSTOP)
    time.sleep(1.3)
    os.kill(child.process.pid, signal.SIGCONT)
    child.hear("done")
    assert child.end() == 0
    table, _ = child.table()
    assert table.failed.sum() == 0
    assert table.void.sum() >= 1
    assert web.total == table.started.sum()
    assert any(s.length > NS for s in table.stalls)
    assert table.started.sum() < 0.8 * 300  # what the stall took was not sent in a burst
    assert table.planned_in(table.window) == 300


def test_an_earlier_stop_counts(tmp_path, web):
    child = LoadChild(tmp_path, web.url)
    child.hear("ready")
    at = child.start(60)
    child.hear("progress")
    child.order({"do": "stop", "at": at + 2 * NS - 1})
    child.hear("done")
    assert child.end() == 0
    table, _ = child.table()
    assert web.total == table.started.sum()
    assert kept(table, 200)
    assert table.planned_in(table.window) == 200


HTTP = """
from locust import {kind}, constant, task

class Plain({kind}):
    wait_time = constant(0.1)

    @task
    def go(self):
        self.client.get("/", name="front")
        self.client.get("/503")
        with self.client.get("/", name="checked", catch_response=True) as answer:
            answer.failure("not what I wanted")
"""


@pytest.mark.parametrize("kind", ["HttpUser", "FastHttpUser"])
def test_a_users_own_locust_file_is_counted(tmp_path, web, kind):
    profile = locustfile(tmp_path, HTTP.format(kind=kind))
    table, _ = LoadChild(tmp_path, web.url, profile=profile, rate=None).run(2)
    assert table.names == ("/503", "checked", "front")
    assert table.started.sum() == table.finished.sum() == web.total > 30
    sums = {n: int(table.failed[table.rows(table.window, n)].sum()) for n in table.names}
    assert sums["front"] == 0
    assert sums["/503"] == web.asked["/503"] == table.http_5xx.sum()
    assert table.kinds == {"status-503": sums["/503"], "CatchResponseError": sums["checked"]}
    assert table.planned_in(table.window) is None


@pytest.mark.parametrize("kind", ["HttpUser", "FastHttpUser"])
def test_a_hang_of_a_plain_user_is_in_flight_and_then_a_timeout(tmp_path, web, kind):
    text = HTTP.format(kind=kind).replace('"/", name="front"', '"/hang"')
    profile = locustfile(tmp_path, text)
    child = LoadChild(tmp_path, web.url, profile=profile, rate=None)
    table, _ = child.run(1.2)
    assert table.in_flight[0] == 4
    assert table.kinds["answer-timeout"] >= 4


LISTENING = (
    LEAN.format(path="/")
    + """
from locust import events

@events.request.add_listener
def mine(name, response_time, exception, **rest):
    print("HEARD", name, exception)
"""
)


def test_listeners_of_the_locust_file_hear_lean_requests_and_may_print(tmp_path, web):
    child = LoadChild(tmp_path, web.url, profile=locustfile(tmp_path, LISTENING))
    table, _ = child.run(1)
    assert table.started.sum() == web.total
    assert child.read_log().count("HEARD / None") == web.total > 0


def test_a_locust_file_that_cannot_be_used_ends_the_child(tmp_path):
    child = LoadChild(tmp_path, "http://127.0.0.1:1", profile=locustfile(tmp_path, "1/0"))
    assert child.hear("error")["what"].startswith("locustfile.py:1: load: the locust file cannot")
    assert child.end() == 4


def test_users_that_never_come_up_are_one_line(tmp_path, web):
    text = LEAN.format(path="/") + "    def on_start(self): raise ValueError('no luck')\n"
    child = LoadChild(tmp_path, web.url, profile=locustfile(tmp_path, text))
    child.hear("ready")
    child.start(60)
    assert "no user is running" in child.hear("error")["what"]
    assert child.end() == 3
    assert "no luck" in child.events("user-error")[0]["what"]


def test_response_times_start_at_the_schedule(tmp_path, web):
    profile = locustfile(tmp_path, LEAN.format(path="/slow/50"))
    table, _ = LoadChild(tmp_path, web.url, profile=profile, users=1).run(1)
    lows = np.array([edges(int(c))[0] for c in table.cell_bucket])
    assert lows.min() >= 48_000_000
    assert table.cell_count.sum() == table.started.sum() - table.void.sum()


@pytest.mark.skipif(not HAVE_OPENSSL, reason="needs openssl")
def test_tls_is_verified_and_kept_alive(tmp_path):
    certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    trust = {"SSL_CERT_FILE": str(certificate.cert)}
    with Web(tls=certificate.server()) as web:
        table, _ = LoadChild(tmp_path, web.url, environment=trust).run(1)
        assert table.failed.sum() == 0
        assert table.finished.sum() == web.total > 0
        assert web.connections <= 8
        other = tmp_path / "other"
        other.mkdir()
        table, _ = LoadChild(other, web.url).run(1)
        assert list(table.kinds) == ["tls"]
