import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.times import NS
from soakgate.verdict.criteria import errors, http_5xx
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import both, evidence, judged, load, probes, row, scenario

ZERO = {"id": "errors", "limit": "0"}


def of_load(rule: dict[str, object], *, length: int = 60, **fields: object) -> object:
    found = evidence(length=length, load=load(length, **fields))  # type: ignore[arg-type]
    return row(judged(found, scenario(rule, loaded=True)))


def test_limit_zero_passes_on_none_in_three_thousand_and_shows_the_bound() -> None:
    found = of_load(ZERO)
    assert (found.verdict, found.samples, found.margin) == ("pass", 3000, 0.0)
    assert found.observed.high == pytest.approx(3.69 / 3000, rel=1e-3)
    assert found.reason == "none of 3,000 requests failed; at most 0.12 % of all would (95 %)"


def test_limit_zero_fails_on_one() -> None:
    found = of_load(ZERO, failed={30: 1})
    assert found.verdict == "fail"
    assert found.margin < 0
    assert "(1 of 3,000; limit 0 %)" in found.reason


def test_limit_zero_is_open_below_its_least() -> None:
    found = of_load(ZERO, length=59)
    assert found.verdict == "inconclusive"
    assert (found.needed.requests, found.needed.seconds) == (50, 1.0)
    assert "needs 50 more requests, 1 s at 50/s" in found.reason
    assert of_load({**ZERO, "requests": 2950}, length=59).verdict == "pass"
    assert of_load({**ZERO, "requests": 3001}).needed.requests == 1


def test_limit_zero_is_open_while_one_may_still_fail() -> None:
    found = of_load(ZERO, length=70, in_flight={69: 1})
    assert found.verdict == "inconclusive"
    assert found.needed.requests is None
    assert "1 of 3,500 requests may have failed" in found.reason
    assert of_load(ZERO, length=70, in_flight={30: 1}).verdict == "fail"


def test_a_hundredth_of_a_percent_needs_36_887_requests_without_an_error() -> None:
    rule = {"id": "errors", "limit": "0.01%"}
    found = of_load(rule, length=100, rate=368)
    assert found.verdict == "inconclusive"
    assert found.needed.requests == 87
    enough = of_load(rule, length=101, rate=366)  # 36,966
    assert (enough.verdict, enough.reason) == ("pass", "")
    assert enough.observed.high <= 1e-4


def test_what_is_needed_comes_with_its_time() -> None:
    found = of_load({"id": "errors", "limit": "0.01%"}, length=390)
    assert found.needed.requests == 36_887 - 19_500
    assert found.needed.seconds == pytest.approx(17_387 / 50)
    assert "needs 17,387 more requests, 6 min at 50/s" in found.reason


def test_above_the_limit_more_time_hardly_helps() -> None:
    found = of_load({"id": "errors", "limit": "0.05%"}, failed={3: 2})
    assert found.verdict == "inconclusive"
    assert found.needed.requests is None
    assert found.reason.endswith("more time will hardly help")


def test_a_broken_limit_fails_whatever_the_load_was() -> None:
    rule = {"id": "errors", "limit": "0.1%"}
    assert of_load(rule, failed={3: 20}).verdict == "fail"
    short = of_load(rule, failed={3: 20}, sent=dict.fromkeys(range(20, 60), 0))
    assert short.verdict == "fail"


def test_load_that_was_not_sent_cannot_pass() -> None:
    rule = {"id": "errors", "limit": "1%"}
    assert of_load(rule).verdict == "pass"
    found = of_load(rule, sent=dict.fromkeys(range(30, 60), 0))
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("only 50 % of the requests planned")


def test_load_that_stopped_half_way_cannot_pass() -> None:
    found = of_load({"id": "errors", "limit": "1%"}, recorded=30)
    assert found.verdict == "inconclusive"
    assert "only 50 %" in found.reason


def test_load_without_evidence_or_requests_is_open() -> None:
    gone = row(judged(evidence(*both()), scenario(ZERO, loaded=True)))
    assert (gone.verdict, gone.reason) == ("inconclusive", "the load left no evidence")
    assert gone.observed.value is None
    idle = of_load(ZERO, sent=dict.fromkeys(range(60), 0))
    assert idle.verdict == "inconclusive"
    assert "0 of 3,000" in idle.reason


def test_the_baseline_never_counts() -> None:
    parts = {"baseline": 60, "upgrade": 30, "settle": 10, "soak": 50}
    table = load(150, failed={59: 5})
    found = judged(evidence(length=150, parts=parts, load=table), scenario(ZERO, loaded=True))
    assert (row(found).verdict, row(found).samples) == ("pass", 4500)
    late = load(150, failed={60: 1})
    assert row(
        judged(evidence(length=150, parts=parts, load=late), scenario(ZERO, loaded=True))
    ).verdict == "fail"  # fmt: skip


def test_a_phase_of_its_own() -> None:
    parts = {"upgrade": 80, "soak": 70}
    wanted = scenario({**ZERO, "phase": "soak"}, {**ZERO, "phase": "upgrade"}, loaded=True)
    found = judged(evidence(length=150, parts=parts, load=load(150, failed={10: 1})), wanted)
    assert [(c.phase, c.verdict) for c in found.criteria] == [
        ("soak", "pass"),
        ("upgrade", "fail"),
    ]


def test_a_phase_that_never_came_is_open() -> None:
    wanted = scenario({**ZERO, "phase": "settle"}, loaded=True)
    found = row(judged(evidence(length=60, load=load(60)), wanted))
    assert (found.verdict, found.reason) == ("inconclusive", "the run had no phase settle")
    only = evidence(length=60, parts={"baseline": 60}, load=load(60))
    assert (
        "neither upgrade nor settle nor soak"
        in row(judged(only, scenario(ZERO, loaded=True))).reason
    )


