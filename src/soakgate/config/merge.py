"""Flags laid over a scenario: a flag always wins; the same thing twice in one place is an error."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from soakgate.config.fields import NAME
from soakgate.config.scenario import Phases, Scenario
from soakgate.config.target import Expect, Target
from soakgate.config.units import parse_duration
from soakgate.config.upgrade import CommandUpgrade, ExternalUpgrade
from soakgate.errors import UsageError, suggestion

__all__ = ["RunFlags", "merge_flags", "parse_phases", "target_names", "what_if_conflicts"]


@dataclass(frozen=True, slots=True)
class RunFlags:
    """Flags of `run` as written; None and False where not given. Durations are texts (`15m`)."""

    targets: tuple[str, ...] = ()  # NAME=URL each
    expect_status: str | None = None  # 200,204
    expect_body: str | None = None
    rate: float | str | None = None  # Hz, for all targets
    length: str | None = None  # --for
    longest: str | None = None  # --max
    phases: str | None = None  # baseline=2m,settle=1m,soak=5m
    no_cluster: bool = False
    upgrade_command: str | None = None
    soak_only: bool = False
    no_load: bool = False


def target_names(flags: RunFlags) -> set[str]:
    """Give the names of the targets that flags add, as far as they can be read."""
    return {text.partition("=")[0] for text in flags.targets}


def merge_flags(scenario: Scenario, flags: RunFlags) -> Scenario:
    """Lay flags over a scenario; the result has the upgrade that this run watches or does.

    A target in both keeps what only the scenario says of it. With a cluster and no upgrade in the
    scenario, somebody else's upgrade is watched. Raises UsageError.
    """
    if flags.soak_only and flags.upgrade_command is not None:
        raise UsageError("--soak-only runs no upgrade", where="--upgrade-command")
    change: dict[str, Any] = {"targets": _targets(scenario, flags=flags)}
    if flags.no_load:
        change["load"] = None
    if flags.phases is not None:
        change["phases"] = parse_phases(flags.phases, over=scenario.phases)
    if flags.upgrade_command is not None:
        change["upgrade"] = _flag_model(
            CommandUpgrade, {"command": flags.upgrade_command}, where="--upgrade-command"
        )
    elif flags.soak_only:
        change["upgrade"] = None
    elif scenario.upgrade is None and not flags.no_cluster:
        change["upgrade"] = ExternalUpgrade()
    return scenario.model_copy(update=change)


def _targets(scenario: Scenario, *, flags: RunFlags) -> dict[str, Target]:
    urls, expect = _urls(flags.targets), _expect(flags)
    merged = dict(scenario.targets)
    for name, url in urls.items():
        base = merged.get(name)
        data: dict[str, Any] = {} if base is None else base.model_dump(mode="json")
        data |= {"url": url, "service": None}
        if expect is not None:
            data["expect"] = expect
        merged[name] = _flag_model(Target, data, where=f"--target {name}")
    if flags.rate is not None:
        for name, target in merged.items():
            data = target.model_dump(mode="json") | {"rate": flags.rate}
            merged[name] = _flag_model(Target, data, where="--rate")
    return merged


def _urls(texts: tuple[str, ...]) -> dict[str, str]:
    names = Counter(text.partition("=")[0] for text in texts)
    urls = {}
    for text in texts:
        name, equals, url = text.partition("=")
        where = f"--target {name}" if equals else "--target"
        if not equals or not url:
            raise UsageError("not a target", where=where, expected="NAME=URL")
        if not re.fullmatch(NAME, name, re.ASCII):
            what = "a name is a-z, 0-9, '.', '_' and '-', at most 63 characters long"
            raise UsageError(what, where=where)
        if names[name] > 1:
            raise UsageError("the name is given twice", where=where)
        urls[name] = url
    return urls


def _expect(flags: RunFlags) -> dict[str, Any] | None:
    given = {"--expect-status": flags.expect_status, "--expect-body": flags.expect_body}
    for flag, text in given.items():
        if text is not None and not flags.targets:
            what = "it is for targets given by --target, and there is none"
            raise UsageError(what, where=flag)
    expect: dict[str, Any] = {}
    if flags.expect_status is not None:
        words = [word.strip() for word in flags.expect_status.split(",")]
        if not all(re.fullmatch(r"[1-5][0-9]{2}", word, re.ASCII) for word in words):
            raise UsageError(
                "not a list of statuses", where="--expect-status", expected="one like 200,204"
            )
        expect["status"] = [int(word) for word in words]
    if flags.expect_body is not None:
        expect["body"] = flags.expect_body
        _flag_model(Expect, expect, where="--expect-body")
    return expect or None


def parse_phases(text: str, *, over: Phases = Phases()) -> Phases:  # noqa: B008 - frozen
    """Read `baseline=2m,settle=1m,soak=5m` over other phases. Raises UsageError."""
    given: dict[str, int] = {}
    for part in text.split(","):
        name, equals, length = (word.strip() for word in part.partition("="))
        if name not in Phases.model_fields:
            known = list(Phases.model_fields)
            hint = suggestion(name, known) or f"there are: {', '.join(known)}"
            raise UsageError(f'there is no phase "{name}" to set', where="--phases", hint=hint)
        if not equals or name in given:
            what = f"{name} is given twice" if equals else f"{name} has no length"
            raise UsageError(what, where="--phases", expected="one like baseline=2m,soak=5m")
        try:
            given[name] = parse_duration(length, zero=True)
        except ValueError as error:
            raise UsageError(f"{name}: {error}", where="--phases") from None
    return over.model_copy(update=given)


def _flag_model(model: type[Any], data: Mapping[str, Any], *, where: str) -> Any:
    """Make a model of a flag's values; the first problem is the usage error."""
    from soakgate.config.explain import note_errors
    from soakgate.config.problems import Problems

    assert issubclass(model, BaseModel)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = Problems(where)
        note_errors(error, model=model, problems=problems)
        raise problems.error() from None


def what_if_conflicts(recorded: Scenario, asked: Scenario) -> tuple[str, ...]:
    """Say where a what-if scenario asks of other targets or expectations than were measured."""
    conflicts = []
    for name in sorted(recorded.targets.keys() | asked.targets.keys()):
        here, there = recorded.targets.get(name), asked.targets.get(name)
        if here is None or there is None:
            side = "the run" if here is None else "the scenario"
            conflicts.append(f"targets.{name}: {side} has no such target")
            continue
        conflicts += [
            f"targets.{name}.{key}: differs from what was measured"
            for key in ("url", "service", "protocol", "expect", "limits", "connections", "rate")
            if getattr(here, key) != getattr(there, key)
        ]
    return tuple(conflicts)
