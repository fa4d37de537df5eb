import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from soakgate.model.samples import OUTCOMES, Connection, Outcome
from soakgate.observe.probe import http
from soakgate.observe.probe.control import Control, control_target
from soakgate.observe.probe.hub import Hub, Row
from soakgate.observe.probe.poller import Poller


class Lab:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.rows: list[Row] = []
        poller = Poller(self.loop)
        self.hub = Hub(loop=self.loop, poller=poller, record=self.rows.append, note=print)
        self.control = Control()
        self.control.serve(self.hub)

    def probe(self, connection: Connection, times: int) -> list[Outcome]:
        target = control_target(self.control.port)
        prober = http.make(target, connection=connection, series=0, hub=self.hub)
        for number in range(times):
            prober.fire(self.hub.alive())
            while len(self.rows) == number:
                self.hub.poller.dispatch()
        return [OUTCOMES[row[5]] for row in self.rows]

    def raw(self, request: bytes) -> bytes:
        """Speak to the control as a stranger; gives what comes until it closes."""
        with socket.create_connection(("127.0.0.1", self.control.port)) as sock:
            self.hub.poller.dispatch()
            sock.sendall(request)
            self.hub.poller.dispatch()
            sock.settimeout(5)
            return sock.recv(4096)


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.control.close()
    lab.hub.poller.close()
    lab.loop.close()


@pytest.mark.parametrize("connection", Connection)
def test_it_is_served_over_both_connections(lab: Lab, connection: Connection) -> None:
    assert lab.probe(connection, 3) == [Outcome.SERVED] * 3


def test_a_reused_series_needs_one_connection(lab: Lab) -> None:
    lab.probe(Connection.REUSED, 5)
    assert len(lab.control._open) == 1


@pytest.mark.parametrize("request_", [b"x", b"x" * 5000, b"\xff\r\n"])
def test_strangers_are_dropped(lab: Lab, request_: bytes) -> None:
    with contextlib.suppress(ConnectionResetError):
        assert lab.raw(request_) == b""
    assert not lab.control._open


def test_without_handles_it_turns_away_instead_of_spinning(lab: Lab) -> None:
    failures = []

    class Short(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            if not failures:
                failures.append(1)
                raise OSError(24, "Too many open files")
            return super().accept()

    listener = lab.control._listener
    lab.control._listener = Short(fileno=socket.dup(listener.fileno()))
    lab.control._listener.settimeout(0)
    with socket.create_connection(("127.0.0.1", lab.control.port)) as sock:
        lab.hub.poller.dispatch()
        sock.settimeout(5)
        assert sock.recv(1) == b""
    assert failures
    lab.hub.poller.forget(listener.fileno())
    listener.close()
