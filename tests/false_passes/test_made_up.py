"""Runs that other gates would pass: each is judged from its files, as `soakgate judge` does."""

from pathlib import Path

import pytest

from soakgate.errors import Exit, UsageError
from soakgate.model.result import RunResult
from soakgate.orchestrate.judging import exit_code, judge_folder
from tests.helpers import rundirs
from tests.helpers.rundirs import Made, at, load_seconds

DOWNTIME = "[{id: downtime}]"
PHASES = (("baseline", 0.0), ("upgrade", 20.0), ("settle", 40.0), ("soak", 45.0))
STARTED = {"event": "upgrade-started", "at": at(20), "driver": "command"}


def judged(tmp_path: Path, **made: object) -> RunResult:
    return rundirs.judge(Made(**made).write(tmp_path / "run")).result  # type: ignore[arg-type]


def words(result: RunResult) -> dict[str, str]:
    return {row.id: row.verdict for row in result.criteria}


def ended(*, ok: bool | None, detail: str = "") -> dict[str, object]:
    return {"event": "upgrade-ended", "at": at(40), "ok": ok, "detail": detail}


def test_the_same_run_without_a_fault_passes(tmp_path: Path) -> None:
    """Without this one, all others could be inconclusive for another reason."""
    events = [STARTED, ended(ok=True)]
    criteria = "[{id: downtime}, {id: observer}, {id: upgrade-happened}]"
    top = "upgrade: {driver: command, command: x}"
    result = judged(tmp_path, phases=PHASES, events=events, criteria=criteria, upgrade="command",
                    top=top)  # fmt: skip
    assert result.verdict == "pass", result.reason


def test_no_sample_at_all(tmp_path: Path) -> None:
    result = judged(tmp_path, until=-1)
    assert words(result) == {"downtime": "inconclusive", "observer": "inconclusive"}
    assert "no probe of shop could be used" in result.reason


def test_no_sample_file(tmp_path: Path) -> None:
    folder = Made(criteria=DOWNTIME).write(tmp_path / "run")
    (folder / "collect" / "probe" / "samples-0001.arrows").unlink()
    rundirs.reseal(folder)
    assert rundirs.verdict(folder)[0] == "inconclusive"


def test_one_of_two_connections_left_no_sample(tmp_path: Path) -> None:
    result = judged(tmp_path, recorded=("new",), criteria=DOWNTIME)
    assert result.verdict == "inconclusive"


def test_only_void_samples(tmp_path: Path) -> None:
    result = judged(tmp_path, void=[(0, 60)])
    assert words(result) == {"downtime": "inconclusive", "observer": "inconclusive"}


def test_samples_stop_half_way(tmp_path: Path) -> None:
    result = judged(tmp_path, until=30)
    assert words(result) == {"downtime": "inconclusive", "observer": "inconclusive"}
    assert [g.reason for g in result.gaps] == ["no samples until the end"]


def test_samples_begin_late(tmp_path: Path) -> None:
    result = judged(tmp_path, since=15)
    assert words(result) == {"downtime": "inconclusive", "observer": "inconclusive"}


def test_too_slow_a_rate_for_its_limit(tmp_path: Path) -> None:
    result = judged(tmp_path, rate=2.0, criteria=DOWNTIME)
    assert result.verdict == "inconclusive"
    assert "1.8 s" in result.reason


def test_an_outage_while_we_were_blind(tmp_path: Path) -> None:
    stall = {"event": "stall", "from": at(30), "to": at(33)}
    result = judged(tmp_path, probe_events=[stall], void=[(29.9, 33)], criteria=DOWNTIME)
    assert result.verdict == "inconclusive"
    assert "we were blind for 3" in result.reason


def test_down_at_the_very_start(tmp_path: Path) -> None:
    assert judged(tmp_path, down=[(0, 3)]).verdict == "fail"


def test_down_at_the_very_end(tmp_path: Path) -> None:
    result = judged(tmp_path, down=[(59.7, 60)], criteria=DOWNTIME)
    assert result.verdict == "inconclusive"
    assert result.outages[0].open
    assert result.criteria[0].observed.high is None


def test_only_new_connections_fail(tmp_path: Path) -> None:
    result = judged(tmp_path, down=[(20, 23)], only=("new",))
    assert words(result)["downtime"] == "fail"


def test_only_reused_connections_fail(tmp_path: Path) -> None:
    result = judged(tmp_path, down=[(20, 23)], only=("reused",))
    assert words(result)["downtime"] == "fail"


def test_one_of_two_targets_is_down(tmp_path: Path) -> None:
    folder = Made(targets=("shop", "cart"), down=[(10, 15)], criteria=DOWNTIME).write(
        tmp_path / "run"
    )
    result = rundirs.judge(folder).result
    assert [row.target for row in result.criteria] == ["shop", "cart"]
    assert result.verdict == "fail"


