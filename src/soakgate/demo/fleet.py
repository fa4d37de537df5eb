"""The three instances behind the front, and how they are replaced, with care or without."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType

from soakgate.demo.front import Front

__all__ = ["Fleet"]

SIZE = 3
SETTLE = 0.5  # seconds for clients to see that a backend left
START = 1.5  # seconds that a careless replacement takes before it begins to start


class Fleet:
    """Processes of the demo service. `address` (HOST:PORT) takes the order to replace them."""

    def __init__(self, front: Front, *, careless: bool) -> None:
        self._front, self._careless = front, careless
        self._instances: list[tuple[int, subprocess.Popen[bytes]]] = []
        self._orders = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._orders.getsockname()[1]}"

    def __enter__(self) -> "Fleet":
        for _ in range(SIZE):
            self._add(self._start())
        threading.Thread(target=self._obey, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._orders.close()
        for _, process in self._instances:
            process.kill()
            process.wait()

    def _start(self) -> tuple[int, subprocess.Popen[bytes]]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        argv = [sys.executable, "-m", "soakgate.demo.service", str(port)]
        argv += ["--careless"] if self._careless else []
        return port, subprocess.Popen(argv, stdin=subprocess.PIPE)

    def _add(self, instance: tuple[int, subprocess.Popen[bytes]]) -> None:
        """Wait until an instance answers, then let the front use it."""
        port, _ = instance
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        self._instances.append(instance)
        self._front.backends = [p for p, _ in self._instances]

    def _obey(self) -> None:
        """Take each connection as the order to replace all; say each step over it."""
        while True:
            try:
                client, _ = self._orders.accept()
            except OSError:
                return
            with client, client.makefile("w") as say:
                for number in range(SIZE):
                    for step in self._replace(number + 1):
                        print(step, file=say, flush=True)

    def _replace(self, number: int) -> Iterator[str]:
        """Replace the oldest instance; say each step before or after it is done."""
        if self._careless:
            yield f"killing instance {number} of {SIZE}"
            self._kill_oldest(wait=number == SIZE)
            return
        yield f"replacing instance {number} of {SIZE}"
        self._add(self._start())
        _, old = self._instances.pop(0)
        self._front.backends = [port for port, _ in self._instances]
        time.sleep(SETTLE)
        old.terminate()
        old.wait()
        yield f"instance {number} of {SIZE} replaced"

    def _kill_oldest(self, *, wait: bool) -> None:
        """Kill first, start later, and leave the dead one behind the front until then."""
        _, old = self._instances.pop(0)
        old.kill()
        old.wait()
        thread = threading.Thread(target=self._start_late)
        thread.start()
        if wait:
            thread.join()

    def _start_late(self) -> None:
        time.sleep(START)
        self._add(self._start())
