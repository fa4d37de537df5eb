"""`judge` and `report`: exit codes, what is written, what is left alone."""

import json
from pathlib import Path

import pytest

from tests.helpers.cli import call, refused, tree
from tests.helpers.rundirs import Made, at

WRITTEN = {"result.json", "report.html", "junit.xml", "summary.md", "metrics.prom"}
DOWN = ((20.0, 25.0),)


def scenario(run: Path, criteria: str, *, url: str | None = None) -> str:
    """Give the run's scenario with other criteria."""
    text = (run / "scenario.yaml").read_text().partition("criteria:")[0]
    text = text if url is None else text.replace("http://127.0.0.1:9/", url)
    return f"{text}criteria: {criteria}\n"


@pytest.mark.parametrize(
    ("made", "code", "verdict"),
    [
        (Made(), 0, "pass"),
        (Made(down=DOWN), 1, "fail"),
        (Made(down=DOWN, criteria="[{id: downtime, level: warn}]"), 0, "warn"),
        (Made(down=((20.0, 20.8),)), 10, "inconclusive"),
        (Made(seal=False), 10, "inconclusive"),
        (Made(down=DOWN, criteria="[{id: downtime, level: info}]"), 5, "pass"),
        (Made(criteria="[]"), 5, "pass"),
        (Made(events=[{"event": "signal", "at": 1, "signal": "SIGTERM"}]), 10, "inconclusive"),
    ],
    ids=["pass", "fail", "warn", "undecided", "unsealed", "info", "none", "signal"],
)
def test_the_exit_code_is_the_verdict(here: Path, made: Made, code: int, verdict: str) -> None:
    made.write(here / "r")
    done = call("judge", "r", "-o", "json")
    assert (done.code, done.err) == (code, "")
    assert code == 5 or done.json["verdict"] == verdict
    assert done.out.encode() == (here / "r" / "result.json").read_bytes()
    assert call("report", "r").code == code


def test_judge_writes_all_reports_and_touches_no_evidence(here: Path) -> None:
    before = tree(Made(down=DOWN).write(here / "r"))
    done = call("judge", "r")
    assert done.out.startswith("FAIL  shop was not served for ")
    assert "again   soakgate judge r" in done.out
    after = tree(here / "r")
    assert after.keys() - before.keys() == WRITTEN
    assert {name: after[name] for name in before} == before
    assert call("judge", "r") == done
    assert tree(here / "r") == after


@pytest.mark.parametrize("kind", ["missing", "empty", "file", "other"])
def test_judge_of_no_run_writes_nothing(here: Path, kind: str) -> None:
    if kind == "file":
        (here / "r").write_text("x")
    elif kind != "missing":
        (here / "r").mkdir()
    if kind == "other":
        (here / "r" / "result.json").write_text("{}")
    before = tree(here)
    assert "r: is no run directory" in refused("judge", "r")
    assert tree(here) == before


def test_unreadable_evidence_is_a_verdict(here: Path) -> None:
    run = Made().write(here / "r")
    (run / "run.json").write_text("{")
    done = call("judge", "r", "-o", "json")
    assert (done.code, done.json["verdict"]) == (10, "inconclusive")
    assert "run.json" in done.json["reason"]
    assert call("report", "r").code == 10


def test_what_if_writes_beside(here: Path) -> None:
    run = Made(down=DOWN).write(here / "r")
    call("judge", "r")
    before = tree(here)
    (here / "w.yaml").write_text(scenario(run, "[{id: downtime, limit: 10s}]"))
    done = call("judge", "r", "--scenario", "w.yaml", "-o", "json")
    assert (done.code, done.json["verdict"]) == (0, "pass")
    after = tree(here)
    beside = {"r/result.WHATIF.json", "r/report.WHATIF.html"}
    assert after.keys() - before.keys() == {*beside, "w.yaml"}
    assert {name: after[name] for name in before} == before
    moved = call("compare", "r", "r/result.WHATIF.json")
    assert moved.out.startswith("FAIL -> PASS")


