from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.model.bounds import Bounds
from soakgate.model.criteria import Level, Limit, Op
from soakgate.model.findings import ORDER, Verdict, cap, worst
from soakgate.verdict.decide import decide

values = st.floats(0, 1e6)
verdicts = st.sampled_from(list(Verdict))


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    low, value, high = sorted(draw(st.tuples(values, values, values)))
    return Bounds(value, low, draw(st.sampled_from([high, None])))


def by(op: Op, value: float, low: float, high: float | None) -> tuple[Verdict, float | None]:
    found = decide(Bounds(low, low, high), Limit(op, value, "s"))
    return found.verdict, found.margin


def test_at_most_passes_by_the_upper_bound_and_fails_by_the_lower() -> None:
    assert by(Op.AT_MOST, 1.0, 0.2, 1.0) == (Verdict.PASS, 0.0)
    assert by(Op.AT_MOST, 1.0, 0.2, 0.75) == (Verdict.PASS, 0.25)
    assert by(Op.AT_MOST, 1.0, 1.0, 1.5) == (Verdict.INCONCLUSIVE, -0.5)
    assert by(Op.AT_MOST, 1.0, 1.25, 1.5) == (Verdict.FAIL, -0.25)
    assert by(Op.AT_MOST, 1.0, 0.0, None) == (Verdict.INCONCLUSIVE, None)
    assert by(Op.AT_MOST, 1.0, 1.25, None) == (Verdict.FAIL, -0.25)


def test_below_does_not_hold_at_the_limit_itself() -> None:
    assert by(Op.BELOW, 1.0, 0.2, 1.0)[0] is Verdict.INCONCLUSIVE
    assert by(Op.BELOW, 1.0, 1.0, 1.0)[0] is Verdict.FAIL
    assert by(Op.BELOW, 1.0, 0.2, 0.9)[0] is Verdict.PASS


def test_at_least_turns_the_bounds_around() -> None:
    assert by(Op.AT_LEAST, 0.95, 0.96, 1.0) == (Verdict.PASS, 0.01)
    assert by(Op.AT_LEAST, 0.95, 0.9, 0.94) == (Verdict.FAIL, -0.01)
    assert by(Op.AT_LEAST, 0.95, 0.9, 1.0)[0] is Verdict.INCONCLUSIVE
    assert by(Op.AT_LEAST, 0.95, 0.9, None)[0] is Verdict.INCONCLUSIVE


def test_exactly_needs_an_exact_value() -> None:
    assert by(Op.EXACTLY, 1.0, 1.0, 1.0) == (Verdict.PASS, 0.0)
    assert by(Op.EXACTLY, 1.0, 0.0, 0.0) == (Verdict.FAIL, -1.0)
    assert by(Op.EXACTLY, 1.0, 2.0, None) == (Verdict.FAIL, -1.0)
    assert by(Op.EXACTLY, 1.0, 0.5, 1.5) == (Verdict.INCONCLUSIVE, -0.5)
    assert by(Op.EXACTLY, 1.0, 0.5, None) == (Verdict.INCONCLUSIVE, None)


@settings(max_examples=200)
@given(seen=bounds(), limit=values, op=st.sampled_from([Op.AT_MOST, Op.BELOW, Op.AT_LEAST]))
def test_a_verdict_never_contradicts_its_bounds_or_its_margin(
    seen: Bounds, limit: float, op: Op
) -> None:
    found = decide(seen, Limit(op, limit, "s"))
    pessimistic = seen.low if op is Op.AT_LEAST else seen.high
    holds = pessimistic is not None and (
        pessimistic >= limit - 1e-8 if op is Op.AT_LEAST else pessimistic <= limit + 1e-8
    )
    if found.verdict is Verdict.PASS:
        assert holds
        assert found.margin is not None
        assert found.margin >= -1e-8
    if found.verdict is Verdict.FAIL:
        assert not (holds and seen.low != seen.high and op is not Op.BELOW)
        assert found.margin is not None
        assert found.margin <= 1e-8


@given(seen=bounds(), limit=values)
def test_wider_bounds_never_turn_pass_into_fail(seen: Bounds, limit: float) -> None:
    bar = Limit(Op.AT_MOST, limit, "s")
    wide = Bounds(seen.value, 0.0, None)
    assert decide(wide, bar).verdict is Verdict.INCONCLUSIVE
    order = {Verdict.PASS, Verdict.FAIL}
    narrow = decide(seen, bar).verdict
    exact = decide(Bounds(seen.value, seen.value, seen.value), bar).verdict
    assert narrow is Verdict.INCONCLUSIVE or narrow is exact
    assert exact in order


@given(st.lists(verdicts, min_size=1, max_size=8))
def test_the_worst_is_one_of_them_and_none_is_worse(found: list[Verdict]) -> None:
    bad = worst(found)
    assert bad in found
    assert all(ORDER.index(v) <= ORDER.index(bad) for v in found)
    assert worst([*found, Verdict.FAIL]) is Verdict.FAIL


def test_nothing_is_not_a_pass() -> None:
    assert worst([]) is None
    names = [v.value for v in ORDER]
    assert names == ["pass", "warn", "inconclusive", "fail"]


@given(verdicts)
def test_levels_cap(verdict: Verdict) -> None:
    assert cap(verdict, Level.FAIL) is verdict
    assert cap(verdict, Level.INFO) is Verdict.PASS
    assert cap(verdict, Level.WARN) is (Verdict.PASS if verdict is Verdict.PASS else Verdict.WARN)
