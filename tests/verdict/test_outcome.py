import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Op
from soakgate.model.findings import Finding, Needed, Verdict
from soakgate.verdict.decide import Decision
from soakgate.verdict.outcome import limit_of, open_finding, ruled

FACTS = CriterionFacts(id="downtime", title="", unit="s", default_limit="1s")


def rule(**fields: object) -> CriterionRule:
    return CriterionRule.model_validate({"id": "downtime", **fields})


def put(seen: Bounds, *, doubts: tuple[str, ...] = (), **fields: object) -> Finding:
    return ruled(
        rule(**fields),
        FACTS,
        observed=seen,
        needed=Needed(seconds=9.0),
        why=lambda verdict, limit: f"{verdict} at {limit.value:g}",
        doubts=doubts,
    )


def test_the_criterion_gives_the_limit_where_the_rule_has_none() -> None:
    assert limit_of(rule(), FACTS).value == 1.0
    assert limit_of(rule(limit="< 250ms"), FACTS).op is Op.BELOW
    zero = limit_of(rule(limit=0), FACTS)
    assert (zero.value, zero.unit) == (0.0, "s")
    with pytest.raises(ValueError, match="duration"):
        limit_of(rule(limit="5%"), FACTS)


def test_doubts_take_a_pass_but_leave_a_fail() -> None:
    good, bad, wide = Bounds(0, 0, 0.5), Bounds(2, 1.5, 3), Bounds(1, 0.5, 2)
    assert put(good).verdict is Verdict.PASS
    doubted = put(good, doubts=("we slept", "twice"))
    assert (doubted.verdict, doubted.reason) == (Verdict.INCONCLUSIVE, "we slept; twice")
    assert doubted.margin == 0.5
    failed = put(bad, doubts=("we slept",))
    assert (failed.verdict, failed.reason) == (Verdict.FAIL, "fail at 1")
    open_ = put(wide, doubts=("we slept",))
    assert open_.reason == "we slept; inconclusive at 1"


def test_only_what_is_open_needs_more() -> None:
    assert put(Bounds(1, 0.5, 2)).needed.seconds == 9.0
    assert put(Bounds(0, 0, 0.5)).needed == Needed()
    assert put(Bounds(2, 1.5, 3)).needed == Needed()


def test_the_level_says_what_it_counts_as() -> None:
    bad = Bounds(2, 1.5, 3)
    assert put(bad, level="warn").effective is Verdict.WARN
    assert put(bad, level="info").effective is Verdict.PASS
    assert put(bad, level="info").verdict is Verdict.FAIL


def test_a_decision_may_be_given() -> None:
    found = ruled(rule(), FACTS, observed=Bounds(0, 0, 9), why=lambda *_: "seen enough",
                  decision=Decision(Verdict.PASS, 0.0))  # fmt: skip
    assert (found.verdict, found.margin, found.reason) == (Verdict.PASS, 0.0, "seen enough")


def test_open_findings_keep_what_was_seen() -> None:
    found = open_finding(rule(target="shop"), FACTS, reason="who knows", observed=Bounds(2, 1, 4))
    assert (found.verdict, found.target, found.margin) == (Verdict.INCONCLUSIVE, "shop", -3.0)
    assert open_finding(rule(), FACTS, reason="no data").margin is None
