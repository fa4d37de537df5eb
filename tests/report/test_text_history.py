"""Comparison and history on a terminal and as JSON."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soakgate.history.compare import compare
from soakgate.history.table import history
from soakgate.model.result import CriterionRow
from soakgate.report import format as words
from soakgate.report import text_history
from soakgate.report.width import display_width
from tests.helpers import results
from tests.helpers.printed import numbers, sign

MAKERS = [results.failed, results.passed, results.undecided, results.hostile, results.crowded]


def runs(count: int) -> list:
    """Give so many runs, a day apart, in turn failed and passed."""
    made = []
    for day in range(1, count + 1):
        result = results.passed() if day % 2 else results.failed()
        new = {"id": f"run-{day}", "started": f"2026-11-{day:02d}T00:00:00.000000Z"}
        made.append(result.model_copy(update={"run": result.run.model_copy(update=new)}))
    return made


def row(value: float, low: float, high: float, limit: float = 1.0) -> CriterionRow:
    made = results.criterion("downtime", "pass", (value, low, high), ("<=", limit, "s"))
    return CriterionRow.model_validate(made)


SIZES = st.floats(0, 100) | st.sampled_from([4.2, 4.2001, 4.19999, 4.2000001])
TRIPLES = st.lists(SIZES, min_size=3, max_size=3).map(sorted)


@settings(max_examples=300, deadline=None)
@given(TRIPLES, TRIPLES)
@example([4.1, 4.21, 4.3], [4.1, 4.22, 4.3])
@example([4.1, 4.15, 4.2], [4.2001, 4.21, 4.22])
def test_two_runs_compare_on_paper_as_in_truth(a: list[float], b: list[float]) -> None:
    rows = [row(value, low, high) for low, value, high in (a, b)]
    read = [numbers(text.replace(" - ", " ")) for text in words.pair(*rows)]
    (one, low1, high1), (two, low2, high2) = (
        found if len(found) == 3 else found * 3 for found in read
    )
    (low_a, value_a, high_a), (low_b, value_b, high_b) = a, b
    assert sign(one, two) == sign(value_a, value_b)
    assert sign(low1, high2) == sign(low_a, high_b)
    assert sign(high1, low2) == sign(high_a, low_b)


def test_a_comparison_reads_like_this() -> None:
    before, after = runs(2)
    text = text_history.comparison_text(compare(before, after), width=140, color=False)
    lines = text.splitlines()
    assert lines[0] == "PASS -> FAIL  1 worse, 0 better"
    assert lines[2] == "  before  PASS          run-1  2026-11-01T00:00Z  no cluster"
    assert "  - cluster: none, then kind kind-soakgate" in lines
    changed = next(line for line in lines if "brown-out" in line)
    assert re.split(r"\s{2,}", changed.strip()) == [
        "PASS -> WARN",
        "brown-out shop",
        "0 s (0 - 0.36) -> 7.00 s (6.90 - 7.10)",
        "<= 5 s",
        "worse",
    ]


def test_the_same_values_are_unchanged() -> None:
    text = text_history.comparison_text(
        compare(results.failed(), results.failed()), width=200, color=False
    )
    assert text.count("unchanged") == len(results.failed().criteria)


def test_the_newest_runs_that_fit_are_shown_and_the_others_counted() -> None:
    text = text_history.history_text(history(runs(9)), width=100, color=False)
    first, second = text.splitlines()[:2]
    shown = re.findall(r"11-(\d\d) 00:00", first)
    assert shown == ["06", "07", "08", "09"]
    assert re.findall(r"[✓✕]", second) == ["✕", "✓", "✕", "✓"]
    assert "  + 5 older runs not shown" in text


def test_a_cell_has_mark_and_value_and_a_line_how_many_held() -> None:
    text = text_history.history_text(history(runs(4)), width=200, color=False)
    line = next(line for line in text.splitlines() if "longest-outage" in line)
    cells = re.split(r"\s{2,}", line.strip())
    assert cells == ["longest-outage shop", "·", "✕ 4.2 s", "·", "✕ 4.2 s", "0 of 2"]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("make", MAKERS)
def test_lines_are_printable_and_comparisons_fit(make, width: int) -> None:
    result = make()
    comparison = text_history.comparison_text(
        compare(results.passed(), result), width=width, color=False
    )
    rows = comparison.split("\n\n")[-1].splitlines()
    assert all(display_width(line) <= width for line in rows)
    table = text_history.history_text(history([result]), width=width, color=False)
    assert all(line.isprintable() for line in [*comparison.splitlines(), *table.splitlines()])


def test_colour_adds_nothing_but_escapes() -> None:
    table = history(runs(3))
    bright = text_history.history_text(table, width=150, color=True)
    plain = text_history.history_text(table, width=150, color=False)
    assert bright != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", bright) == plain


def test_no_runs_are_said() -> None:
    assert text_history.history_text(history([]), width=80, color=False) == "no runs\n"


def test_documents_are_json_with_values_as_in_the_result() -> None:
    before, after = runs(2)
    compared = json.loads(json.dumps(text_history.comparison_document(compare(before, after))))
    assert compared["schema"] == "soakgate.compare/1"
    assert compared["after"]["verdict"] == "fail"
    first = compared["changes"][0]
    assert first["finding"] == "brown-out/shop"
    assert (first["move"], first["turned"], first["overlap"]) == ("worse", "worse", False)
    assert first["after"]["observed"] == {"value": 7.0, "low": 6.9, "high": 7.1, "unit": "s"}

    told = json.loads(json.dumps(text_history.history_document(history([before, after]))))
    assert [one["run"]["id"] for one in told["runs"]] == ["run-1", "run-2"]
    downtime = next(line for line in told["criteria"] if line["id"] == "downtime")
    assert [cell and cell["verdict"] for cell in downtime["cells"]] == ["pass", None]
    assert (downtime["passes"], downtime["turns"]) == (1, 0)


def test_a_criterion_for_information_neither_holds_nor_fails() -> None:
    row = results.criterion(
        "errors", "fail", (0.5, 0.4, 0.6), ("<=", 0.1, "ratio"), level="info", effective="pass"
    )
    text = text_history.history_text(
        history([results.result(criteria=[row])]), width=100, color=False
    )
    (line,) = [line for line in text.splitlines() if "errors" in line]
    assert "i 50 %" in line
    assert line.endswith(" info")
