"""What a criterion is made of: its facts, its limit and how much its outcome counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

__all__ = ["PHASES", "CriterionFacts", "Level", "Limit", "Op", "Unit"]

Unit = Literal["s", "ratio", "count"]
"""Units of observed values and limits; a ratio is a fraction (0.0001, not 0.01 %)."""

PHASES = ("baseline", "upgrade", "settle", "soak")
"""Phases of a run in order; parts of the upgrade are named `upgrade/...`."""


class Op(StrEnum):
    """How an observed value is compared with a limit."""

    AT_MOST = "<="
    BELOW = "<"
    AT_LEAST = ">="
    EXACTLY = "="


class Level(StrEnum):
    """What a criterion's outcome counts as: `warn` caps at WARN, `info` counts for nothing."""

    FAIL = "fail"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as judged: value in seconds, as a fraction or as a count."""

    op: Op
    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """What a scenario must know of a criterion to be checked before anything starts."""

    id: str
    title: str
    unit: Unit
    default_limit: str  # as text of a scenario: "1s", "0.01%", "= 100%", "0"
    takes_target: bool = True
    takes_phase: bool = True
    takes_quantile: bool = False
    options: Mapping[str, str] = field(default_factory=dict)  # further keys: name -> meaning
