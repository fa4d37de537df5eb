"""The orchestrator's events become window, phases, upgrade and the reasons not to pass."""

from typing import Any

import pytest

from soakgate.analysis.story import Story, tell
from soakgate.model.evidence import Event
from soakgate.model.times import NS, Window

MEASURE = {"event": "measure", "at": 10, "start": 10}


def story(*lines: dict[str, Any], last: int | None = None, planned: str | None = None) -> Story:
    events = [Event(line["at"], "run", line["event"], line) for line in lines]
    return tell(events, last=last, planned_driver=planned)


def phase(name: str, at: int) -> dict[str, Any]:
    return {"event": "phase", "at": at, "phase": name}


def end(at: int) -> dict[str, Any]:
    return {"event": "end", "at": at + 5, "end": at}


def test_a_run_that_never_began_has_no_window() -> None:
    found = story(end(20))
    assert found.window is None
    assert story({"event": "measure", "at": 10, "start": "soon"}).window is None


def test_it_ends_where_it_says() -> None:
    found = story(MEASURE, phase("soak", 10), end(30), last=50)
    assert found.window == Window(10, 30)
    assert found.finished
    assert found.halts == ()
    assert [(p.name, p.start, p.end) for p in found.phases] == [("soak", 10, 30)]


def test_a_cut_run_ends_with_its_last_sample_and_says_so() -> None:
    found = story(MEASURE, phase("soak", 10), last=25)
    assert found.window == Window(10, 25)
    assert not found.finished
    assert found.halts == ("the run did not say its end: it was cut off",)
    assert story(MEASURE).window == Window(10, 10)
    assert story(MEASURE, last=5).window == Window(10, 10)


def test_a_second_start_hides_nothing() -> None:
    again = {"event": "measure", "at": 20, "start": 20}
    assert story(MEASURE, again, end(30)).window == Window(10, 30)


def test_an_end_before_the_start_is_an_empty_run() -> None:
    assert story(MEASURE, end(3)).window == Window(10, 10)


def test_phases_end_where_the_next_begins() -> None:
    found = story(MEASURE, phase("baseline", 10), phase("upgrade", 15), phase("soak", 18), end(30))
    spans = [(p.name, p.start, p.end) for p in found.phases]
    assert spans == [("baseline", 10, 15), ("upgrade", 15, 18), ("soak", 18, 30)]


STARTED = {"event": "upgrade-started", "at": 15, "driver": "command"}


@pytest.mark.parametrize(
    ("ok", "happened"),
    [(True, True), (False, False), (None, None), (1, None), ("yes", None), (0, None)],
)
def test_only_true_and_false_tell_of_an_upgrade(ok: object, happened: bool | None) -> None:
    ended = {"event": "upgrade-ended", "at": 18, "ok": ok, "detail": "so"}
    record = story(MEASURE, STARTED, ended, end(30)).upgrade
    assert record is not None
    assert record.happened is happened
    assert (record.driver, record.started, record.ended, record.detail) == ("command", 15, 18, "so")


def test_an_upgrade_that_was_planned_is_missed() -> None:
    record = story(MEASURE, end(30), planned="command").upgrade
    assert record is not None
    assert (record.happened, record.detail) == (None, "the upgrade was never started")
    assert story(MEASURE, end(30)).upgrade is None


def test_an_end_before_its_start_is_no_end() -> None:
    ended = {"event": "upgrade-ended", "at": 12, "ok": True}
    record = story(MEASURE, ended, STARTED, end(30)).upgrade
    assert record is not None
    assert (record.happened, record.detail) == (None, "the end of the upgrade was not seen")


def test_whatever_cut_a_run_halts_it() -> None:
    found = story(
        {"event": "measure", "at": NS, "start": NS},
        {"event": "signal", "at": 3 * NS, "signal": "SIGTERM"},
        {"event": "max-reached", "at": 4 * NS, "max": "3 s"},
        {"event": "child-ended", "at": 5 * NS, "child": "load", "code": -9},
        {"event": "child-ended", "at": 5 * NS, "child": "probe", "code": 0, "expected": True},
        end(6 * NS),
    )
    assert len(found.halts) == 3
    assert found.halts[0].startswith("interrupted by SIGTERM")
    assert found.halts[1].startswith("the longest time allowed (3 s)")
    assert found.halts[2] == "the load child died 4.0 s in: ended with code -9"
    assert found.dead == ("load",)
