"""Two runs side by side."""

from typing import Any

import pytest

from soakgate.history.compare import Comparison, Move, compare
from soakgate.model.result import RunResult
from tests.helpers import results

LIMITS = {"s": ("<=", 1.0, "s"), "share": (">=", 0.9, "ratio"), "exact": ("=", 3.0, "count")}


def run(*rows: dict[str, Any], **changes: Any) -> RunResult:
    return results.result(criteria=list(rows), **changes)


def one(
    observed: tuple[float | None, float | None, float | None],
    verdict: str = "pass",
    limit: str = "s",
    **more: Any,
) -> dict[str, Any]:
    return results.criterion("downtime", verdict, observed, LIMITS[limit], **more)


def only(a: dict[str, Any], b: dict[str, Any]):
    (change,) = compare(run(a), run(b)).changes
    return change


@pytest.mark.parametrize(
    ("a", "b", "limit", "move", "overlap"),
    [
        ((0.2, 0.1, 0.3), (0.8, 0.7, 0.9), "s", Move.WORSE, False),
        ((0.8, 0.7, 0.9), (0.2, 0.1, 0.3), "s", Move.BETTER, False),
        ((0.2, 0.1, 0.5), (0.8, 0.4, 0.9), "s", Move.SAME, True),
        ((0.2, 0.1, 0.4), (0.8, 0.4, 0.9), "s", Move.SAME, True),  # touching is overlapping
        ((0.95, 0.94, 0.96), (0.91, 0.9, 0.92), "share", Move.WORSE, False),
        ((0.91, 0.9, 0.92), (0.95, 0.94, 0.96), "share", Move.BETTER, False),
        ((3.0, 3.0, 3.0), (2.0, 2.0, 2.0), "exact", Move.WORSE, False),
        ((5.0, 5.0, 5.0), (3.0, 3.0, 3.0), "exact", Move.BETTER, False),
        ((0.8, 0.7, None), (9.0, 8.0, 9.5), "s", Move.SAME, True),  # unbounded reaches all
        ((None, None, None), (0.2, 0.1, 0.3), "s", Move.UNKNOWN, None),
    ],
)
def test_values_move_only_if_their_bounds_are_apart(a, b, limit, move, overlap) -> None:
    change = only(one(a, limit=limit), one(b, limit=limit))
    assert (change.move, change.overlap) == (move, overlap)


@pytest.mark.parametrize(
    ("before", "after", "turned"),
    [
        ("pass", "fail", Move.WORSE), ("fail", "pass", Move.BETTER),
        ("inconclusive", "fail", Move.WORSE), ("warn", "inconclusive", Move.WORSE),
        ("pass", "pass", Move.SAME),
    ],
)  # fmt: skip
def test_verdicts_turn_by_what_they_count_as(before: str, after: str, turned: Move) -> None:
    value = (0.2, 0.1, 0.3)
    assert only(one(value, before), one(value, after)).turned is turned


def test_other_units_are_not_compared() -> None:
    change = only(one((0.5, 0.4, 0.6)), one((0.5, 0.4, 0.6), limit="share"))
    assert change.move is Move.UNKNOWN


def test_criteria_of_one_run_only_are_new_or_gone() -> None:
    moves = {c.row.id: c.move for c in compare(results.passed(), results.failed()).changes}
    assert moves["downtime"] is Move.GONE
    assert moves["errors"] is Move.NEW
    assert moves["brown-out"] is Move.WORSE


def test_phase_and_quantile_tell_criteria_apart() -> None:
    rows = [
        results.criterion("errors", "pass", (0, 0, 0), ("<=", 1, "ratio"), phase=phase, quantile=q)
        for phase in (None, "soak")
        for q in (None, "p99")
    ]
    assert len(compare(run(*rows), run(*rows)).changes) == 4


def test_what_turned_worse_comes_first() -> None:
    names = ("a", "b", "c")
    value = (0.2, 0.1, 0.3)
    before = [one(value, v, target=n) for n, v in zip(names, ("pass", "fail", "pass"), strict=True)]
    after = [one(value, v, target=n) for n, v in zip(names, ("pass", "pass", "fail"), strict=True)]
    order = [change.row.target for change in compare(run(*before), run(*after)).changes]
    assert order == ["c", "b", "a"]


def said(comparison: Comparison) -> str:
    return "\n".join(comparison.differences)


def test_what_else_was_not_the_same_is_said() -> None:
    text = said(compare(results.passed(), results.failed()))
    assert "scenario: soak of shop, then shop through an AKS upgrade" in text
    assert "cluster: none, then kind kind-soakgate" in text
    assert "version after: unknown, then 1.36.3" in text
    assert "length: the shorter run has 38 % of the longer one's" in text


def test_a_run_with_itself_is_told() -> None:
    assert compare(results.failed(), results.failed()).differences == ("both are the same run",)


def test_runs_alike_have_no_differences() -> None:
    other = results.result(run={"id": "another"})
    assert compare(results.result(), other).differences == ()


def test_another_limit_is_said() -> None:
    stricter = {**one((0.2, 0.1, 0.3)), "limit": {"op": "<=", "value": 0.5, "unit": "s"}}
    comparison = compare(run(one((0.2, 0.1, 0.3))), run(stricter, run={"id": "b"}))
    assert comparison.differences == ("limit of downtime shop: not the same",)


def test_unsealed_and_unreadable_runs_compare() -> None:
    broken = results.result(run={"id": "b", "started": None, "ended": None, "sealed": False})
    text = said(compare(results.result(), broken))
    assert "evidence: sealed, then not sealed" in text
    assert "length: the shorter run has an unknown share" in text
