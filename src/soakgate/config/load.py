"""From the bytes of a scenario file (and flags) to a complete scenario, or all that is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from soakgate.config.checks import DEFAULTS, HAPPENED, check_rules, check_waivers, complete_rules
from soakgate.config.explain import note_errors
from soakgate.config.merge import RunFlags, merge_flags, target_names
from soakgate.config.problems import KeyPath, Problems
from soakgate.config.rules import CriterionRule, Waiver
from soakgate.config.scenario import Scenario
from soakgate.config.upgrade import BUILT_IN, OtherUpgrade
from soakgate.config.yamlfile import BYTES, read_yaml
from soakgate.errors import UsageError, suggestion
from soakgate.model.criteria import CriterionFacts

__all__ = ["flags_scenario", "load_text", "read_file", "read_scenario", "read_waivers"]

_M = TypeVar("_M", bound=BaseModel)
MOST_NAMES, NAMES_LENGTH = 3, 180  # targets and characters in the name of a nameless run
Criteria = Mapping[str, CriterionFacts]
Drivers = Mapping[str, type[BaseModel] | None]
"""Registered upgrade drivers and the models of their own keys (None: any keys)."""


def read_file(path: Path) -> bytes:
    """Read a configuration file, as far as one is ever useful. Raises UsageError."""
    try:
        with path.open("rb") as file:
            return file.read(BYTES + 1)
    except OSError as error:
        raise UsageError("cannot be read", where=str(path), found=error.strerror) from None


def read_scenario(
    data: bytes,
    *,
    source: str,
    criteria: Criteria,
    drivers: Drivers | None = None,
    flags: RunFlags | None = None,
) -> Scenario:
    """Read a scenario, lay flags over it, fill in defaults; None as `drivers` checks none.

    The result is complete: reading its effective text again, without flags, gives an equal one.
    Raises FileError with one line per problem.
    """
    flags = flags or RunFlags(no_cluster=True)
    file = read_yaml(data, source=source)
    problems = Problems(source, file.lines)
    if not isinstance(file.data, dict):
        empty = "the file is empty" if file.data is None else "a mapping of keys is needed"
        problems.add((), f"{empty}; a scenario begins with soakgate: 1", line=1)
        raise problems.error()
    scenario = _model(Scenario, file.data, problems=problems)
    rules = _single(CriterionRule, file.data, key="criteria")
    waivers = _single(Waiver, file.data, key="waivers")
    targets = _keys(file.data.get("targets")) | target_names(flags)
    check_rules(rules, targets=targets, criteria=criteria, problems=problems)
    judged = {rule.id for _, rule in rules} | {HAPPENED}
    if file.data.get("criteria") is None:
        judged |= {rule.id for rule in DEFAULTS}
    check_waivers(waivers, targets=targets, judged=judged & criteria.keys(), problems=problems)
    if drivers is not None:
        _check_upgrade(file.data, drivers=drivers, problems=problems)
    if file.data.get("experiments"):
        problems.add(("experiments",), "experiments cannot be run yet", hint="leave them out")
    problems.raise_any()
    assert scenario is not None
    return _complete(scenario, flags=flags, criteria=criteria, source=source)


def load_text(text: str, *, name: str, criteria: Criteria) -> Scenario:
    """Read a recorded scenario again; its driver need not be installed here. Raises FileError."""
    return read_scenario(text.encode(), source=name, criteria=criteria)


def flags_scenario(flags: RunFlags, *, criteria: Criteria) -> Scenario:
    """Make the scenario of a run that is given by flags alone. Raises UsageError."""
    return _complete(Scenario(soakgate=1), flags=flags, criteria=criteria, source="command line")


def read_waivers(data: bytes, *, source: str, criteria: Criteria) -> tuple[Waiver, ...]:
    """Read a file of waivers: a list, or a mapping with `waivers:`. Raises FileError.

    Such a file may serve many scenarios, so only unknown criteria are errors.
    """
    file = read_yaml(data, source=source)
    problems = Problems(source, file.lines)
    at: KeyPath = ("waivers",) if isinstance(file.data, dict) else ()
    for key in _keys(file.data) - {"waivers"}:
        problems.add((key,), "unknown key", hint=suggestion(key, ["waivers"]))
    items = file.data.get("waivers") if isinstance(file.data, dict) else file.data
    if items is not None and not isinstance(items, list):
        problems.add(at, "a list of waivers is needed")
        items = []
    found = [
        _model(Waiver, item, problems=problems, at=(*at, i)) for i, item in enumerate(items or [])
    ]
    for index, waiver in enumerate(found):
        if waiver is not None and waiver.criterion and waiver.criterion not in criteria:
            what = f'there is no criterion "{waiver.criterion}"'
            near = suggestion(waiver.criterion, criteria)
            problems.add((*at, index, "criterion"), what, hint=near)
    problems.raise_any()
    return tuple(waiver for waiver in found if waiver is not None)


def _model(
    model: type[_M],
    data: object,
    *,
    problems: Problems,
    at: KeyPath = (),
) -> _M | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        note_errors(error, model=model, problems=problems, at=at)
    return None


def _single(model: type[_M], data: Mapping[str, Any], *, key: str) -> list[tuple[KeyPath, _M]]:
    """Give those items of a list that are valid, with their paths; others are noted elsewhere."""
    items = data.get(key)
    found: list[tuple[KeyPath, _M]] = []
    for index, item in enumerate(items if isinstance(items, list) else []):
        try:
            found.append(((key, index), model.model_validate(item)))
        except ValidationError:
            continue
    return found


def _keys(data: object) -> set[str]:
    return set(data) if isinstance(data, dict) else set()


def _check_upgrade(data: Mapping[str, Any], *, drivers: Drivers, problems: Problems) -> None:
    """Note an unknown driver, and keys that a registered driver does not take."""
    given = data.get("upgrade")
    driver = given.get("driver") if isinstance(given, dict) else None
    if not isinstance(driver, str) or not driver or driver in BUILT_IN:
        return
    if driver not in drivers:
        known = sorted({*BUILT_IN, *drivers})
        hint = suggestion(driver, known) or f"there are: {', '.join(known)}"
        problems.add(("upgrade", "driver"), f'there is no upgrade driver "{driver}"', hint=hint)
    elif (model := drivers[driver]) is not None:
        options = OtherUpgrade.model_validate(given).options
        _model(model, options, problems=problems, at=("upgrade",))


def _named(scenario: Scenario) -> Scenario:
    """Name a run after its targets where nobody named it: `shop, cart`."""
    if "name" in scenario.model_fields_set or not scenario.targets:
        return scenario
    names = list(scenario.targets)
    name = ", ".join(names[:MOST_NAMES])
    more = f" + {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return scenario.model_copy(update={"name": name[:NAMES_LENGTH] + more})


def _complete(scenario: Scenario, *, flags: RunFlags, criteria: Criteria, source: str) -> Scenario:
    """Lay flags over a checked scenario and fill in its rules."""
    scenario = _named(merge_flags(scenario, flags))
    if not scenario.targets and scenario.load is None:
        hint = "name one under targets:, or with --target NAME=URL"
        raise UsageError("there is no target and no load", where=source, hint=hint)
    has_upgrade = scenario.upgrade is not None
    rules = complete_rules(scenario.criteria, has_upgrade=has_upgrade, criteria=criteria)
    if flags.soak_only:
        rules = tuple(rule for rule in rules if rule.id != HAPPENED)
    return scenario.model_copy(update={"criteria": rules})
