"""Verdicts, limits and findings: what a criterion says, and how many of them become one word."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from soakgate.model.bounds import Bounds
from soakgate.model.criteria import Level, Limit

__all__ = [
    "ORDER",
    "Finding",
    "Needed",
    "Truth",
    "Verdict",
    "cap",
    "worst",
]


class Verdict(StrEnum):
    """What was found. Their order is `ORDER`, never the alphabet's."""

    PASS = "pass"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"


ORDER = (Verdict.PASS, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.FAIL)


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Give the worst verdict, or None if there is none: nothing is not a pass."""
    return max(verdicts, key=ORDER.index, default=None)


def cap(verdict: Verdict, level: Level) -> Verdict:
    """Give what a verdict counts as at a level: `warn` caps at WARN, `info` never counts."""
    if level is Level.INFO:
        return Verdict.PASS
    if level is Level.WARN and ORDER.index(verdict) > ORDER.index(Verdict.WARN):
        return Verdict.WARN
    return verdict


class Truth(StrEnum):
    """Whether a criterion judges what this run offered, or the process behind it."""

    WINDOW = "window"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Needed:
    """What is missing for a decision; None = nothing, or more of it would not help."""

    requests: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Outcome of one rule on one subject.

    `observed` is None if nothing could be measured. `margin` is the distance from the limit to the
    bound that decided (INCONCLUSIVE: the upper one), positive inside, None if unbounded.
    `verdict` is what was found, `effective` what it counts as after level and waiver.
    `rows` are references into result.json such as `outages[0]`.
    """

    id: str
    target: str | None = None
    phase: str | None = None
    quantile: str | None = None
    truth: Truth = Truth.WINDOW
    observed: Bounds | None = None
    limit: Limit
    margin: float | None = None
    level: Level = Level.FAIL
    verdict: Verdict
    effective: Verdict
    samples: int = 0
    needed: Needed = Needed()
    reason: str = ""
    evidence: tuple[str, ...] = ()
