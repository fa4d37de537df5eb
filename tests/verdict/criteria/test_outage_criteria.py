"""downtime, longest-outage, brown-out and observer as rows; their arithmetic has its own tests."""

import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.samples import CONTROL
from soakgate.model.times import NS
from soakgate.verdict.criteria import brown_out, downtime, longest_outage
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import (
    CRITERIA,
    both,
    evidence,
    judged,
    phases,
    probes,
    row,
    scenario,
    window,
)


@pytest.mark.parametrize(
    ("down", "verdict"), [(0.0, "pass"), (0.3, "pass"), (0.8, "inconclusive"), (2.0, "fail")]
)
@pytest.mark.parametrize("rule", ["downtime", "longest-outage"])
def test_a_second_is_judged_with_its_bounds(rule: str, down: float, verdict: str) -> None:
    found = row(judged(evidence(*both(down=[(20, 20 + down)])), scenario({"id": rule})))
    expected = "pass" if rule == "longest-outage" and down == 0.8 else verdict
    assert found.verdict == expected
    assert found.observed.low <= down + 0.1
    assert found.observed.high >= down


def test_the_worst_series_counts_and_short_outages_add_up() -> None:
    series = (probes(down=[(20, 20.7), (30, 30.7), (40, 40.7)]), probes(connection="reused"))
    result = judged(evidence(*series), scenario({"id": "downtime"}, {"id": "longest-outage"}))
    assert [c.verdict for c in result.criteria] == ["fail", "pass"]
    assert row(result).reason == "shop was not served for 2 s in sum (limit 1 s)"
    assert row(result).evidence == ["outages[0]", "outages[1]", "outages[2]"]


def test_each_target_is_judged_and_one_may_be_named() -> None:
    targets = {"shop": {}, "cart": {}}
    series = (*both(), *both("cart", down=[(20, 25)]))
    result = judged(evidence(*series), scenario({"id": "downtime"}, targets=targets))
    assert [(c.target, c.verdict) for c in result.criteria] == [("shop", "pass"), ("cart", "fail")]
    one = scenario({"id": "downtime", "target": "shop"}, targets=targets)
    assert judged(evidence(*series), one).verdict == "pass"


def test_an_outage_is_clipped_to_the_phase() -> None:
    parts = phases(upgrade=20, soak=40)
    wanted = scenario({"id": "downtime", "phase": "soak"}, {"id": "downtime", "phase": "upgrade"})
    result = judged(evidence(*both(down=[(17, 20)]), phases=parts), wanted)
    assert [c.verdict for c in result.criteria] == ["pass", "fail"]
    never = judged(evidence(*both()), scenario({"id": "downtime", "phase": "settle"}))
    assert row(never).reason == "the run had no phase settle"


@pytest.mark.parametrize("rule", ["downtime", "longest-outage", "brown-out"])
def test_no_probe_is_no_pass(rule: str) -> None:
    assert row(judged(evidence(), scenario({"id": rule}))).verdict == "inconclusive"
    void = both(void=[(0, 61)])
    assert row(judged(evidence(*void), scenario({"id": rule}))).verdict == "inconclusive"
    nobody = row(judged(evidence(), scenario({"id": rule}, targets={})))
    assert nobody.reason == "the scenario has no targets: nothing to judge"


def test_an_open_outage_has_no_upper_bound_and_the_run_cannot_pass() -> None:
    found = evidence(*both(down=[(59.5, 61)]))
    result = judged(found, scenario({"id": "downtime", "limit": "10s"}))
    assert (row(result).verdict, row(result).observed.high) == ("inconclusive", None)
    assert "still failing at the end" in row(result).reason
    only = judged(found, scenario({"id": "observer"}))
    assert [c.verdict for c in only.criteria] == ["pass"]
    assert (only.verdict, only.reason) == (
        "inconclusive",
        "shop was still not served when the run ended",
    )


@pytest.mark.parametrize(("slow", "verdict"), [(0, "pass"), (2, "pass"), (9, "fail")])
def test_late_answers_are_brown_out_not_downtime(slow: float, verdict: str) -> None:
    found = evidence(*both(slow=[(20, 20 + slow)]))
    result = judged(found, scenario({"id": "brown-out"}, {"id": "downtime"}))
    assert [c.verdict for c in result.criteria] == [verdict, "pass"]
    assert len(result.brownouts) == (2 if slow else 0)


