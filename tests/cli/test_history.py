"""`compare` and `history`: they judge nothing, and tell bad input in one line."""

import json
import os
from pathlib import Path

import pytest

from tests.helpers.cli import call, refused
from tests.helpers.results import failed, passed
from tests.helpers.rundirs import Made


@pytest.fixture
def runs(here: Path) -> Path:
    """Two judged runs below runs/, the later one bad."""
    early = passed()
    run = early.run.model_copy(update={"id": "early", "started": "2026-11-23T05:00:00.000000Z"})
    for name, result in (("a", early.model_copy(update={"run": run})), ("b", failed())):
        (here / "runs" / name).mkdir(parents=True)
        (here / "runs" / name / "result.json").write_bytes(result.to_json())
    return here / "runs"


def test_compare_ends_with_0_whatever_changed(runs: Path) -> None:
    done = call("compare", "runs/a", "runs/b")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("PASS -> FAIL")
    back = call("compare", runs / "b" / "result.json", runs / "a", "-o", "json")
    assert back.code == 0
    assert back.json["schema"] == "soakgate.compare/1"
    assert (back.json["before"]["verdict"], back.json["after"]["verdict"]) == ("fail", "pass")


def test_compare_in_colour_only_when_asked(runs: Path) -> None:
    assert "\x1b[" not in call("compare", "runs/a", "runs/b").out
    assert "\x1b[" in call("compare", "runs/a", "runs/b", "--color", "always").out


def test_history_takes_folders_files_and_folders_of_folders(runs: Path) -> None:
    whole = call("history", "runs", "-o", "json")
    assert (whole.code, whole.err) == (0, "")
    assert [run["verdict"] for run in whole.json["runs"]] == ["pass", "fail"]
    assert call("history", "runs/b", "runs/a/result.json", "-o", "json") == whole
    text = call("history", "runs").out
    assert "longest-outage shop" in text


def test_history_leaves_out_what_is_not_judged_and_says_so(runs: Path) -> None:
    Made().write(runs / "c")
    done = call("history", "runs", "-o", "json")
    assert done.code == 0
    assert len(done.json["runs"]) == 2
    assert done.line == (
        "soakgate: runs/c: left out, as it is not judged yet; soakgate judge runs/c"
    )
    alone = call("history", "runs/c")
    assert (alone.code, alone.out) == (4, "")
    assert alone.err.splitlines()[-1] == (
        "soakgate: runs/c: none of the runs is judged; soakgate judge DIR"
    )


def test_a_later_minor_version_can_be_read(runs: Path) -> None:
    path = runs / "a" / "result.json"
    facts = json.loads(path.read_text())
    facts["mood"] = "good"
    facts["criteria"][0]["confidence"] = {"deep": [1]}
    facts["criteria"][1]["observed"]["sigma"] = 1
    before = call("history", "runs", "-o", "json")
    path.write_text(json.dumps(facts))
    assert call("history", "runs", "-o", "json") == before


DAMAGE = {
    "missing": (None, "cannot be read; found No such file or directory"),
    "cut": (b'{"schema": "soakgate.re', "is not the result of a run"),
    "empty": (b"", "is not the result of a run"),
    "list": (b"[]", "is not the result of a run"),
    "binary": (b"\xff\x00\x1b[31m", "is not the result of a run"),
    "deep": (b"[" * 100_000, "is not the result of a run"),
    "nan": (passed().to_json().replace(b'"samples": 9640', b'"samples": NaN'), "samples"),
    "other": (b'{"schema": "soakgate.audit/1"}', "expected soakgate.result/1"),
    "major": (
        passed().to_json().replace(b"soakgate.result/1", b"soakgate.result/2"),
        "schema: Input should be 'soakgate.result/1'",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("verb", ["compare", "history"])
def test_what_cannot_be_read_is_one_line(runs: Path, verb: str, name: str) -> None:
    data, fragment = DAMAGE[name]
    path = runs / "bad.json"
    if data is not None:
        path.write_bytes(data)
    assert fragment in refused(verb, "runs/a", "runs/bad.json")


def test_a_folder_that_is_no_run_is_told(here: Path, runs: Path) -> None:
    (here / "empty").mkdir()
    for verb in ("compare", "history"):
        assert "empty: there is no result.json" in refused(verb, "runs/a", "empty")


def test_a_pipe_is_not_waited_for(here: Path, runs: Path) -> None:
    os.mkfifo(here / "pipe")
    assert "pipe: is no file" in refused("compare", "runs/a", "pipe")
