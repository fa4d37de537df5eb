from typing import Any

import pytest

from soakgate.config.rules import CriterionRule
from soakgate.model.result import CriterionRow
from soakgate.model.times import MS, NS
from soakgate.verdict.criteria import latency_regression
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import both, evidence, judged, load, row, scenario

RULE = {"id": "latency-regression", "limit": "+10%"}
PARTS = {"baseline": 600, "upgrade": 300, "settle": 60, "soak": 840}
LENGTH = 1800


def change(
    rule: dict[str, Any] | None = None,
    *,
    parts: dict[str, float] | None = None,
    length: int = LENGTH,
    times: float = 1.0,
    since: int = 600,
    rate: int = 10,
    **fields: Any,
) -> CriterionRow:
    table = load(length, rate=rate, slow=(since, length, times), **fields)
    found = evidence(length=length, parts=parts or PARTS, load=table)
    answer: CriterionRow = row(judged(found, scenario(rule or RULE, loaded=True)))
    return answer


def test_no_change_passes_as_a_statement_about_the_process() -> None:
    found = change()
    assert (found.verdict, found.truth, found.quantile) == ("pass", "process", "p95")
    assert found.observed.value == pytest.approx(0, abs=0.01)
    assert found.observed.high is not None
    assert found.margin == pytest.approx(0.1 - found.observed.high)


def test_half_as_slow_again_fails() -> None:
    found = change(times=1.5)
    assert found.verdict == "fail"
    assert found.observed.value == pytest.approx(0.5, abs=0.02)
    assert found.reason.startswith("p95 of GET / changed by +")
    assert found.reason.endswith("(limit +10 %)")


@pytest.mark.parametrize("quantile", ["p50", "p99"])
def test_other_quantiles(quantile: str) -> None:
    found = change({**RULE, "quantile": quantile}, times=1.5)
    assert (found.verdict, found.quantile) == ("fail", quantile)
    assert found.reason.startswith(quantile)


def test_the_worst_name_decides() -> None:
    names = {"GET /": 20.0, "POST /order": 40.0}
    table = load(LENGTH, rate=10, names=names)
    slower = load(LENGTH, rate=10, names={"GET /": 20.0, "POST /order": 60.0})
    mixed = load(LENGTH, rate=10, names=names)
    late = slower.second >= 600
    cells = late[slower.cell_row]
    mixed.cell_bucket[cells] = slower.cell_bucket[cells]
    steady = evidence(length=LENGTH, parts=PARTS, load=table)
    assert row(judged(steady, scenario(RULE, loaded=True))).verdict == "pass"
    found = row(
        judged(evidence(length=LENGTH, parts=PARTS, load=mixed), scenario(RULE, loaded=True))
    )
    assert found.verdict == "fail"
    assert "p95 of POST /order changed by +50 %" in found.reason


def test_between_the_bounds_it_says_what_is_missing() -> None:
    found = change(times=1.08)
    assert found.verdict == "inconclusive"
    assert found.observed.low < 0.1 < found.observed.high
    assert found.needed.seconds is not None or "baseline is too short" in found.reason
    over = change(times=1.12)
    assert over.verdict == "inconclusive"
    assert over.reason.endswith("more time will hardly help")
    assert over.needed.seconds is None


def test_the_stricter_fail_is_the_lower_bound_that_is_shown() -> None:
    one = change(times=1.3, names={"GET /": 20.0})
    many = change(times=1.3, rate=10, names={f"GET /{k}": 20.0 for k in range(12)})
    assert many.observed.low < one.observed.low


def test_a_name_that_is_missing_in_one_window_cannot_be_compared() -> None:
    names = {f"GET /{k}": 20.0 for k in range(11)} | {"GET /new": 20.0}
    table = load(LENGTH, rate=10, names=names)
    early = (table.name == 11) & (table.second < 600)
    keep = ~early
    place = keep.cumsum() - 1
    cells = keep[table.cell_row]
    cut = type(table)(
        table.origin, table.names,
        *(getattr(table, n)[keep] for n in
          ("second", "name", "started", "finished", "failed", "http_5xx", "void")),
        place[table.cell_row[cells]], table.cell_bucket[cells], table.cell_count[cells],
        table.users, table.planned - 10, table.in_flight, {},
    )  # fmt: skip
    found = row(judged(evidence(length=LENGTH, parts=PARTS, load=cut), scenario(RULE, loaded=True)))
    assert (found.verdict, found.observed.value) == ("inconclusive", None)
    assert found.reason.startswith("GET /new: no served request of this name in the baseline")


