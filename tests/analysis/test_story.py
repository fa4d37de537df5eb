"""What the run's own events say of its end."""

import pytest

from soakgate.analysis.story import Story, tell
from soakgate.model.evidence import Event
from soakgate.model.times import NS

T0 = 1000 * NS


def event(name: str, seconds: float, **fields: object) -> Event:
    at = T0 + round(seconds * NS)
    return Event(at, "run", name, {"event": name, "at": at, **fields})


def story(*events: Event, end: float | None = 60) -> Story:
    begun = event("measure", 0, start=T0)
    ended = [] if end is None else [event("end", end, end=T0 + round(end * NS))]
    return tell([begun, *events, *ended], last=T0 + NS, planned_driver=None)


def test_a_run_that_ends_as_planned_is_not_cut() -> None:
    told = story(event("child-ended", 60, child="probe", code=0, expected=True))
    assert (told.cut, told.halts) == (False, ())


@pytest.mark.parametrize(
    ("seconds", "said"), [(5.31, "after 5.3 s"), (119.94, "after 119.9 s"), (300, "after 5 min")]
)
def test_a_signal_cuts_a_run_and_says_when(seconds: float, said: str) -> None:
    told = story(
        event("signal", seconds, signal="SIGINT"), event("signal", seconds + 1, signal="SIGINT")
    )
    assert told.cut
    assert told.halts == (f"interrupted by SIGINT {said}",)


def test_the_longest_time_a_dead_prober_and_no_end_cut_a_run() -> None:
    assert story(event("max-reached", 30, max="30 s")).cut
    assert story(event("child-ended", 30, child="probe", code=1, expected=False)).cut
    assert story(end=None).cut


def test_a_dead_load_does_not_cut_a_run() -> None:
    told = story(event("child-ended", 30, child="load", code=1, expected=False))
    assert not told.cut
    assert told.halts == ("the load child died 30.0 s in: ended with code 1",)
