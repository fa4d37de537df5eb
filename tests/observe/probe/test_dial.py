"""Connecting, with addresses and look-ups that no system resolver would give on purpose."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator

import pytest

from soakgate.model.samples import OUTCOMES, Connection, Outcome
from soakgate.model.times import NS
from soakgate.observe.probe import dial
from soakgate.observe.probe.http import HttpProber
from soakgate.observe.probe.hub import SWEEP, Hub, Row
from soakgate.observe.probe.poller import Poller
from soakgate.observe.probe.resolve import Address, Resolver
from soakgate.observe.probe.route import Route
from soakgate.observe.probe.settings import Target
from tests.helpers.faults import FaultServer

PATIENCE = 20  # seconds
CONNECT = NS // 5


class Lab:
    """One prober in a loop that runs until it has recorded something."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.rows: list[Row] = []
        self.hub = Hub(
            loop=self.loop,
            poller=Poller(self.loop),
            record=self.rows.append,
            note=lambda event: None,
        )

    def prober(
        self,
        *addresses: Address,
        ask: Callable[[str, int], list[Address]] | None = None,
        connection: Connection = Connection.NEW,
    ) -> HttpProber:
        resolver = None
        if ask is not None:
            resolver = Resolver("shop", 80, loop=self.loop, rate=10, ask=ask)
        route = Route(list(addresses) if ask is None else None, resolver, None, "", CONNECT, NS)
        target = Target(name="shop", url="http://shop/", answer_limit=2 * NS)
        return HttpProber(target, connection=connection, series=0, hub=self.hub, route=route)

    def fire(self, prober: HttpProber) -> Row:
        """Send one probe and wait for its end."""
        before = len(self.rows)
        prober.fire(self.hub.alive())

        async def wait() -> None:
            while len(self.rows) == before:
                self.hub.sweep(self.hub.alive())
                await asyncio.sleep(SWEEP / NS)

        self.loop.run_until_complete(asyncio.wait_for(wait(), PATIENCE))
        return self.rows[-1]

    def close(self) -> None:
        self.hub.poller.close()
        self.loop.close()


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.close()


@pytest.fixture
def good() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def at(server: FaultServer) -> Address:
    return Address(socket.AF_INET, ("127.0.0.1", server.port))


def outcome(row: Row) -> Outcome:
    return OUTCOMES[row[5]]


def test_a_refusing_address_makes_room_for_the_next(lab: Lab, good: FaultServer) -> None:
    with FaultServer(mode="refuse") as refusing:
        row = lab.fire(lab.prober(at(refusing), at(good)))
    assert outcome(row) is Outcome.SERVED


def test_an_address_that_swallows_packets_leaves_part_of_the_limit(
    lab: Lab, good: FaultServer
) -> None:
    with FaultServer(mode="syn-drop") as dropping:
        row = lab.fire(lab.prober(at(dropping), at(good)))
    assert outcome(row) is Outcome.SERVED
    assert row[4] - row[2] > CONNECT // 2  # the first one had its half


def test_all_addresses_together_have_the_one_limit(lab: Lab) -> None:
    with FaultServer(mode="syn-drop") as dropping:
        row = lab.fire(lab.prober(*[at(dropping)] * 4))
    assert outcome(row) is Outcome.CONNECT_TIMEOUT
    assert row[4] - row[2] > CONNECT
    assert row[7] is not None
    assert row[7].count("127.0.0.1: not connected") >= 2


