"""The slots of a plan: evenly spaced, and the same numbers forwards and backwards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.errors import UsageError
from soakgate.model.times import NS
from soakgate.observe.load.plan import Plan


def test_steady_slots_are_one_period_apart():
    plan = Plan.steady(200)
    assert [plan.moment(k) for k in (0, 1, 200)] == [0, 5_000_000, NS]
    assert plan.planned(3 * NS, 4 * NS) == 200


def test_a_ramp_by_hand():
    plan = Plan.ramp(10, over=4)
    assert plan.planned(0, 4 * NS) == 20
    assert plan.planned(0, 2 * NS) == 5
    assert plan.planned(4 * NS, 5 * NS) == 10
    assert plan.moment(5) == 2 * NS
    assert plan.moment(20) == 4 * NS
    assert plan.moment(30) == 5 * NS
    assert (plan.rate(2 * NS), plan.rate(9 * NS), plan.highest) == (5, 10, 10)


def test_a_plan_that_ends_has_no_further_slots():
    plan = Plan([(0, 10), (1, 0)])
    assert plan.moment(5) is None or plan.moment(5) == NS
    assert plan.moment(6) is None
    assert plan.planned(0, 9 * NS) == 5


@pytest.mark.parametrize(
    "points", [[], [(1, 1)], [(0, -1)], [(0, 1), (0, 2)], [(0, float("nan"))], [(0, 1), (-1, 1)]]
)
def test_plans_that_cannot_be_kept(points):
    with pytest.raises(UsageError):
        Plan(points)


steps = st.tuples(st.floats(0.1, 50), st.floats(0.0, 500))


@given(st.floats(0.5, 500), st.lists(steps, max_size=4), st.integers(0, 20_000))
@settings(max_examples=200, deadline=None)
def test_moment_and_count_are_inverse(first, rest, slot):
    points, at = [(0.0, first)], 0.0
    for gap, rate in rest:
        at += gap
        points.append((at, rate))
    plan = Plan(points)
    moment = plan.moment(slot)
    if moment is None:
        assert plan.points[-1][1] < 1e-4
        assert plan.count(10**18) <= slot + 1e-6
        return
    assert plan.count(moment) == pytest.approx(slot, abs=1e-3)
    later = plan.moment(slot + 1)
    assert later is None or later >= moment