def test_a_what_if_does_not_leave_the_upgrade_out(here: Path) -> None:
    ended = {"event": "upgrade-ended", "at": at(20), "ok": False, "detail": "ended with code 7"}
    begun = {"event": "upgrade-started", "at": at(10), "driver": "command"}
    run = Made(
        top="upgrade: {driver: command, command: exit 7}",
        criteria="[{id: downtime}, {id: upgrade-happened}]",
        phases=(("baseline", 0.0), ("upgrade", 10.0), ("soak", 20.0)),
        events=[begun, ended],
        upgrade="command",
    ).write(here / "r")
    assert call("judge", "r").code == 1
    text = scenario(run, "[{id: downtime}]").replace("upgrade: {driver", "# {")
    (here / "w.yaml").write_text(text)
    done = call("judge", "r", "--scenario", "w.yaml", "-o", "json")
    judged = [(row["id"], row["verdict"]) for row in done.json["criteria"]]
    assert judged == [("downtime", "pass"), ("upgrade-happened", "fail")]
    assert done.code == 1
    (here / "w.yaml").write_text(text.replace("}]", "}, {id: upgrade-happened, level: warn}]"))
    assert call("judge", "r", "--scenario", "w.yaml").code == 0


def test_what_if_of_other_targets_is_refused(here: Path) -> None:
    run = Made().write(here / "r")
    (here / "w.yaml").write_text(scenario(run, "[{id: downtime}]", url="http://127.0.0.1:10/"))
    before = tree(here)
    line = refused("judge", "r", "--scenario", "w.yaml")
    assert "targets.shop.url: differs from what was measured" in line
    assert tree(here) == before


def test_waivers_by_flag(here: Path) -> None:
    Made(down=DOWN).write(here / "r")
    (here / "w.yaml").write_text(
        "- {criterion: downtime, owner: platform-team, reason: known, expires: 2099-01-01}\n"
    )
    done = call("judge", "r", "--waivers", "w.yaml", "-o", "json")
    assert (done.code, done.json["verdict"]) == (0, "warn")
    (here / "w.yaml").write_text("- {criterion: downtme, owner: a, reason: b, expires: 2099-01-01}")
    line = refused("judge", "r", "--waivers", "w.yaml")
    assert 'w.yaml:1: [0].criterion: there is no criterion "downtme"' in line


def test_report_draws_what_is_written(here: Path) -> None:
    Made(down=DOWN).write(here / "r")
    judged = call("judge", "r")
    before = tree(here)
    for name in WRITTEN - {"result.json"}:
        (here / "r" / name).unlink()
    assert call("report", "r") == judged
    assert tree(here) == before


def test_report_judges_nothing(here: Path) -> None:
    Made(down=DOWN).write(here / "r")
    call("judge", "r")
    path = here / "r" / "result.json"
    path.write_text(path.read_text().replace('"verdict": "fail"', '"verdict": "warn"', 1))
    before = path.read_bytes()
    assert call("report", "r").code == 0
    assert path.read_bytes() == before
    assert "WARN" in (here / "r" / "summary.md").read_text()


def test_report_without_a_result_names_the_next_step(here: Path) -> None:
    Made().write(here / "r")
    before = tree(here)
    line = refused("report", "r")
    assert line == ("soakgate: r: there is no result.json; expected a judged run; soakgate judge r")
    assert tree(here) == before


def test_report_of_another_runs_result_is_refused(here: Path) -> None:
    Made().write(here / "r")
    call("judge", "r")
    path = here / "r" / "result.json"
    facts = json.loads(path.read_text())
    facts["run"]["id"] = "another"
    path.write_text(json.dumps(facts))
    before = tree(here)
    assert "result.json is of another run" in refused("report", "r")
    assert tree(here) == before


def test_report_without_evidence_says_what_is_missing(here: Path) -> None:
    run = Made(down=DOWN).write(here / "r")
    call("judge", "r")
    (run / "run.json").unlink()
    done = call("report", "r")
    assert done.code == 1
    assert done.line.startswith("soakgate: r: the reports have no time axis: run.json is missing")
