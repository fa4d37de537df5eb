import pytest

from soakgate.analysis.histograms import from_load, summarise
from soakgate.analysis.quantiles import window_bounds
from soakgate.config.rules import CriterionRule
from soakgate.model.times import NS
from soakgate.verdict.criteria import latency_p95, latency_p99
from soakgate.verdict.criterion import PlannedRun
from tests.helpers.recorded import both, evidence, judged, load, row, scenario, window


def p95(limit: str, *, length: int = 60, id_: str = "latency-p95", **fields: object) -> object:
    found = evidence(length=length, load=load(length, **fields))  # type: ignore[arg-type]
    return row(judged(found, scenario({"id": id_, "limit": limit}, loaded=True)))


def test_a_fast_service_passes_and_a_slow_one_fails() -> None:
    good, bad = p95("100ms"), p95("20ms")
    assert good.verdict == "pass"
    assert 0.02 < good.observed.low <= good.observed.value <= good.observed.high < 0.03
    assert good.margin == pytest.approx(0.1 - good.observed.high)
    assert bad.verdict == "fail"
    assert bad.reason.startswith("p95 of all requests was 24 ms (limit 20 ms)")


def test_the_worst_name_decides_and_is_named() -> None:
    found = p95("100ms", names={"GET /": 10.0, "POST /order": 200.0})
    assert found.verdict == "fail"
    assert "p95 of POST /order was" in found.reason
    # A slow name among many requests is not averaged away.
    names = {f"GET /{k}": 10.0 for k in range(40)} | {"POST /order": 200.0}
    rare = p95("100ms", names=names, rate=5)
    assert rare.verdict == "fail"
    assert "p95 of POST /order was" in rare.reason


def test_a_rare_name_is_judged_with_all_others() -> None:
    found = evidence(
        length=60,
        load=load(60, names={"GET /": 10.0, "GET /login": 10.0}, rate=1),
    )
    wanted = scenario({"id": "latency-p95", "limit": "100ms"}, loaded=True)
    one = row(judged(found, wanted))
    assert (one.verdict, one.samples) == ("pass", 120)


def test_too_few_requests_have_no_upper_bound() -> None:
    found = p95("100ms", rate=1)
    assert (found.verdict, found.observed.high, found.margin) == ("inconclusive", None, None)
    assert found.needed.requests == 20
    assert found.needed.seconds == pytest.approx(20)
    assert "too few requests bound it" in found.reason
    assert p95("100ms", rate=1, length=79).verdict == "inconclusive"
    assert p95("100ms", rate=1, length=80).verdict == "pass"
    assert p95("100ms", rate=5, length=79, id_="latency-p99").verdict == "inconclusive"
    assert p95("100ms", rate=5, length=80, id_="latency-p99").verdict == "pass"


def test_too_few_slow_ones_fail_all_the_same() -> None:
    found = p95("10ms", rate=1)
    assert (found.verdict, found.observed.high) == ("fail", None)


def test_at_the_limit_it_needs_more_or_more_hardly_helps() -> None:
    near = p95("200ms", length=44, slow=(0, 2, 50.0))
    assert near.verdict == "inconclusive"
    assert near.observed.low <= 0.2 < near.observed.high
    assert near.needed.requests is not None
    assert near.needed.requests > 0
    over = p95("200ms", length=58, slow=(0, 3, 50.0))
    assert over.verdict == "inconclusive"
    assert over.needed.requests is None
    assert over.reason.endswith("more time will hardly help")


def test_nothing_served_is_open() -> None:
    found = p95("100ms", length=10, failed=dict.fromkeys(range(10), 50))
    assert (found.verdict, found.observed.value) == ("inconclusive", None)


def test_many_failures_make_the_rest_say_little() -> None:
    few, many = dict.fromkeys(range(6), 50), dict.fromkeys(range(7), 50)
    assert p95("100ms", failed=few).verdict == "pass"
    found = p95("100ms", failed=many)
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("12 % of the requests failed (at most 10 % may)")
    assert p95("10ms", failed=many).verdict == "fail"


def test_a_name_that_was_never_served_is_told() -> None:
    names = {"GET /lost": 10.0, **{f"GET /{k}": 10.0 for k in range(19)}}
    found = p95("100ms", names=names, failed=dict.fromkeys(range(60), 50))
    assert (found.verdict, found.reason) == ("inconclusive", "no request GET /lost was served")


def test_load_that_was_not_sent_cannot_pass_but_fails() -> None:
    half = dict.fromkeys(range(30, 60), 0)
    assert p95("100ms", sent=half).verdict == "inconclusive"
    assert p95("10ms", sent=half).verdict == "fail"


def test_probes_of_each_target_where_there_is_no_load() -> None:
    targets = {"shop": {}, "cart": {}}
    series = (*both(ms=20), *both("cart", ms=400))
    rule = {"id": "latency-p95", "limit": "100ms"}
    found = judged(evidence(*series), scenario(rule, targets=targets))
    assert [(c.target, c.verdict) for c in found.criteria] == [("shop", "pass"), ("cart", "fail")]
    assert found.criteria[1].reason.startswith("p95 of cart was")
    assert found.criteria[0].samples == sum(s.intended.size for s in both())


def test_load_that_left_nothing_and_windows_that_never_came_are_open() -> None:
    rule = {"id": "latency-p95"}
    gone = row(judged(evidence(*both()), scenario(rule, loaded=True)))
    assert (gone.verdict, gone.reason) == ("inconclusive", "the load left no evidence")
    never = judged(evidence(load=load(60)), scenario({**rule, "phase": "settle"}, loaded=True))
    assert row(never).reason == "the run had no phase settle"
    zero = p95("0s")
    assert (zero.verdict, zero.needed.requests) == ("fail", None)


def test_a_silent_target_is_open() -> None:
    rule = {"id": "latency-p99"}
    found = row(judged(evidence(), scenario(rule)))
    assert found.verdict == "inconclusive"


@pytest.mark.parametrize(("seconds", "decides"), [(1.5, False), (2, True)])
def test_the_plan_says_whether_the_requests_will_do(seconds: float, decides: bool) -> None:
    lengths = {"baseline": 600 * NS, "soak": round(seconds * NS)}
    plan = PlannedRun(scenario(loaded=True), lengths, has_upgrade=False)
    rule = CriterionRule.model_validate({"id": "latency-p95"})
    assert latency_p95.forecast(rule, plan).decides is decides
    assert "needs 400 requests" in latency_p99.forecast(rule, plan).text


def test_the_more_names_may_fail_the_stricter_each_is() -> None:
    names = {f"GET /{k}": 20.0 for k in range(9)}
    table = load(60, names=names)
    bounds = [
        window_bounds(summarise(t), p=0.95, below=0.025 / 10)
        for t in (from_load(table, window=window(0, 60), name=n) for n in (*names, None))
    ]
    found = row(judged(evidence(load=table), scenario({"id": "latency-p95"}, loaded=True)))
    assert found.observed.low == pytest.approx(max(b.low for b in bounds if b))
