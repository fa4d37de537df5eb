"""A tiny server in the prober's own loop: if probing it fails, the fault is ours."""

import contextlib
import socket

from soakgate.model.samples import CONTROL
from soakgate.observe.probe.hub import Hub
from soakgate.observe.probe.poller import READ
from soakgate.observe.probe.settings import Target

__all__ = ["Control", "control_target"]

RATE = 2.0  # Hz per connection kind; enough to see that client and loop are healthy
RECEIVE = 4096  # bytes; our requests come whole, and whoever else finds the port is dropped
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
LAST_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


class Control:
    """Listens on a free port of the loopback until `close`. Raises OSError if there is none."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._hub: Hub | None = None
        self._spare = socket.socket()
        self._open: dict[int, socket.socket] = {}

    def serve(self, hub: Hub) -> None:
        """Begin to answer, from the loop that the hub's probes live in."""
        self._hub = hub
        hub.poller.watch(self._listener.fileno(), self._accept, READ)

    def _accept(self, _: int) -> None:
        assert self._hub is not None
        self._hub.alive()
        try:
            sock, _ = self._listener.accept()
        except OSError:  # gone again, or no handle left
            self._turn_away()
            return
        sock.settimeout(0)
        number = sock.fileno()
        self._open[number] = sock
        self._hub.poller.watch(number, lambda _: self._answer(number), READ)

    def _turn_away(self) -> None:
        """Take the next connection with the handle kept for this, or the loop would spin on it."""
        self._spare.close()
        with contextlib.suppress(OSError):
            self._listener.accept()[0].close()
        self._spare = socket.socket()

    def _answer(self, number: int) -> None:
        assert self._hub is not None
        self._hub.alive()
        request = b""
        with contextlib.suppress(OSError):
            request = self._open[number].recv(RECEIVE)
            if request.endswith(b"\r\n\r\n"):
                last = b"\r\nConnection: close\r\n" in request
                self._open[number].send(LAST_ANSWER if last else ANSWER)
                if not last:
                    return
        self._hub.poller.forget(number)
        self._open.pop(number).close()

    def close(self) -> None:
        """Stop listening and drop all connections."""
        for sock in (self._listener, self._spare, *self._open.values()):
            sock.close()


def control_target(port: int) -> Target:
    """Describe the control as a target like any other."""
    return Target(name=CONTROL, url=f"http://127.0.0.1:{port}/", expect_body="ok", rate=RATE)
