"""Subjects: what one test of a suite asks about, taken from the scenario when tests are collected.

`@pytest.mark.criterion("downtime")` on a test with an argument `subject` gives one test per target,
phase and quantile that the scenario names for this criterion. `"*"` stands for every criterion of
the scenario that no other test of the module is about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from soakgate.config.scenario import Scenario
    from soakgate.verdict.criterion import Criterion

__all__ = ["MARKER", "OTHERS", "Subject", "parametrise"]

MARKER = "criterion"
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Subject:
    """One criterion of a scenario on one subject; None: not narrowed down."""

    id: str
    target: str | None = None
    phase: str | None = None
    quantile: str | None = None

    @property
    def label(self) -> str:
        """Name the subject without its criterion, as in reports: `shop:upgrade,p99`."""
        parts = (("", self.target), (":", self.phase), (",", self.quantile))
        return "".join(sign + part for sign, part in parts if part is not None)


def _judges_each(criterion: "Criterion", scenario: "Scenario") -> bool:
    """Tell whether a rule without a target gives a row per target: probes are all it rests on."""
    sources = set(criterion.SOURCES) - (set() if scenario.load else {"load"})
    return criterion.FACTS.takes_target and sources == {"probe"}


def _subjects(scenario: "Scenario") -> list[Subject]:
    """Give every subject of a scenario once, in its order; each target is one of its own."""
    from soakgate.orchestrate import plugins

    known = plugins.criteria()
    found = []
    for rule in scenario.criteria or ():
        criterion = known.get(rule.id)
        each = rule.target is None and criterion is not None and _judges_each(criterion, scenario)
        targets: Sequence[str | None] = list(scenario.targets) if each else [rule.target]
        found += [Subject(rule.id, target, rule.phase, rule.quantile) for target in targets]
    return list(dict.fromkeys(found))


def _named(module: Any) -> set[str]:
    """Give the criteria that tests of a module are about."""
    found: set[str] = set()
    for thing in vars(module).values():
        for mark in getattr(thing, "pytestmark", ()):
            if getattr(mark, "name", "") == MARKER:
                found.update(str(arg) for arg in mark.args)
    return found


def _wanted(metafunc: pytest.Metafunc, names: Iterable[str], all_: list[Subject]) -> list[Subject]:
    if OTHERS in names:
        named = _named(metafunc.module)
        return [subject for subject in all_ if subject.id not in named]
    return [subject for subject in all_ if subject.id in names]


def _id(subject: Subject, names: Sequence[str]) -> str:
    several = OTHERS in names or len(names) > 1
    parts = [subject.id] if several else []
    return "-".join([*parts, *filter(None, [subject.label])]) or "all"


def parametrise(metafunc: pytest.Metafunc, scenario: "Scenario | None") -> None:
    """Give a marked test its subjects; without a scenario, one that is not narrowed down."""
    mark = metafunc.definition.get_closest_marker(MARKER)
    if mark is None or "subject" not in metafunc.fixturenames or not mark.args:
        return
    names = [str(arg) for arg in mark.args]
    if scenario is None:
        subjects = [Subject(name) for name in names if name != OTHERS]
    else:
        subjects = _wanted(metafunc, names, _subjects(scenario))
    if subjects:
        metafunc.parametrize("subject", subjects, ids=[_id(s, names) for s in subjects])
        return
    what = "further criteria" if OTHERS in names else f"criterion {' or '.join(names)}"
    skip = pytest.mark.skip(reason=f"the scenario has no {what}")
    metafunc.parametrize("subject", [pytest.param(None, marks=skip, id="none")])