def test_probes_are_the_load_where_there_is_none() -> None:
    targets = {"shop": {}, "cart": {}}
    series = (*both(length=240), *both("cart", length=240, down=[(5, 6)]))
    found = judged(evidence(*series, length=240), scenario(ZERO, targets=targets))
    assert [(c.target, c.verdict) for c in found.criteria] == [("shop", "pass"), ("cart", "fail")]
    assert found.criteria[0].samples == sum(s.intended.size for s in both(length=240))
    assert "of the requests to cart failed" in found.criteria[1].reason


def test_a_rule_that_names_a_target_judges_its_probes_even_beside_load() -> None:
    wanted = scenario({**ZERO, "target": "shop"}, loaded=True)
    found = row(
        judged(evidence(*both(length=240), length=240, load=load(240, failed={3: 9})), wanted)
    )
    assert (found.target, found.verdict) == ("shop", "pass")


def test_a_blind_prober_cannot_pass() -> None:
    series = both(length=240, skipped=[(100, 120)])
    found = row(judged(evidence(*series, length=240), scenario({**ZERO, "requests": 100})))
    assert found.verdict == "inconclusive"
    assert "the prober was blind in 8" in found.reason


def test_nobody_to_judge_is_open() -> None:
    found = row(judged(evidence(), scenario(ZERO, targets={})))
    assert (found.verdict, found.target) == ("inconclusive", None)


def test_only_answers_of_the_server_are_5xx() -> None:
    rule = {"id": "http-5xx", "limit": "0"}
    assert of_load(rule, failed={3: 5}).verdict == "pass"
    found = of_load(rule, failed={3: 5}, status=503)
    assert found.verdict == "fail"
    assert "0.17 % of the requests were answered with a 5xx (5 of 3,000" in found.reason
    series = both(length=240, down=[(5, 6)], status=502)
    assert row(judged(evidence(*series, length=240), scenario(rule))).verdict == "fail"


def plan(*, phases: dict[str, float], upgrade: bool = False, **fields: object) -> PlannedRun:
    lengths = {name: round(s * NS) for name, s in phases.items()}
    return PlannedRun(scenario(**fields), lengths, has_upgrade=upgrade)  # type: ignore[arg-type]


def rule(**fields: object) -> CriterionRule:
    return CriterionRule.model_validate({"id": "errors", **fields})


def test_the_plan_says_whether_the_requests_will_do() -> None:
    short = errors.forecast(rule(), plan(phases={"soak": 120}, loaded=True))
    assert not short.decides
    assert not short.never
    assert short.text == "needs 36,887 requests, planned 6,000: cannot pass"
    assert errors.forecast(rule(), plan(phases={"soak": 738}, loaded=True)).decides
    assert errors.forecast(rule(limit=0), plan(phases={"soak": 60}, loaded=True)).decides
    many = errors.forecast(rule(limit=0, requests=3001), plan(phases={"soak": 60}, loaded=True))
    assert not many.decides


def test_the_baseline_is_not_planned_for_and_the_upgrade_is_open() -> None:
    phases = {"baseline": 900, "upgrade": 0, "settle": 20, "soak": 100}
    found = errors.forecast(rule(), plan(phases=phases, upgrade=True, loaded=True))
    assert found.text == "needs 36,887 requests, planned 6,000 beside the upgrade: may not pass"
    part = errors.forecast(rule(phase="upgrade"), plan(phases=phases, upgrade=True, loaded=True))
    assert part.decides


def test_probes_are_planned_with_their_own_periods() -> None:
    found = errors.forecast(rule(), plan(phases={"soak": 600}, targets={"shop": {"rate": 10}}))
    sent = int(600 * (10 / 0.97 + 10 / 0.757))
    assert found.text == f"needs 36,887 requests, planned {sent:,} of shop: cannot pass"
    slow = {"shop": {"rate": 10}, "cart": {"rate": 1}}
    assert "of cart" in errors.forecast(rule(), plan(phases={"soak": 600}, targets=slow)).text


def test_a_rate_that_only_the_profile_knows_leaves_it_open() -> None:
    wanted = scenario(loaded=True)
    assert wanted.load is not None
    unknown = wanted.model_copy(update={"load": wanted.load.model_copy(update={"rate": None})})
    found = errors.forecast(rule(), PlannedRun(unknown, {"soak": 60 * NS}, has_upgrade=False))
    assert found.decides
    assert "is the profile's to say" in found.text


def test_a_limit_of_everything_has_nothing_left_to_need() -> None:
    found = of_load({"id": "errors", "limit": "< 100%"}, failed=dict.fromkeys(range(60), 50))
    assert (found.verdict, found.needed.requests) == ("inconclusive", None)


def test_what_can_never_pass_is_told() -> None:
    found = http_5xx.forecast(rule(limit="< 0%"), plan(phases={"soak": 600}, loaded=True))
    assert found.never
    assert errors.forecast(rule(limit="100%"), plan(phases={"soak": 1}, loaded=True)).decides


def test_a_probe_at_the_edge_of_two_phases_counts_once() -> None:
    rules = [{**ZERO, "phase": name} for name in ("upgrade", "soak")]
    series = probes(length=60)
    found = evidence(series, parts={"upgrade": 9.7, "soak": 50.3})  # 100 periods of 97 ms
    one = {"shop": {"connections": ["new"]}}
    result = judged(found, scenario(*rules, targets=one))
    assert [c.samples for c in result.criteria] == [100, series.intended.size - 100]
