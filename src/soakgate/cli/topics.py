"""What there is to explain, as plain data: criteria by id, and the exit codes."""

import inspect
from dataclasses import dataclass
from typing import Any

from soakgate import registry
from soakgate.errors import Exit, HarnessError
from soakgate.registry import Group, Plugin

__all__ = ["EXITS", "EXIT_CODES", "Code", "Topic", "criterion_topic", "exits_document", "topics"]

EXIT_CODES = "exit-codes"
"""The name under which the exit codes are explained."""


@dataclass(frozen=True, slots=True)
class Code:
    """One exit code: what it means, and what a pipeline best does with it."""

    code: Exit
    meaning: str
    advice: str


EXITS = (
    Code(Exit.PASS, "pass or warn: every criterion that counts holds", "go on"),
    Code(Exit.FAIL, "fail: only ever from a verdict that was written", "stop; read the report"),
    Code(
        Exit.INTERRUPTED,
        "interrupted by a signal; what was recorded by then is judged",
        "stop; run it again",
    ),
    Code(
        Exit.HARNESS,
        "harness error: a full disk, no file handles, a failed import, a bug",
        "stop; soakgate doctor. What was recorded is kept",
    ),
    Code(
        Exit.USAGE,
        "usage or configuration: flags, files, names that do not resolve",
        "correct the command; nothing was started",
    ),
    Code(
        Exit.NOTHING,
        "nothing was evaluated: no criterion, or only ones of level info",
        "add criteria; nothing was shown",
    ),
    Code(
        Exit.INCONCLUSIVE,
        "inconclusive: nobody can tell; the reason says what is missing",
        "treat it as stop; run longer or mend the observer",
    ),
    Code(
        Exit.UNREACHABLE,
        "the cluster does not answer or forbids, and nothing was recorded",
        "check access to the cluster",
    ),
    Code(Exit.SAFETY, "a safety rule stopped the command before it did harm", "read the rule"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A criterion as it is explained; `broken` says why it cannot be, and all else is empty."""

    id: str
    origin: str
    title: str = ""
    text: str = ""
    unit: str = ""
    default_limit: str = ""
    takes: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    broken: str | None = None

    def document(self) -> dict[str, Any]:
        """Give the topic for `-o json`."""
        return {
            "id": self.id,
            "title": self.title,
            "unit": self.unit,
            "default_limit": self.default_limit,
            "takes": list(self.takes),
            "options": dict(self.options),
            "sources": list(self.sources),
            "origin": self.origin,
            "broken": self.broken,
            "text": self.text,
        }


def _takes(facts: Any) -> tuple[str, ...]:
    keys = {
        "target": facts.takes_target,
        "phase": facts.takes_phase,
        "quantile": facts.takes_quantile,
    }
    return tuple(key for key, taken in keys.items() if taken)


def _limit(text: str) -> str:
    """Write the operator that a bare limit stands for."""
    return text if text.startswith(("<", ">", "=")) else f"<= {text}"


def criterion_topic(name: str, *, known: dict[str, Plugin]) -> Topic:
    """Read what a criterion says of itself. Raises UsageError, or HarnessError if it is broken."""
    criterion = registry.load(Group.CRITERIA, name, known=known)
    origin = known[name].origin
    try:
        facts = criterion.FACTS
        return Topic(
            id=name,
            origin=origin,
            title=facts.title,
            text=inspect.cleandoc(getattr(criterion, "__doc__", None) or "It does not say more."),
            unit=facts.unit,
            default_limit=_limit(facts.default_limit),
            takes=_takes(facts),
            options=tuple(sorted(facts.options.items())),
            sources=tuple(criterion.SOURCES),
        )
    except AttributeError as error:
        raise HarnessError(
            f'criterion "{name}" is not complete', where=origin, found=str(error)
        ) from error


def topics() -> list[Topic]:
    """Give every registered criterion, by id; a broken one says so and spoils no other."""
    known = registry.plugins(Group.CRITERIA)
    found = []
    for name, plugin in known.items():
        try:
            found.append(criterion_topic(name, known=known))
        except HarnessError as error:
            found.append(Topic(id=name, origin=plugin.origin, broken=str(error)))
    return found


def exits_document() -> list[dict[str, Any]]:
    """Give the exit codes for `-o json`."""
    return [{"code": int(e.code), "meaning": e.meaning, "advice": e.advice} for e in EXITS]
