"""Each way a server can behave, seen by the real child: one run, judged many times."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from soakgate.model.samples import CONTROL
from tests.helpers.faults import FaultHost, FaultServer
from tests.helpers.prober import NS, ChildProber

LIMIT = NS  # of an answer, so that the run is short
MODES = {
    "ok": "served",
    "chunked": "served",
    "until-eof": "served",
    "interim": "served",
    "http10": "served",
    "extra-bytes": "served",
    "idle-close": "served",
    "slow:0.3": "served",
    "drip:0.001": "served",
    "bigbody:3000000": "served",
    "refuse": "refused",
    "reset": "reset",
    "truncated-reset": "reset",
    "closed": "closed",
    "truncated": "truncated",
    "half-header": "truncated",
    "blackhole": "answer-timeout",
    "stalled": "answer-timeout",
    "slow:30": "answer-timeout",
    "drip:0.1": "answer-timeout",
    "syn-drop": "connect-timeout",
    "503": "status",
    "500": "status",
    "101": "status",
    "redirect": "redirect",
    "304": "redirect",
    "wrong-body": "wrong-body",
    "204": "wrong-body",
    "garbage": "protocol",
    "endless-header": "protocol",
}
STATUSES = {"ok": 200, "wrong-body": 200, "truncated": 200, "stalled": 200, "redirect": 302}
STATUSES |= {"503": 503, "500": 500, "101": 101, "304": 304}
STATUSES |= {"refuse": 0, "closed": 0, "garbage": 0}


def _have_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


HAVE_IPV6 = _have_ipv6()


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildProber]:
    folder = tmp_path_factory.mktemp("modes")
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            patch.setenv(name, "http://127.0.0.1:1")  # ignored
        host = FaultHost().start()
        stack.callback(host.stop)
        targets = []
        for mode in MODES:
            server = stack.enter_context(FaultServer(mode=mode, host=host))
            targets.append(
                {
                    "name": mode,
                    "url": server.url,
                    "expect_body": "ready",
                    "rate": 4,
                    "connect_limit": NS // 2,
                    "answer_limit": LIMIT,
                }
            )
        by_name = stack.enter_context(FaultServer(host=host))
        url = by_name.url.replace("127.0.0.1", "localhost")
        targets.append({"name": "by-name", "url": url, "rate": 4})
        if HAVE_IPV6:
            six = stack.enter_context(FaultServer(host=host, address="::1"))
            targets.append({"name": "ipv6", "url": six.url, "rate": 4})
        made = stack.enter_context(ChildProber(folder, targets))
        made.start(2)
        assert made.wait(60) == 0
        yield made


@pytest.mark.parametrize("connection", ["new", "reused"])
@pytest.mark.parametrize("mode", MODES)
def test_outcome(child: ChildProber, mode: str, connection: str) -> None:
    outcomes = child.outcomes(mode, connection)
    assert set(outcomes) == {MODES[mode]}
    assert outcomes.total() >= 2


@pytest.mark.parametrize("mode", STATUSES)
def test_the_status_is_kept_whatever_the_outcome(child: ChildProber, mode: str) -> None:
    assert {row["status"] for row in child.rows(mode)} == {STATUSES[mode]}


def test_a_name_is_resolved(child: ChildProber) -> None:
    assert set(child.outcomes("by-name")) == {"served"}


@pytest.mark.skipif(not HAVE_IPV6, reason="this host has no IPv6")
def test_an_ipv6_address(child: ChildProber) -> None:
    assert set(child.outcomes("ipv6")) == {"served"}


def test_the_control_is_served_over_both_connections(child: ChildProber) -> None:
    assert set(child.outcomes(CONTROL, "new")) == {"served"}
    assert set(child.outcomes(CONTROL, "reused")) == {"served"}


def test_details_are_there_for_failures_only(child: ChildProber) -> None:
    for row in child.samples().table.to_pylist():
        if row["outcome"] == "served":
            assert row["detail"] is None
        elif row["outcome"] != "status":
            assert row["detail"]


def test_moments_are_in_order(child: ChildProber) -> None:
    for row in child.samples().table.to_pylist():
        assert child.t0 <= row["intended"] <= row["sent"] <= row["done"]
        if row["first_byte"]:
            assert row["sent"] <= row["first_byte"] <= row["done"]
        if row["outcome"] == "served":
            assert row["first_byte"]


def test_limits_count_from_the_intended_start(child: ChildProber) -> None:
    for row in child.rows("blackhole") + child.rows("stalled"):
        assert row["done"] - row["intended"] > LIMIT
    for row in child.rows("syn-drop"):
        assert row["done"] - row["sent"] > NS // 2


def test_each_series_keeps_its_grid(child: ChildProber) -> None:
    for info in child.samples().series:
        moments = sorted(r["intended"] for r in child.rows(info.target, info.connection))
        assert all((at - moments[0]) % info.period == 0 for at in moments)
        assert moments[0] - child.t0 < min(info.period, NS)
        assert len(set(moments)) == len(moments)


def test_nothing_else_is_in_the_log(child: ChildProber) -> None:
    assert child.log == ""
