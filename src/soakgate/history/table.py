"""Many runs as a table of criteria x runs, oldest first: which criterion holds, which flaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from soakgate.history.compare import Key, key_of
from soakgate.model.findings import ORDER, Verdict
from soakgate.model.result import CriterionRow, RunResult, RunRow, Word

__all__ = ["Column", "History", "Line", "history"]


@dataclass(frozen=True, slots=True)
class Column:
    """One run of the table."""

    run: RunRow
    verdict: Word


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion over all runs; a cell is None where the run did not judge it."""

    key: Key
    cells: tuple[CriterionRow | None, ...]

    @property
    def rows(self) -> list[CriterionRow]:
        """The cells that are there."""
        return [cell for cell in self.cells if cell is not None]

    @property
    def passes(self) -> int:
        """Runs in which it counted as pass or warn, that is, would not have stopped a gate."""
        return sum(row.effective in ("pass", "warn") for row in self.rows)

    @property
    def turns(self) -> int:
        """How often its verdict changed from one run to the next: many turns are a flaky rule."""
        words = [row.effective for row in self.rows]
        return sum(a != b for a, b in pairwise(words))


@dataclass(frozen=True, slots=True)
class History:
    """Runs by start, and criteria with the worst of them first. Runs of no known start lead."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def _worst(line: Line) -> int:
    return max(ORDER.index(Verdict(row.effective)) for row in line.rows)


def _sorted(results: Iterable[RunResult]) -> list[RunResult]:
    """Sort by start and id; a run given twice counts once."""
    known: dict[tuple[str, str], RunResult] = {}
    for result in results:
        known[result.run.started or "", result.run.id] = result
    return [known[key] for key in sorted(known)]


def _lines(results: Sequence[RunResult]) -> list[Line]:
    tables = [{key_of(row): row for row in result.criteria} for result in results]
    keys = dict.fromkeys(key for table in reversed(tables) for key in table)
    return [Line(key, tuple(table.get(key) for table in tables)) for key in keys]


def history(results: Iterable[RunResult]) -> History:
    """Build the table; the same results in any order give the same table."""
    order = _sorted(results)
    lines = sorted(_lines(order), key=lambda line: (-_worst(line), line.passes - len(line.rows)))
    columns = tuple(Column(result.run, result.verdict) for result in order)
    return History(columns, tuple(lines))
