import select
import time

import pytest

from soakgate.model.times import NS
from soakgate.observe.probe.timer import LibraryTimer, Timer


@pytest.fixture(params=[Timer, LibraryTimer])
def timer(request):
    timer = request.param()
    yield timer
    timer.close()


def ready(timer: Timer, seconds: float) -> bool:
    return bool(select.select([timer.fd], [], [], seconds)[0])


def test_it_wakes_at_the_moment_and_not_before(timer: Timer) -> None:
    moment = time.monotonic_ns() + NS // 50
    timer.arm(moment)
    assert not ready(timer, 0)
    assert ready(timer, 5)
    assert time.monotonic_ns() >= moment


@pytest.mark.parametrize("moment", [0, 1, NS])
def test_a_moment_in_the_past_wakes_at_once(timer: Timer, moment: int) -> None:
    timer.arm(moment)
    assert ready(timer, 5)


def test_arming_again_takes_back_the_wake_up(timer: Timer) -> None:
    timer.arm(1)
    assert ready(timer, 5)
    timer.arm(time.monotonic_ns() + 3600 * NS)
    assert not ready(timer, 0)