def test_a_missing_network_says_less_than_a_refusal(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoIPv6(socket.socket):
        def connect_ex(self, place: object) -> int:
            if self.family == socket.AF_INET6:
                return errno.EADDRNOTAVAIL
            return super().connect_ex(place)  # type: ignore[arg-type]

    monkeypatch.setattr(dial.socket, "socket", NoIPv6)
    with FaultServer(mode="refuse") as refusing:
        six = Address(socket.AF_INET6, ("::1", refusing.port, 0, 0))
        assert outcome(lab.fire(lab.prober(at(refusing), six))) is Outcome.REFUSED
        assert outcome(lab.fire(lab.prober(six, at(refusing)))) is Outcome.REFUSED
        refusing.switch("ok")
        assert outcome(lab.fire(lab.prober(six, at(refusing)))) is Outcome.SERVED
    assert outcome(lab.fire(lab.prober(six))) is Outcome.VOID


@pytest.mark.parametrize("code", [errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENOBUFS, errno.EAGAIN])
def test_a_shortage_of_ours_is_neither_good_nor_bad(
    lab: Lab, good: FaultServer, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    class Short(socket.socket):
        def connect_ex(self, place: object) -> int:
            return code

    monkeypatch.setattr(dial.socket, "socket", Short)
    row = lab.fire(lab.prober(at(good), at(good)))
    assert outcome(row) is Outcome.VOID
    assert row[7] is not None
    assert row[7].startswith(errno.errorcode[code])
    assert good.connections == 0


def test_a_name_is_looked_up_for_each_new_connection(lab: Lab, good: FaultServer) -> None:
    asked = []

    def ask(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [at(good)]

    prober = lab.prober(ask=ask)
    for _ in range(3):
        assert outcome(lab.fire(prober)) is Outcome.SERVED
    assert asked == ["shop"] * 3


def test_a_name_that_cannot_be_resolved(lab: Lab) -> None:
    def ask(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    row = lab.fire(lab.prober(ask=ask))
    assert outcome(row) is Outcome.DNS
    assert row[7] == "no such name"


def test_a_name_without_an_address(lab: Lab) -> None:
    row = lab.fire(lab.prober(ask=lambda host, port: []))
    assert (outcome(row), row[7]) == (Outcome.DNS, "the name has no address")


def test_a_resolver_that_hangs_takes_the_connect_limit(lab: Lab, good: FaultServer) -> None:
    blocked = socket.socketpair()

    def ask(host: str, port: int) -> list[Address]:
        blocked[0].recv(1)
        return [at(good)]

    prober = lab.prober(ask=ask)
    row = lab.fire(prober)
    assert (outcome(row), row[7]) == (Outcome.DNS, "name not resolved within 0.2 s")
    assert row[4] - row[2] > CONNECT
    blocked[1].send(b"xx")  # the late answer of the first look-up is nobody's
    assert outcome(lab.fire(prober)) is Outcome.SERVED
    assert len(lab.rows) == 2
    for sock in blocked:
        sock.close()


def test_no_thread_for_the_look_up_is_a_shortage(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(self: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", cannot)
    row = lab.fire(lab.prober(ask=lambda host, port: []))
    assert outcome(row) is Outcome.VOID


def test_one_connection_is_kept_and_used_again(lab: Lab, good: FaultServer) -> None:
    prober = lab.prober(at(good), connection=Connection.REUSED)
    for _ in range(3):
        assert outcome(lab.fire(prober)) is Outcome.SERVED
    assert good.connections == 1


def test_a_busy_connection_gets_company_and_only_the_most_recent_is_kept(lab: Lab) -> None:
    with FaultServer(mode="slow:0.1") as slow:
        prober = lab.prober(at(slow), connection=Connection.REUSED)
        for _ in range(3):
            prober.fire(lab.hub.alive())
        lab.fire(prober)
        while len(lab.rows) < 4:
            lab.fire(lab.prober(at(slow)))
        open_now = lab.hub.poller._calls
        assert slow.connections >= 4
        assert len(open_now) == 1


def test_a_bad_status_keeps_the_connection_and_a_broken_answer_does_not(lab: Lab) -> None:
    with FaultServer(mode="503") as server:
        prober = lab.prober(at(server), connection=Connection.REUSED)
        assert outcome(lab.fire(prober)) is Outcome.STATUS
        assert outcome(lab.fire(prober)) is Outcome.STATUS
        assert server.connections == 1
        server.switch("garbage")
        assert outcome(lab.fire(prober)) is Outcome.PROTOCOL
        server.switch("ok")
        assert outcome(lab.fire(prober)) is Outcome.SERVED
        assert server.connections == 2


def test_an_overdue_answer_ends_its_connection(lab: Lab) -> None:
    with FaultServer(mode="blackhole") as server:
        prober = lab.prober(at(server), connection=Connection.REUSED)
        assert outcome(lab.fire(prober)) is Outcome.ANSWER_TIMEOUT
        server.switch("ok")
        assert outcome(lab.fire(prober)) is Outcome.SERVED
        assert server.connections == 2


def test_a_large_request_is_sent_in_parts(lab: Lab, good: FaultServer) -> None:
    prober = lab.prober(at(good))
    prober.request = prober.request[:-2] + b"X-Large: " + b"x" * (8 << 20) + b"\r\n\r\n"
    assert outcome(lab.fire(prober)) is Outcome.SERVED


def test_an_answer_before_the_request_is_sent_ends_the_connection(lab: Lab) -> None:
    with FaultServer(mode="early") as server:
        prober = lab.prober(at(server), connection=Connection.REUSED)
        prober.request = prober.request[:-2] + b"X-Large: " + b"x" * (8 << 20) + b"\r\n\r\n"
        assert outcome(lab.fire(prober)) is Outcome.STATUS
        assert outcome(lab.fire(prober)) is Outcome.STATUS
        assert server.connections == 2


def test_no_room_to_watch_a_socket_is_a_shortage(
    lab: Lab, good: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(fd: int, call: object, mask: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lab.hub.poller, "watch", cannot)
    assert outcome(lab.fire(lab.prober(at(good)))) is Outcome.VOID


def test_everything_is_closed_at_the_end(lab: Lab, good: FaultServer) -> None:
    prober = lab.prober(at(good), connection=Connection.REUSED)
    lab.fire(prober)
    prober.close()
    assert not lab.hub.poller._calls
