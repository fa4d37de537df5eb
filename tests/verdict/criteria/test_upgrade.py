import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.evidence import UpgradeRecord
from soakgate.verdict.criteria import upgrade_duration, upgrade_happened
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import at, evidence, judged, row, scenario

HAPPENED, DURATION = {"id": "upgrade-happened"}, {"id": "upgrade-duration", "limit": "60s"}


def record(
    *, end: float | None = 30, start: float | None = 0, happened: bool | None = True
) -> UpgradeRecord:
    moments = (None if s is None else at(s) for s in (start, end))
    return UpgradeRecord("command", *moments, happened, "the upgrade command ended with code 7")


def one(rule: dict[str, object], found: UpgradeRecord | None) -> object:
    return row(judged(evidence(upgrade=found), scenario(rule)))


def test_it_happened_by_the_record_of_its_driver() -> None:
    found = one(HAPPENED, record())
    assert (found.verdict, found.observed.value, found.observed.unit) == ("pass", 1.0, "count")
    assert (found.limit.op, found.limit.value) == ("=", 1.0)


def test_it_did_not_happen() -> None:
    found = one(HAPPENED, record(happened=False))
    assert (found.verdict, found.observed.value) == ("fail", 0.0)
    assert "ended with code 7" in found.reason


@pytest.mark.parametrize(
    "found", [None, record(happened=None), record(start=None, end=None, happened=None)]
)
def test_what_cannot_be_told_is_open(found: UpgradeRecord | None) -> None:
    answer = one(HAPPENED, found)
    assert answer.verdict == "inconclusive"
    assert answer.observed.value is None
    assert answer.reason


def test_its_level_may_be_changed() -> None:
    found = one({**HAPPENED, "level": "warn"}, record(happened=False))
    assert (found.verdict, found.effective) == ("fail", "warn")


def test_its_duration_is_exact() -> None:
    found = one(DURATION, record(end=59.5))
    assert (found.verdict, found.observed.low, found.observed.high) == ("pass", 59.5, 59.5)
    assert found.margin == 0.5
    slow = one(DURATION, record(end=61))
    assert (slow.verdict, slow.reason) == ("fail", "the upgrade took 61 s (limit 60 s)")


@pytest.mark.parametrize("found", [None, record(end=None), record(start=None, end=None)])
def test_without_an_end_it_is_open(found: UpgradeRecord | None) -> None:
    answer = one(DURATION, found)
    assert (answer.verdict, answer.observed.value) == ("inconclusive", None)


@pytest.mark.parametrize("happened", [False, None])
def test_a_failed_upgrade_has_a_duration_that_cannot_pass(happened: bool | None) -> None:
    quick = one(DURATION, record(end=5, happened=happened))
    assert (quick.verdict, quick.observed.value) == ("inconclusive", 5.0)
    assert "succe" in quick.reason
    assert one(DURATION, record(end=100, happened=happened)).verdict == "fail"


@pytest.mark.parametrize("criterion", [upgrade_happened, upgrade_duration])
def test_no_upgrade_cannot_pass(criterion: object) -> None:
    rule = CriterionRule.model_validate({"id": criterion.FACTS.id})  # type: ignore[attr-defined]
    for planned in (True, False):
        plan = PlannedRun(scenario(), {"soak": 1}, has_upgrade=planned)
        assert criterion.forecast(rule, plan).decides is planned  # type: ignore[attr-defined]
