"""`mark`: which run it finds, what it refuses, and that a mark reaches the verdict."""

import json
import os
import time
from pathlib import Path

import pytest

from soakgate.adapters.marks import boot_id
from tests.helpers.cli import call, refused
from tests.helpers.rundirs import NS, Made, at


def going(folder: Path, *, boot: str | None = None, **made: object) -> Path:
    """Give a run that looks as if it were going on in this very boot."""
    identity = {"boot": boot or boot_id(), "host": "any"}
    run = Made(seal=False, identity=identity, **made).write(folder)  # type: ignore[arg-type]
    beat(run, age=0.5)
    return run


def beat(run: Path, *, age: float) -> None:
    now = time.monotonic_ns() - round(age * NS)
    (run / "collect" / "probe" / "heartbeat").write_text(f"{now - NS} 7\n{now} 7\n")


def marks(run: Path) -> list[str]:
    lines = (run / "collect" / "marks" / "events.ndjson").read_text().splitlines()
    return [json.loads(line)["text"] for line in lines[1:]]


def test_the_one_run_that_is_going_on_is_found(here: Path) -> None:
    run = going(here / "runs" / "a")
    Made().write(here / "runs" / "sealed")
    beat(going(here / "runs" / "dead"), age=60)
    before = time.monotonic_ns()
    done = call("mark", "draining web1")
    assert (done.code, done.out, done.err) == (0, "marked made-up-1: draining web1\n", "")
    assert marks(run) == ["draining web1"]
    line = (run / "collect" / "marks" / "events.ndjson").read_text().splitlines()[1]
    assert before <= json.loads(line)["at"] <= time.monotonic_ns()


def test_a_run_that_has_only_just_begun_is_found(here: Path) -> None:
    run = going(here / "runs" / "a")
    (run / "collect" / "probe" / "heartbeat").unlink()
    assert call("mark", "x").code == 0
    os.utime(run / "run.json", (1, 1))
    assert "no run is going on" in refused("mark", "y")
    assert marks(run) == ["x"]


def test_flag_beats_environment_beats_search(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = (going(here / place) for place in ("runs/a", "b", "c"))
    call("mark", "1")
    monkeypatch.setenv("SOAKGATE_RUN", str(b))
    call("mark", "2")
    call("mark", "3", "--run", "c")
    assert [marks(a), marks(b), marks(c)] == [["1"], ["2"], ["3"]]


def test_a_named_run_is_marked_whatever_its_prober_does(here: Path) -> None:
    run = going(here / "a")
    beat(run, age=90)
    assert call("mark", "x", "--run", "a").code == 0
    (run / "collect" / "probe" / "heartbeat").unlink()
    assert call("mark", "y", "--run", "a").code == 0
    assert marks(run) == ["x", "y"]


def test_two_runs_that_are_going_on_are_told_apart_by_flag(here: Path) -> None:
    for name in "ab":
        going(here / "runs" / name)
    line = refused("mark", "x")
    assert "more than one run is going on; found runs/a, runs/b; give --run DIR" in line


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("x" * 1001, "at most 1000 characters; found 1001"),
        ("a\nb", "control characters"),
        ("a\x1b[31m", "control characters"),
        ("a\u2028b", "control characters"),
        ("a\udcff", "control characters"),
    ],
)
def test_a_mark_is_one_short_line(here: Path, text: str, fragment: str) -> None:
    run = going(here / "runs" / "a")
    assert fragment in refused("mark", text)
    assert marks(run) == []


def test_letters_of_all_scripts_are_welcome(here: Path) -> None:
    run = going(here / "runs" / "a")
    text = "Knoten löschen　節点 👩‍👩‍👧 " + "x" * 900
    assert call("mark", text).code == 0
    assert marks(run) == [text]


@pytest.mark.parametrize("name", ["none", "empty", "file"])
def test_no_run_is_one_line(here: Path, name: str) -> None:
    if name == "empty":
        (here / name).mkdir()
    elif name == "file":
        (here / name).write_text("x")
    assert f"{name}: run.json " in refused("mark", "x", "--run", name)
    assert "no run is going on below ./runs" in refused("mark", "x")


def test_a_sealed_run_takes_no_mark(here: Path) -> None:
    run = going(here / "a")
    (run / "seal.json").write_text("{}")
    assert "a: the run is sealed: it is over" in refused("mark", "x", "--run", "a")
    assert marks(run) == []


def test_a_run_of_another_boot_takes_no_mark(here: Path) -> None:
    run = going(here / "a", boot="another")
    assert "whose clock is not this one" in refused("mark", "x", "--run", "a")
    late = going(here / "b")
    beat(late, age=-3600)  # written by a clock that is an hour ahead
    assert "whose clock is not this one" in refused("mark", "x", "--run", "b")
    assert marks(run) == marks(late) == []


def test_a_run_without_a_file_of_marks_takes_none(here: Path) -> None:
    run = going(here / "a")
    (run / "collect" / "marks" / "events.ndjson").unlink()
    assert "the mark cannot be written" in refused("mark", "x", "--run", "a")


def test_an_outage_tells_the_mark_it_coincided_with(here: Path) -> None:
    run = Made(down=((20.0, 25.0),), seal=False).write(here / "a")
    with (run / "collect" / "marks" / "events.ndjson").open("a") as file:
        file.write(json.dumps({"event": "mark", "at": at(19.5), "text": "draining web1"}) + "\n")
    outage = call("judge", "a", "-o", "json").json["outages"][0]
    near = outage["coincided"][0]
    assert (near["what"], near["message"]) == ("mark", "draining web1")
    assert near["offset"] == pytest.approx(-0.5, abs=0.2)
