"""Two runs side by side, criterion by criterion: what changed, and what may be chance.

Bounds that do not overlap are told as a change; bounds that do are not, whatever the values say.
That is careful: two 95 % intervals may overlap a little where a test would see a difference. It
is no verdict, and what else differed between the runs is said first.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from soakgate.model.findings import ORDER, Verdict
from soakgate.model.result import CriterionRow, RunResult, RunRow, Word
from soakgate.model.times import parse_rfc3339

__all__ = ["Change", "Comparison", "Key", "Move", "compare", "key_of"]

Key = tuple[str, str | None, str | None, str | None]
"""What makes a criterion the same in two runs: id, target, phase, quantile."""

LENGTHS_ALIKE = 0.1  # runs whose lengths differ by more than this share are said to


class Move(StrEnum):
    """Where the value of a criterion went from the first run to the second."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # bounds overlap: it may be chance
    UNKNOWN = "unknown"  # nothing to compare, or other limits and units
    NEW = "new"  # only in the second run
    GONE = "gone"  # only in the first


FIRST = (Move.WORSE, Move.BETTER, Move.NEW, Move.GONE, Move.UNKNOWN, Move.SAME)
"""In which order changes are told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion in both runs; `turned` compares what the verdicts count as."""

    before: CriterionRow | None
    after: CriterionRow | None
    move: Move
    turned: Move
    overlap: bool | None  # None: one of them has no bounds

    @property
    def row(self) -> CriterionRow:
        """The row that names the criterion: of the second run, or of the first if it is gone."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs; `differences` are sentences on what else was not the same."""

    before: RunResult
    after: RunResult
    differences: tuple[str, ...]
    changes: tuple[Change, ...]


def key_of(row: CriterionRow) -> Key:
    """Give the identity of a criterion over runs."""
    return row.id, row.target, row.phase, row.quantile


def _span(row: CriterionRow) -> tuple[float, float] | None:
    """Give the bounds of a row; unbounded above is infinity. None if nothing was measured."""
    seen = row.observed
    low = seen.value if seen.low is None else seen.low
    if low is None:
        return None
    return low, math.inf if seen.high is None else seen.high


def _distance(value: float, row: CriterionRow) -> float:
    """Give how bad a value is in the sense of the limit; more is worse."""
    if row.limit.op == ">=":
        return -value
    return abs(value - row.limit.value) if row.limit.op == "=" else value


def _overlap(a: CriterionRow, b: CriterionRow) -> bool | None:
    one, two = _span(a), _span(b)
    if one is None or two is None or a.limit.unit != b.limit.unit:
        return None
    return one[0] <= two[1] and two[0] <= one[1]


def _move(a: CriterionRow, b: CriterionRow, overlap: bool | None) -> Move:  # noqa: FBT001
    if overlap is None or a.limit.op != b.limit.op:
        return Move.UNKNOWN
    old, new = a.observed.value, b.observed.value
    if overlap or old is None or new is None:
        return Move.SAME
    return Move.WORSE if _distance(new, b) > _distance(old, b) else Move.BETTER


def _rank(word: Word) -> int:
    return ORDER.index(Verdict(word))


def _turned(a: CriterionRow, b: CriterionRow) -> Move:
    step = _rank(b.effective) - _rank(a.effective)
    return Move.WORSE if step > 0 else Move.BETTER if step < 0 else Move.SAME


def _change(before: CriterionRow | None, after: CriterionRow | None) -> Change:
    if before is None or after is None:
        move = Move.NEW if before is None else Move.GONE
        return Change(before, after, move, move, None)
    overlap = _overlap(before, after)
    return Change(before, after, _move(before, after, overlap), _turned(before, after), overlap)


def _length(run: RunRow) -> float | None:
    if run.started is None or run.ended is None:
        return None
    return float(parse_rfc3339(run.ended) - parse_rfc3339(run.started))


def _facts(run: RunRow) -> dict[str, str]:
    """Give what should be the same for two runs to be comparable, in words."""
    facts = {"scenario": run.name, "soakgate": run.soakgate, "cluster": "none"}
    facts["evidence"] = "sealed" if run.sealed else "not sealed"
    if run.cluster is not None:
        facts["cluster"] = " ".join(p for p in (run.cluster.kind, run.cluster.context) if p)
        facts["cluster UID"] = run.cluster.uid
        facts["version before"] = run.cluster.version_from
        facts["version after"] = run.cluster.version_to
    return facts


def _differences(a: RunRow, b: RunRow) -> Iterator[str]:
    one, two = _facts(a), _facts(b)
    for name in dict.fromkeys([*one, *two]):
        old, new = one.get(name) or "unknown", two.get(name) or "unknown"
        if old != new:
            yield f"{name}: {old}, then {new}"
    if a.id and a.id == b.id:
        yield "both are the same run"
    short, long = sorted([_length(a) or 0.0, _length(b) or 0.0])
    if short < long * (1 - LENGTHS_ALIKE):
        share = f"{short / long * 100:.0f} %" if short else "an unknown share"
        yield f"length: the shorter run has {share} of the longer one's"


def _limits(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.before and change.after and change.before.limit != change.after.limit:
            what = " ".join(part for part in key_of(change.after) if part)
            yield f"limit of {what}: not the same"


def compare(a: RunResult, b: RunResult) -> Comparison:
    """Compare run `b` with the earlier run `a`; worst changes first, deterministic.

    The same criterion twice in one result (which no judge writes) counts once, as its last row.
    """
    old, new = ({key_of(row): row for row in result.criteria} for result in (a, b))
    changes = [_change(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]
    changes.sort(key=lambda c: (FIRST.index(c.turned), FIRST.index(c.move)))
    said = (*_differences(a.run, b.run), *_limits(changes))
    return Comparison(a, b, said, tuple(changes))
