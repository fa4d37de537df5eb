"""Waking at an exact moment: gevent's timers round up to whole milliseconds, timerfd does not."""

import ctypes
import os
import sys
import time
from contextlib import suppress
from typing import Any

import gevent

from soakgate.model.times import NS

__all__ = ["Alarm"]

TFD_NONBLOCK, TFD_CLOEXEC, TFD_TIMER_ABSTIME = 0o4000, 0o2000000, 1


class _Span(ctypes.Structure):
    _fields_ = (("sec", ctypes.c_long), ("nsec", ctypes.c_long))


class _Timer(ctypes.Structure):
    _fields_ = (("interval", _Span), ("value", _Span))


def _open_timer() -> tuple[Any, int]:
    """Give libc and a timer's file descriptor; -1 where the system has none."""
    if not sys.platform.startswith("linux"):
        return None, -1
    libc = ctypes.CDLL(None, use_errno=True)
    return libc, libc.timerfd_create(time.CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)


class Alarm:
    """One greenlet's alarm clock, ns of CLOCK_MONOTONIC."""

    def __init__(self) -> None:
        self._libc, self._fd = _open_timer()
        self._hub = gevent.get_hub()
        self._watcher = self._hub.loop.io(self._fd, 1) if self._fd >= 0 else None

    def sleep(self, until: int) -> None:
        """Wait until a moment; returns at once if it has passed."""
        left = until - time.monotonic_ns()
        if left <= 0:
            return
        if self._watcher is None:
            gevent.sleep(left / NS)
            return
        timer = _Timer(value=_Span(*divmod(until, NS)))
        self._libc.timerfd_settime(self._fd, TFD_TIMER_ABSTIME, ctypes.byref(timer), None)
        self._hub.wait(self._watcher)
        with suppress(BlockingIOError):
            os.read(self._fd, 8)

    def close(self) -> None:
        """Give the timer back."""
        if self._watcher is not None:
            self._watcher.stop()
            os.close(self._fd)
            self._watcher = None
