"""Notices to the parent that never block the loop, even if the parent stands still."""

import contextlib
import os
import select
import time
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Notices"]

LAST_WAIT = 0.5  # seconds that the last notice may take to reach the parent


class Notices:
    """Whole lines to a pipe. What does not fit is kept, and new ones are dropped meanwhile."""

    def __init__(self, fd: int) -> None:
        self._fd, self._rest = fd, b""
        os.set_blocking(fd, False)

    def say(self, kind: str, fields: Mapping[str, Any] | None = None) -> None:
        """Send one notice, or drop it if the parent does not read."""
        self._push()
        if not self._rest:
            self._rest = msgspec.json.encode({"say": kind, **(fields or {})}) + b"\n"
            self._push()

    def _push(self) -> None:
        try:
            while self._rest:
                self._rest = self._rest[os.write(self._fd, self._rest) :]
        except BlockingIOError:
            return
        except OSError:  # nobody reads any more; the end of stdin will tell
            self._rest = b""

    def last(self, kind: str, fields: Mapping[str, Any] | None = None) -> None:
        """Send the notice after which the process ends, waiting a little for the parent."""
        self._rest += msgspec.json.encode({"say": kind, **(fields or {})}) + b"\n"
        end = time.monotonic() + LAST_WAIT
        self._push()
        while self._rest and (left := end - time.monotonic()) > 0:
            with contextlib.suppress(OSError, ValueError):
                select.select([], [self._fd], [], left)
            self._push()
