"""What a criterion is: a module (or object) with facts, a judge and a forecast.

Registered by the entry point group `soakgate.criteria`, the built-in ones too; its docstring is
the page that `soakgate explain ID` prints.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from soakgate.config.rules import CriterionRule
from soakgate.config.scenario import Scenario
from soakgate.model.criteria import CriterionFacts
from soakgate.model.findings import Finding
from soakgate.verdict.view import View

__all__ = ["Choosy", "Criterion", "Forecast", "PlannedRun", "facts_of", "sources_of"]


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run before it starts; phase lengths in ns by name, `upgrade` unknown (0)."""

    scenario: Scenario
    phases: Mapping[str, int]
    has_upgrade: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """Can the planned run decide a rule? `never`: not at this rate, whatever the time."""

    decides: bool
    text: str
    never: bool = False


class Criterion(Protocol):
    """Shape of a criterion; a module with these names is one."""

    FACTS: CriterionFacts
    SOURCES: tuple[str, ...]  # collectors whose evidence it rests on

    judge: Callable[[CriterionRule, View], Sequence[Finding]]
    forecast: Callable[[CriterionRule, PlannedRun], Forecast]


@runtime_checkable
class Choosy(Protocol):
    """Shape of a criterion that rests on other collectors from rule to rule."""

    sources: Callable[[CriterionRule, View], tuple[str, ...]]


def sources_of(criterion: Criterion, rule: CriterionRule, view: View) -> tuple[str, ...]:
    """Name the collectors whose evidence a rule rests on in this run."""
    return criterion.sources(rule, view) if isinstance(criterion, Choosy) else criterion.SOURCES


def facts_of(criteria: Mapping[str, Criterion]) -> dict[str, CriterionFacts]:
    """Give what the scenario's reader needs of each criterion."""
    return {name: criterion.FACTS for name, criterion in criteria.items()}