def test_a_target_that_the_samples_do_not_know(tmp_path: Path) -> None:
    folder = Made(criteria=DOWNTIME).write(tmp_path / "run")
    text = (folder / "scenario.yaml").read_text().replace(
        "targets: {", 'targets: {cart: {url: "http://127.0.0.1:9/", expect: {status: [200]}}, '
    )  # fmt: skip
    (folder / "scenario.yaml").write_text(text)
    rundirs.reseal(folder)
    result = rundirs.judge(folder).result
    assert {row.target: row.verdict for row in result.criteria} == {
        "shop": "pass", "cart": "inconclusive",
    }  # fmt: skip


def test_many_short_outages_add_up(tmp_path: Path) -> None:
    down = [(float(k), k + 0.3) for k in range(5, 55, 10)]
    result = judged(tmp_path, down=down, criteria="[{id: downtime}, {id: longest-outage}]")
    assert words(result) == {"downtime": "fail", "longest-outage": "pass"}


def test_slow_but_served(tmp_path: Path) -> None:
    result = judged(tmp_path, slow=[(10, 30)], criteria="[{id: downtime}, {id: brown-out}]",
                    target='url: "http://127.0.0.1:9/", expect: {body: ok}, objective: 500ms',
                    )  # fmt: skip
    assert words(result) == {"downtime": "pass", "brown-out": "fail"}


def test_baseline_already_broken(tmp_path: Path) -> None:
    result = judged(tmp_path, phases=PHASES, down=[(5, 10)], criteria=DOWNTIME)
    assert result.verdict == "fail"


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ([], "inconclusive"),
        ([STARTED], "inconclusive"),
        ([STARTED, ended(ok=None, detail="the upgrade command was stopped: SIGINT")],
         "inconclusive"),
        ([STARTED, ended(ok=False, detail="the upgrade command ended with code 3")], "fail"),
    ],
    ids=["never started", "never ended", "stopped by us", "failed"],
)  # fmt: skip
def test_an_upgrade_that_did_not_happen(
    tmp_path: Path, events: list[dict[str, object]], verdict: str
) -> None:
    result = judged(tmp_path, phases=PHASES, events=events, upgrade="command",
                    criteria="[{id: downtime}, {id: upgrade-happened}]",
                    top="upgrade: {driver: command, command: x}")  # fmt: skip
    assert words(result) == {"downtime": "pass", "upgrade-happened": verdict}
    assert result.verdict == verdict


def test_upgrade_happened_cannot_be_left_out(tmp_path: Path) -> None:
    result = judged(tmp_path, phases=PHASES, upgrade="command", criteria=DOWNTIME,
                    top="upgrade: {driver: command, command: x}")  # fmt: skip
    assert words(result)["upgrade-happened"] == "inconclusive"
    assert result.verdict == "inconclusive"


def test_a_phase_that_never_came(tmp_path: Path) -> None:
    result = judged(tmp_path, criteria="[{id: downtime, phase: upgrade}]")
    assert result.verdict == "inconclusive"
    assert "no phase upgrade" in result.reason


def test_nothing_but_information(tmp_path: Path) -> None:
    folder = Made(criteria="[{id: downtime, level: info}]").write(tmp_path / "run")
    judged = judge_folder(folder)
    assert judged.result.verdict == "inconclusive"
    assert exit_code(judged) is Exit.NOTHING


def test_no_criterion(tmp_path: Path) -> None:
    judged = judge_folder(Made(criteria="[]").write(tmp_path / "run"))
    assert judged.result.verdict == "inconclusive"
    assert exit_code(judged) is Exit.NOTHING


def test_an_unknown_criterion_in_the_recorded_scenario(tmp_path: Path) -> None:
    result = judged(tmp_path, criteria="[{id: downtme}]")
    assert result.verdict == "inconclusive"
    assert "downtme" in result.reason


def test_the_loopback_control_failed(tmp_path: Path) -> None:
    result = judged(tmp_path, control_down=[(10, 12)])
    assert words(result)["observer"] == "inconclusive"


def test_the_control_left_nothing(tmp_path: Path) -> None:
    assert words(judged(tmp_path, control=False))["observer"] == "inconclusive"


def test_a_dead_child_halts_the_run_even_without_observer(tmp_path: Path) -> None:
    death = {"event": "child-ended", "at": at(30), "child": "load", "code": -9, "expected": False}
    result = judged(tmp_path, events=[death], criteria=DOWNTIME)
    assert result.verdict == "inconclusive"
    assert result.reason.startswith("the load child died 30.0 s in")


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"event": "signal", "at": at(30), "signal": "SIGTERM"}, "interrupted by SIGTERM"),
        ({"event": "max-reached", "at": at(30), "max": "30 s"}, "longest time allowed (30 s)"),
    ],
    ids=["signal", "max"],
)
def test_a_run_that_was_cut_short(tmp_path: Path, event: dict[str, object], what: str) -> None:
    result = judged(tmp_path, length=30, events=[event], criteria=DOWNTIME)
    assert words(result) == {"downtime": "pass"}
    assert result.verdict == "inconclusive"
    assert what in result.reason


