"""What a command prints, kept bounded: its first half megabyte at once, its last at the end.

A pump reads a pipe until nobody holds it any more, so that neither a full disk nor a full pipe can
come of a command that prints without end.
"""

import os
import select
import threading
from pathlib import Path

from soakgate.adapters.files import write_all

__all__ = ["KEPT", "Output"]

KEPT = 512 * 1024  # bytes kept from each end
PIECE = 1 << 16
PATIENCE = 2.0  # seconds for what is in the pipe when the command has ended


class Output:
    """`path` is made, begins with a line that names the run, and is whole after `finish`."""

    def __init__(self, path: Path, *, run: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        write_all(self._fd, f"# run {run}\n".encode())
        self._read, self.pipe = os.pipe()
        os.set_blocking(self._read, False)
        self._wake_read, self._wake = os.pipe()
        self._room, self._tail, self._lost = KEPT, b"", 0
        self._drained = threading.Event()
        self._problem: OSError | None = None

    def pump(self) -> None:
        """Begin to read; the command has its end of the pipe by now."""
        os.close(self.pipe)
        threading.Thread(target=self._run, name="output", daemon=True).start()

    def finish(self) -> None:
        """Write the last part once all is read that the command itself wrote. Raises OSError."""
        os.write(self._wake, b".")
        self._drained.wait(PATIENCE)
        if self._problem is not None:
            raise self._problem
        if self._lost:
            write_all(self._fd, f"\n# {self._lost} bytes left out\n".encode())
        write_all(self._fd, self._tail)
        os.close(self._fd)

    # In the thread from here on.

    def _run(self) -> None:
        while self._drain() and not self._drained.is_set():
            ready, _, _ = select.select([self._read, self._wake_read], [], [])
            if self._wake_read in ready:
                self._drain()
                self._drained.set()
        self._drained.set()
        self._discard()

    def _drain(self) -> bool:
        """Take what is there; tell whether anybody can still write."""
        for _ in range(16 * KEPT // PIECE):  # a flood must not keep us from the wake-up
            try:
                data = os.read(self._read, PIECE)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._take(data)
        return True

    def _take(self, data: bytes) -> None:
        head, rest = data[: self._room], data[self._room :]
        self._room -= len(head)
        try:
            write_all(self._fd, head)
        except OSError as error:  # told at the end; the command must not be held up
            self._problem = self._problem or error
        tail = self._tail + rest
        self._lost += max(0, len(tail) - KEPT)
        self._tail = tail[-KEPT:]

    def _discard(self) -> None:
        """Read on for programs that outlive the command, so that writing does not end them."""
        os.set_blocking(self._read, True)
        while os.read(self._read, PIECE):
            pass
        os.close(self._read)