def test_bad_minutes_inside_a_good_hour_are_told_but_not_judged() -> None:
    parts = {"baseline": 1800, "upgrade": 300, "soak": 3300}
    table = load(5400, rate=20, slow=(3600, 3900, 3.0))
    found = evidence(length=5400, parts=parts, load=table)
    process = row(judged(found, scenario(RULE, loaded=True)))
    assert process.verdict == "inconclusive"
    assert "users of this run saw at least +" in process.reason
    window = row(judged(found, scenario({**RULE, "truth": "window"}, loaded=True)))
    assert (window.verdict, window.truth) == ("fail", "window")


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"baseline": 120, "upgrade": 300, "soak": 300}, "the baseline lasted 120 s"),
        (
            {"baseline": 400, "upgrade": 100, "soak": 100},
            "the time judged lasted 4 min",
        ),
    ],
)
def test_shorter_runs_show_it_as_information(parts: dict[str, float], why: str) -> None:
    length = int(sum(parts.values()))
    found = change(parts=parts, length=length, since=int(parts["baseline"]), times=3.0)
    assert (found.level, found.verdict, found.effective) == ("info", "inconclusive", "pass")
    assert why in found.reason
    assert found.observed.value == pytest.approx(2.0, abs=0.1)


def test_five_minutes_each_count() -> None:
    found = change(parts={"baseline": 300, "soak": 300}, length=600, since=300)
    assert found.level == "fail"


def test_without_a_baseline_it_is_open_and_counts() -> None:
    found = change(parts={"soak": 600}, length=600)
    assert (found.verdict, found.level) == ("inconclusive", "fail")
    assert found.reason == "there is no baseline to compare with"
    own = change({**RULE, "phase": "baseline"})
    assert own.reason == "the baseline cannot be compared with itself"
    odd = change({**RULE, "quantile": "p90"})
    assert (odd.verdict, odd.quantile) == ("inconclusive", "p90")


def test_another_load_cannot_be_compared() -> None:
    sent = dict.fromkeys(range(600), 8)
    found = change(sent=sent, planned=False)
    assert found.verdict == "inconclusive"
    assert "the load is not comparable: 8/s in the baseline, 10/s after" in found.reason


def test_blind_seconds_are_left_out_up_to_a_twentieth() -> None:
    some = change(stalls=[(700, 720), (900, 915)])
    assert some.verdict == "pass"
    many = change(stalls=[(700, 800)])
    assert many.verdict == "inconclusive"
    assert "of the upgrade window is blind" in many.reason


def test_load_that_was_not_sent_cannot_pass() -> None:
    found = change(sent=dict.fromkeys(range(1000, 1800), 9))
    assert found.verdict == "inconclusive"
    assert "were started" in found.reason


def test_probes_of_each_target_where_there_is_no_load() -> None:
    series = [s for t in ("shop", "cart") for s in both(t, length=LENGTH)]
    for slow in series[2:]:
        slow.done[slow.intended >= slow.intended[0] + 600 * NS] += 20 * MS
    found = evidence(*series, length=LENGTH, parts=PARTS)
    half = {**RULE, "quantile": "p50"}
    result = judged(found, scenario(half, targets={"shop": {}, "cart": {}}))
    assert [(c.target, c.verdict) for c in result.criteria] == [("shop", "pass"), ("cart", "fail")]


def test_one_episode_of_slow_requests_gives_no_upper_bound() -> None:
    table = load(LENGTH, rate=1, slow=(1700, 1760, 5.0))
    found = row(
        judged(evidence(length=LENGTH, parts=PARTS, load=table), scenario(RULE, loaded=True))
    )
    assert (found.verdict, found.observed.high, found.margin) == ("inconclusive", None, None)
    assert "without an upper bound (limit +10 %)" in found.reason


def test_a_limit_that_nothing_can_hold_does_not_break_the_judge() -> None:
    found = change({**RULE, "limit": "-100%"})
    assert (found.verdict, found.needed.seconds) == ("fail", None)


def test_a_window_that_never_came_is_open() -> None:
    found = change({**RULE, "phase": "settle"}, parts={"baseline": 600, "soak": 1200})
    assert (found.reason, found.truth, found.quantile) == (
        "the run had no phase settle",
        "process",
        "p95",
    )


def test_nothing_sent_is_open() -> None:
    found = evidence(length=LENGTH, parts=PARTS)
    assert row(judged(found, scenario(RULE))).verdict == "inconclusive"
    gone = row(judged(found, scenario(RULE, loaded=True)))
    assert (gone.verdict, gone.reason) == ("inconclusive", "the load left no evidence")
    assert gone.truth == "process"


@pytest.mark.parametrize(
    ("phases", "upgrade", "decides", "text"),
    [
        ({"soak": 900}, False, False, "needs a baseline, none is planned: cannot pass"),
        ({"baseline": 120, "upgrade": 0, "soak": 900}, True, False, "planned 120 s + 15 min"),
        ({"baseline": 300, "soak": 240}, False, False, "planned 5 min + 4 min"),
        ({"baseline": 300, "upgrade": 0, "soak": 60}, True, True, "decidable"),
        ({"baseline": 600, "soak": 1800}, False, True, "decidable"),
    ],
)
def test_the_plan_says_whether_it_is_long_enough(
    phases: dict[str, int], upgrade: bool, decides: bool, text: str
) -> None:
    lengths = {name: s * NS for name, s in phases.items()}
    rule = CriterionRule.model_validate(RULE)
    plan = PlannedRun(scenario(), lengths, has_upgrade=upgrade)
    found = latency_regression.forecast(rule, plan)
    assert found.decides is decides
    assert text in found.text
    odd = CriterionRule.model_validate({**RULE, "quantile": "p90"})
    assert latency_regression.forecast(odd, plan).never