def test_brown_out_of_a_target_that_was_down_is_open() -> None:
    found = row(judged(evidence(*both(down=[(10, 20)])), scenario({"id": "brown-out"})))
    assert found.verdict == "inconclusive"
    assert found.reason == ("shop was down for 17 % of the time: slowness is judged up to 10 %")


def test_an_objective_from_the_baseline() -> None:
    targets = {"shop": {"objective": "3x baseline p95"}}
    wanted = scenario({"id": "brown-out", "limit": "1s"}, targets=targets)
    parts = phases(baseline=30, soak=30)
    slow = both(slow=[(40, 45)], slow_ms=200)
    assert row(judged(evidence(*slow, phases=parts), wanted)).verdict == "fail"
    assert row(judged(evidence(*both(), phases=parts), wanted)).verdict == "pass"
    none = row(judged(evidence(*slow), wanted))
    assert none.reason == "there is no baseline to take the objective from"
    short = row(judged(evidence(*slow, phases=phases(baseline=3, soak=57)), wanted))
    assert short.reason.startswith("the baseline has only ")
    high = both(ms=1500, slow_ms=1500)
    late = row(judged(evidence(*high, phases=parts), wanted))
    assert "is not below the answer limit" in late.reason


def test_the_observer_was_well() -> None:
    found = row(judged(evidence(*both()), scenario({"id": "observer"})))
    assert (found.verdict, found.observed.value) == ("pass", 0.0)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"control": ()}, "the prober left no samples of its control"),
        ({"dead": ("load",)}, "the load child died"),
        ({"stalls": (window(10, 20),)}, "we were blind for 17 % of the run"),
        ({"control": (probes(CONTROL, down=[(3, 3.2)]),)}, "the loopback control failed"),
        ({"control": (probes(CONTROL, void=[(0, 61)]),)}, "the loopback control was never served"),
    ],
)
def test_a_broken_observer_is_never_a_fail(fields: dict[str, object], why: str) -> None:
    found = row(judged(evidence(*both(), **fields), scenario({"id": "observer"})))
    assert found.verdict == "inconclusive"
    assert found.reason.startswith(why)


def test_the_observer_never_fails_at_a_strict_limit_either() -> None:
    found = evidence(*both(), stalls=(window(10, 16),))
    for limit in ("< 1%", "= 0%", "0"):
        answer = row(judged(found, scenario({"id": "observer", "limit": limit})))
        assert answer.verdict == "inconclusive"
        assert answer.margin < 0


def test_what_the_rate_can_never_show_is_told_before() -> None:
    slow = PlannedRun(scenario(targets={"shop": {"rate": 3.5}}), {"soak": NS}, has_upgrade=False)
    fast = PlannedRun(scenario(targets={"shop": {"rate": 3.6}}), {"soak": NS}, has_upgrade=False)
    rule = CriterionRule.model_validate({"id": "downtime", "limit": "1s"})
    found = downtime.forecast(rule, slow)
    assert found.never
    assert found.text.endswith("needs a rate of 3.6")
    assert downtime.forecast(rule, fast).decides
    assert longest_outage.forecast(rule, slow).decides
    assert brown_out.forecast(rule, slow).never
    reused = {"shop": {"rate": 2.8, "connections": ["reused"]}}
    plan = PlannedRun(scenario(targets=reused), {"soak": NS}, has_upgrade=False)
    assert downtime.forecast(rule, plan).decides
    none = CriterionRule.model_validate({"id": "downtime", "limit": "0s"})
    assert downtime.forecast(none, fast).never


def test_every_page_begins_with_a_summary_and_names_its_limit() -> None:
    for name, module in CRITERIA.items():
        page = str(module.__doc__)
        first = page.split("\n", maxsplit=1)[0]
        assert first.endswith("."), name
        assert "imit" in page, name
        assert name in page, name
        assert "If it " in page, name


@pytest.mark.parametrize(("baseline", "decides"), [(0, False), (4, False), (5, True)])
def test_an_objective_of_the_baseline_needs_a_baseline_long_enough(
    baseline: int, *, decides: bool
) -> None:
    wanted = scenario(targets={"shop": {"objective": "3x baseline p95"}, "cart": {}})
    plan = PlannedRun(wanted, {"baseline": baseline * NS, "soak": 60 * NS}, has_upgrade=True)
    found = brown_out.forecast(CriterionRule(id="brown-out"), plan)
    assert (found.decides, found.never) == (decides, False)
    assert ("needs 100 probes of the baseline" in found.text) is not decides
    assert brown_out.forecast(CriterionRule(id="brown-out", target="cart"), plan).decides
