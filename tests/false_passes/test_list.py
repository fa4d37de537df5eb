"""The list of false passes is true: each row names a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "false-passes.md"
LEAST = 40


def rows() -> list[list[str]]:
    lines = LIST.read_text().splitlines()
    cells = [line.strip("|").split(" | ") for line in lines if line.startswith("| ")]
    return [row for row in cells if not row[0].startswith(" What")]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Give the tests of a file that are neither skipped nor expected to fail."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(d) for d in node.decorator_list)
            if "mark.skip(" not in marks and "xfail" not in marks:
                found.add(node.name)
    return frozenset(found)


def test_there_are_enough_and_all_are_whole() -> None:
    assert len(rows()) >= LEAST
    assert {len(row) for row in rows()} == {4}
    assert len({row[0] for row in rows()} | {"x"}) > LEAST
    assert all(cell.strip() for row in rows() for cell in row)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].strip()[:60])
def test_each_row_is_shown_by_a_test(row: list[str]) -> None:
    found = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[3])
    assert found, row[3]
    for path, name in found:
        assert name in names_in(ROOT / path), f"{path}::{name}"
