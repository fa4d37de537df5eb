import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.times import NS
from soakgate.verdict.criteria import load as criterion
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import both, evidence, judged, load, row, scenario

LOAD, ERRORS = {"id": "load"}, {"id": "errors", "limit": "1%"}


def both_rows(*, length: int = 60, dead: tuple[str, ...] = (), **fields: object) -> tuple:
    found = evidence(length=length, load=load(length, **fields), dead=dead)  # type: ignore[arg-type]
    result = judged(found, scenario(LOAD, ERRORS, loaded=True))
    return row(result, 0), row(result, 1), result


def test_all_of_the_plan_is_a_pass() -> None:
    sent, errors, result = both_rows()
    assert (sent.verdict, sent.observed.value, sent.margin) == ("pass", 1.0, 0.05)
    assert (errors.verdict, result.verdict) == ("pass", "pass")


@pytest.mark.parametrize(("missing", "verdict"), [(3, "pass"), (4, "inconclusive")])
def test_ninety_five_percent_are_needed_by_it_and_by_the_others(missing: int, verdict: str) -> None:
    sent, errors, result = both_rows(sent=dict.fromkeys(range(60 - missing, 60), 0))
    assert sent.verdict == errors.verdict == verdict
    assert result.verdict == verdict
    assert sent.observed.value == pytest.approx(1 - missing / 60)
    if verdict != "pass":
        assert sent.reason == errors.reason
        assert "(2,800 of 3,000, at least 95 % are needed)" in sent.reason


def test_a_shortage_never_fails() -> None:
    sent, _, result = both_rows(sent=dict.fromkeys(range(60), 0))
    assert (sent.verdict, result.verdict) == ("inconclusive", "inconclusive")
    assert sent.margin == -0.95


def test_a_record_that_ends_early_counts_as_not_sent() -> None:
    sent, errors, _ = both_rows(recorded=30)
    assert sent.observed.value == 0.5
    assert errors.verdict == "inconclusive"


def test_a_dead_child_cannot_pass_even_if_enough_was_sent() -> None:
    sent, errors, _ = both_rows(dead=("load",))
    assert sent.reason == errors.reason == "the load child died"


def test_a_lost_worker_is_named_where_the_plan_was_missed() -> None:
    few = dict.fromkeys(range(30, 60), 36)  # 28 % less
    sent, errors, result = both_rows(sent=few, lost=[(30, None)])
    assert sent.verdict == errors.verdict == "inconclusive"
    assert sent.reason.endswith("worker w2 was lost")
    assert [(g.source, g.reason) for g in result.gaps if g.source == "load"] == [
        ("load", "worker w2 was lost")
    ]


def test_a_stricter_limit_is_its_own() -> None:
    found = evidence(length=60, load=load(60, sent={59: 0}))
    result = judged(found, scenario({"id": "load", "limit": ">= 99%"}, ERRORS, loaded=True))
    assert [c.verdict for c in result.criteria] == ["inconclusive", "pass"]
    assert row(result).reason == "98 % of the load was sent (limit 99 %)"


def test_without_a_plan_users_workers_and_stalls_are_judged() -> None:
    sent, errors, _ = both_rows(planned=False)
    assert (sent.verdict, errors.verdict) == ("pass", "pass")
    assert "plans no number of requests" in sent.reason
    assert sent.observed.value == 1.0


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"users": 0}, "the load had no user in"),
        ({"recorded": 30}, "the load had users in only 50 % of"),
        ({"lost": [(20, 25)]}, "worker w2 was lost in"),
        ({"stalls": [(10, 14)]}, "the load generator stood still in 6.7 % of"),
        ({"sent": dict.fromkeys(range(60), 0)}, "no request was started in"),
    ],
)
def test_without_a_plan_any_loss_is_a_doubt(fields: dict[str, object], why: str) -> None:
    sent, errors, _ = both_rows(planned=False, **fields)
    assert (sent.verdict, errors.verdict) == ("inconclusive", "inconclusive")
    assert sent.reason.startswith(why)


def test_a_worker_lost_outside_the_window_is_no_doubt() -> None:
    found = evidence(
        length=180,
        parts={"baseline": 60, "soak": 120},
        load=load(180, planned=False, lost=[(10, 20)]),
    )
    result = judged(found, scenario(LOAD, ERRORS, loaded=True))
    assert [c.verdict for c in result.criteria] == ["pass", "pass"]


def test_requests_spoilt_by_ourselves_are_a_doubt() -> None:
    sent, errors, _ = both_rows(void=dict.fromkeys(range(10), 20))
    assert sent.verdict == errors.verdict == "inconclusive"
    assert "6.7 % of the requests were spoilt" in errors.reason


def test_the_window_with_the_smallest_share_counts() -> None:
    parts = {"baseline": 300, "upgrade": 60, "soak": 300}
    table = load(660, rate=5, sent=dict.fromkeys(range(100), 0))
    found = evidence(length=660, parts=parts, load=table)
    alone = row(judged(found, scenario(LOAD, ERRORS, loaded=True)))
    assert (alone.verdict, alone.observed.value) == ("pass", 1.0)
    with_baseline = scenario(LOAD, {"id": "latency-regression"}, loaded=True)
    result = judged(found, with_baseline)
    assert row(result).observed.value == pytest.approx(2 / 3)
    assert [c.verdict for c in result.criteria] == ["inconclusive", "inconclusive"]
    assert "planned in the baseline" in row(result, 1).reason
    part = scenario({"id": "load", "phase": "baseline"}, ERRORS, loaded=True)
    assert row(judged(found, part)).observed.value == pytest.approx(2 / 3)


def test_phases_of_other_criteria_are_windows_too() -> None:
    parts = {"upgrade": 10, "soak": 90}
    found = evidence(length=100, parts=parts, load=load(100, sent=dict.fromkeys(range(4), 0)))
    wanted = scenario(LOAD, ERRORS, {**ERRORS, "phase": "upgrade"}, loaded=True)
    result = judged(found, wanted)
    assert row(result).observed.value == pytest.approx(0.6)
    assert [c.verdict for c in result.criteria] == ["inconclusive", "pass", "inconclusive"]


def test_a_plan_of_nothing_is_open() -> None:
    sent, errors, _ = both_rows(rate=0, sent={5: 3})
    assert (sent.verdict, sent.observed.value) == ("inconclusive", None)
    assert sent.reason.startswith("the load planned no request in")
    assert errors.verdict == "inconclusive"


def test_without_load_it_is_open_and_never_planned() -> None:
    found = row(judged(evidence(*both()), scenario(LOAD)))
    assert (found.verdict, found.reason) == ("inconclusive", "the scenario has no load")
    rule = CriterionRule.model_validate(LOAD)
    assert criterion.forecast(rule, PlannedRun(scenario(), {"soak": NS}, has_upgrade=False)).never
    loaded = PlannedRun(scenario(loaded=True), {"soak": NS}, has_upgrade=False)
    assert criterion.forecast(rule, loaded).decides


def test_a_window_below_a_second_cannot_be_told() -> None:
    parts = {"upgrade": 0.4, "soak": 59.6}
    found = evidence(length=60, parts=parts, load=load(60))
    result = judged(found, scenario({**LOAD, "phase": "upgrade"}, loaded=True))
    assert row(result).reason == "the upgrade holds no whole second of load"
    missing = judged(found, scenario({**LOAD, "phase": "settle"}, loaded=True))
    assert row(missing).reason == "the run had no phase settle"
