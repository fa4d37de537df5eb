"""One error root; each error says what, where, expected, found and the next step in one line."""

from collections.abc import Iterable
from enum import IntEnum

__all__ = [
    "EvidenceError",
    "Exit",
    "HarnessError",
    "InterruptedEarly",
    "NothingEvaluated",
    "SafetyStop",
    "SoakgateError",
    "Unreachable",
    "UsageError",
    "printable",
    "suggestion",
]


class Exit(IntEnum):
    """Exit codes; 0 to 5 mean the same as pytest's, ours begin at 10."""

    PASS = 0
    FAIL = 1
    INTERRUPTED = 2
    HARNESS = 3
    USAGE = 4
    NOTHING = 5
    INCONCLUSIVE = 10
    UNREACHABLE = 11
    SAFETY = 12


def printable(text: str, limit: int = 300) -> str:
    """Make a foreign string safe for one line of a terminal: no control characters, bounded."""
    clean = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """Give `did you mean "x"?` for a word that is none of `known`, or None if nothing is near."""
    import difflib
    from itertools import islice

    names = {name.lower(): name for name in islice(known, 300)}  # each costs 20 us
    near = difflib.get_close_matches(word[:80].lower(), names, n=1, cutoff=0.6)
    return f'did you mean "{names[near[0]]}"?' if near else None


class SoakgateError(Exception):
    """Root of all errors that a user may see; ends a command with `exit_code`."""

    exit_code: Exit = Exit.HARNESS

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what, self.where, self.expected = what, where, expected
        self.found, self.hint = found, hint

    @property
    def lines(self) -> tuple[str, ...]:
        """Give all lines to print; more than one only where a file has several problems."""
        return (str(self),)

    def __str__(self) -> str:
        """Give the one line, without the program's name."""
        facts = [self.what]
        if self.expected is not None:
            facts.append(f"expected {self.expected}")
        if self.found is not None:
            facts.append(f"found {self.found}")
        if self.hint is not None:
            facts.append(self.hint)
        line = "; ".join(facts)
        return printable(f"{self.where}: {line}" if self.where else line, 1000)


class HarnessError(SoakgateError):
    """The tool itself could not go on: full disk, no file handles, a failed import."""


class UsageError(SoakgateError):
    """A flag, file or name that cannot be used as given."""

    exit_code = Exit.USAGE


class InterruptedEarly(SoakgateError):
    """A signal came before there was anything to judge."""

    exit_code = Exit.INTERRUPTED


class NothingEvaluated(SoakgateError):
    """There was nothing to judge."""

    exit_code = Exit.NOTHING


class EvidenceError(SoakgateError):
    """A recorded run cannot be read; what rests on it is inconclusive."""

    exit_code = Exit.INCONCLUSIVE


class Unreachable(SoakgateError):
    """The cluster does not answer or forbids, and nothing was recorded."""

    exit_code = Exit.UNREACHABLE


class SafetyStop(SoakgateError):
    """A safety rule stopped the command before it did harm."""

    exit_code = Exit.SAFETY