LOAD = 'load: {profile: steady, host: "http://127.0.0.1:9", rate: 50, users: 5}'
LOADED = "[{id: errors, limit: 1%}, {id: load}]"


def loaded(tmp_path: Path, lines: list[dict[str, object]] | None) -> RunResult:
    return judged(tmp_path, collectors=("probe", "load"), top=LOAD, criteria=LOADED,
                  load_lines=lines)  # fmt: skip


def test_load_as_planned_passes(tmp_path: Path) -> None:
    assert loaded(tmp_path, load_seconds(range(60))).verdict == "pass"


def test_load_that_stopped_half_way(tmp_path: Path) -> None:
    lines = load_seconds(range(30), plan_for=range(60))
    assert words(loaded(tmp_path, lines)) == {"errors": "inconclusive", "load": "inconclusive"}


def test_load_record_that_ends_half_way_with_its_plan(tmp_path: Path) -> None:
    lines = load_seconds(range(30))
    assert words(loaded(tmp_path, lines)) == {"errors": "inconclusive", "load": "inconclusive"}


def test_zero_users_spawned(tmp_path: Path) -> None:
    lines = load_seconds(range(0), plan_for=range(60))
    assert words(loaded(tmp_path, lines)) == {"errors": "inconclusive", "load": "inconclusive"}


def test_a_load_folder_without_a_line(tmp_path: Path) -> None:
    assert words(loaded(tmp_path, [])) == {"errors": "inconclusive", "load": "inconclusive"}


def test_a_third_of_the_load_lost_with_a_worker(tmp_path: Path) -> None:
    lines = load_seconds(range(60), started=36)
    assert words(loaded(tmp_path, lines)) == {"errors": "inconclusive", "load": "inconclusive"}


def test_failures_stay_failures_when_the_load_fell_short(tmp_path: Path) -> None:
    lines = load_seconds(range(60), started=30, failed=10)
    assert words(loaded(tmp_path, lines)) == {"errors": "fail", "load": "inconclusive"}


WAIVER = "waivers: [{{criterion: downtime, target: {0}, owner: me, reason: x, expires: {1}}}]"


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2026-11-18", "warn"), ("2026-11-17", "fail"), ("2020-01-01", "fail")],
)
def test_a_waiver_counts_to_its_last_day_and_no_longer(
    tmp_path: Path, day: str, verdict: str
) -> None:
    result = judged(tmp_path, down=[(10, 15)], criteria=DOWNTIME, top=WAIVER.format("shop", day))
    assert result.verdict == verdict
    assert words(result) == {"downtime": "fail"}


def test_a_waiver_for_another_target(tmp_path: Path) -> None:
    result = judged(tmp_path, targets=("shop", "cart"), down=[(10, 15)], criteria=DOWNTIME,
                    top=WAIVER.format("cart", "2099-01-01"))  # fmt: skip
    assert result.verdict == "fail"


def test_a_waiver_never_waives_what_is_inconclusive(tmp_path: Path) -> None:
    result = judged(tmp_path, until=30, criteria=DOWNTIME,
                    top=WAIVER.format("shop", "2099-01-01"))  # fmt: skip
    assert result.verdict == "inconclusive"


def test_a_what_if_about_other_expectations_is_refused(tmp_path: Path) -> None:
    folder = Made().write(tmp_path / "run")
    evidence_of = folder / "scenario.yaml"
    text = evidence_of.read_text().replace("body: ok", "body: other")
    from soakgate.config.load import read_scenario
    from soakgate.orchestrate import plugins
    from soakgate.verdict.criterion import facts_of

    other = read_scenario(text.encode(), source="x", criteria=facts_of(plugins.criteria()))
    with pytest.raises(UsageError):
        judge_folder(folder, what_if=other)


def test_samples_twice_in_one_run_are_damage(tmp_path: Path) -> None:
    folder = Made(criteria=DOWNTIME).write(tmp_path / "run")
    probe = folder / "collect" / "probe"
    (probe / "samples-0002.arrows").write_bytes((probe / "samples-0001.arrows").read_bytes())
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert "samples-0002.arrows is not in the seal" in reason


def test_evidence_of_another_run_put_in_place(tmp_path: Path) -> None:
    good = Made(criteria=DOWNTIME).write(tmp_path / "good")
    bad = Made(criteria=DOWNTIME, down=[(10, 15)]).write(tmp_path / "bad")
    name = "collect/probe/samples-0001.arrows"
    (bad / name).write_bytes((good / name).read_bytes())
    assert rundirs.verdict(bad)[0] == "inconclusive"


def test_an_old_result_is_never_left_beside_a_new_one(tmp_path: Path) -> None:
    folder = Made(criteria=DOWNTIME, down=[(10, 15)]).write(tmp_path / "run")
    (folder / "result.json").write_text('{"verdict": "pass"}')
    rundirs.judge(folder)
    assert '"verdict": "fail"' in (folder / "result.json").read_text()
