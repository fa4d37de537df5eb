"""A kernel timer that wakes the loop at an exact moment of CLOCK_MONOTONIC.

The loop's own timers round up to a whole millisecond (p99 of lateness 1.7 ms); a timerfd is a
file descriptor like any other and wakes within 0.3 ms.
"""

import ctypes
import os
import sys
import time

from soakgate.model.times import NS

__all__ = ["LibraryTimer", "Timer"]

ABSOLUTE = 1  # TFD_TIMER_ABSTIME
FLAGS = os.O_NONBLOCK | os.O_CLOEXEC  # TFD_NONBLOCK and TFD_CLOEXEC have the same values


class _Owned:
    fd: int

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.fd)


class LibraryTimer(_Owned):
    """One timer, by the C library; `fd` is readable from the armed moment on, until armed again."""

    def __init__(self) -> None:
        library = ctypes.PyDLL(None)  # neither call blocks, so the interpreter's lock is kept
        self._set = library.timerfd_settime
        self._spec = (ctypes.c_long * 4)()  # struct itimerspec: interval s, ns, value s, ns
        self.fd = library.timerfd_create(time.CLOCK_MONOTONIC, FLAGS)
        if self.fd < 0:
            raise OSError("this system gives no timerfd")

    def arm(self, moment: int) -> None:
        """Set the next wake-up (ns, CLOCK_MONOTONIC, >= 0); one in the past wakes at once."""
        spec = self._spec
        spec[2] = moment // NS
        spec[3] = moment % NS or 1  # nothing but zeros would disarm it
        if self._set(self.fd, ABSOLUTE, spec, None) < 0:
            raise OSError("this timerfd cannot be armed")


if sys.version_info >= (3, 13):

    class Timer(_Owned):
        """One timer, as LibraryTimer, by Python itself."""

        def __init__(self) -> None:
            self.fd = os.timerfd_create(time.CLOCK_MONOTONIC, flags=FLAGS)

        def arm(self, moment: int) -> None:
            """Set the next wake-up (ns, CLOCK_MONOTONIC, >= 0); one in the past wakes at once."""
            os.timerfd_settime_ns(self.fd, flags=ABSOLUTE, initial=moment or 1)

else:
    Timer = LibraryTimer
