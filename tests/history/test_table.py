"""Criteria x runs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.history.table import history
from soakgate.model.result import RunResult
from tests.helpers import results


def run(day: int, **verdicts: str) -> RunResult:
    """Give the run of a day in November, with a criterion for each named target."""
    rows = [
        results.criterion("downtime", verdict, (0.2, 0.1, 0.3), ("<=", 1.0, "s"), target=target)
        for target, verdict in verdicts.items()
    ]
    started = f"2026-11-{day:02d}T00:00:00.000000Z"
    return results.result(criteria=rows, run={"id": f"run-{day}", "started": started})


def test_runs_are_columns_oldest_first() -> None:
    table = history([run(3), run(1), run(2)])
    assert [column.run.id for column in table.columns] == ["run-1", "run-2", "run-3"]


def test_a_run_that_did_not_judge_a_criterion_has_an_empty_cell() -> None:
    table = history([run(1, a="pass"), run(2, a="pass", b="fail")])
    cells = {line.key[1]: [cell and cell.effective for cell in line.cells] for line in table.lines}
    assert cells == {"b": [None, "fail"], "a": ["pass", "pass"]}


def test_criteria_that_fail_lead_and_among_them_those_that_fail_more_often() -> None:
    runs = [run(1, a="pass", b="fail", c="fail"), run(2, a="pass", b="pass", c="fail")]
    assert [line.key[1] for line in history(runs).lines] == ["c", "b", "a"]


def test_passes_and_turns_are_counted() -> None:
    words = ["pass", "fail", "fail", "warn", "inconclusive"]
    (line,) = history(run(day, a=word) for day, word in enumerate(words, 1)).lines
    assert (line.passes, line.turns) == (2, 3)


def test_a_run_given_twice_counts_once() -> None:
    assert len(history([run(1, a="pass"), run(1, a="pass")]).columns) == 1


def test_runs_of_no_known_start_lead() -> None:
    lost = results.result(run={"id": "lost", "started": None})
    assert history([run(1), lost]).columns[0].run.id == "lost"


def test_no_runs_give_an_empty_table() -> None:
    table = history([])
    assert (table.columns, table.lines) == ((), ())


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(1, 6)))
def test_the_order_of_the_arguments_does_not_matter(days: list[int]) -> None:
    runs = [run(day, a="fail" if day % 2 else "pass", b="pass") for day in days]
    assert history(runs) == history(sorted(runs, key=lambda r: r.run.id))
