"""Flags common to all verbs, and how a result goes to stdout."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from soakgate.errors import printable

__all__ = ["Common", "common", "emit", "note", "wants_color"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Common:
    """Values of the common flags; None where not given."""

    kubeconfig: str | None
    context: str | None
    namespace: str | None
    all_namespaces: bool
    output: str | None
    verbose: int
    color: str | None


FLAGS = (
    click.option("--kubeconfig", metavar="FILE", help="Kubeconfig, as for kubectl."),
    click.option("--context", metavar="NAME", help="Context of the kubeconfig."),
    click.option("-n", "--namespace", metavar="NAME", help="Namespace."),
    click.option("-A", "--all-namespaces", is_flag=True, help="All namespaces."),
    click.option("-o", "--output", type=click.Choice(["text", "json"]), help="Form of stdout."),
    click.option("-v", "--verbose", count=True, help="Say more; -vv with tracebacks."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colour."),
)
NAMES = tuple(Common.__slots__)


def common(function: F) -> F:
    """Add the common flags to a verb; they arrive as one `common` argument."""
    import functools

    @functools.wraps(function)
    def wrapper(**values: Any) -> Any:
        mine = {name: values.pop(name) for name in NAMES}
        return function(common=Common(**mine), **values)

    for flag in reversed(FLAGS):
        wrapper = flag(wrapper)
    return wrapper  # type: ignore[return-value]


def wants_color(choice: str, *, stream: Any) -> bool:
    """Decide on colour: the flag, then NO_COLOR and FORCE_COLOR, then whether it is a TTY."""
    import os

    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def emit(text: str) -> None:
    """Write the result to stdout; a reader that went away changes nothing."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        pass


def note(line: str) -> None:
    """Write one line to stderr; a reader that went away changes nothing."""
    try:
        sys.stderr.write(f"soakgate: {printable(line, 4096)}\n")
        sys.stderr.flush()
    except OSError:
        pass
