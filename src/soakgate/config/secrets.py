"""Secrets are named in files (`env:NAME`, `file:PATH`) and read only when a run starts.

Their values stay out of every text that people or files may see: `Secret` shows none, and errors
name the place, never the content. What reads the environment and files is given as a parameter.
"""

from collections.abc import Callable, Mapping

from soakgate.config.fields import SECRET
from soakgate.errors import UsageError

__all__ = ["Secret", "resolve_header", "resolve_headers", "resolve_secret"]

MOST = 65_536  # bytes of a secret; more is a wrong file

ReadEnv = Callable[[str], str | None]
ReadFile = Callable[[str], bytes]  # relative paths are the reader's business; raises OSError


class Secret:
    """A value that is only shown to who asks for it with `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value."""
        return self._value

    def __repr__(self) -> str:
        """Show that there is one, and nothing of it."""
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        """Compare values."""
        return isinstance(other, Secret) and other.reveal() == self._value

    __hash__ = None  # type: ignore[assignment]


def resolve_secret(reference: str, *, where: str, env: ReadEnv, read: ReadFile) -> Secret:
    """Read what a reference names; one line end at its end is dropped. Raises UsageError."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = env(name)
        if value is None:
            raise UsageError(f"the environment variable {name} is not set", where=where)
    else:
        value = _file(name, where=where, read=read)
    value = value.removesuffix("\n").removesuffix("\r")
    if not value.strip():
        raise UsageError(f"the secret {reference} is empty", where=where)
    return Secret(value)


def _file(name: str, *, where: str, read: ReadFile) -> str:
    try:
        data = read(name)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"the file {name} cannot be read", where=where, found=found) from None
    if len(data) > MOST:
        raise UsageError(f"the file {name} is too large for a secret", where=where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"the file {name} is not UTF-8 text", where=where) from None


def resolve_headers(
    headers: Mapping[str, str], *, where: str, env: ReadEnv, read: ReadFile
) -> dict[str, Secret]:
    """Resolve a target's headers; `Bearer env:NAME` keeps its scheme. Raises UsageError."""
    return {
        name: resolve_header(text, where=f"{where}.{name}", env=env, read=read)
        for name, text in headers.items()
    }


def resolve_header(text: str, *, where: str, env: ReadEnv, read: ReadFile) -> Secret:
    """Resolve one header's value; what names no secret is taken as it is.

    A value that could not travel in a header (line ends, control characters) is refused.
    Raises UsageError.
    """
    scheme, space, name = _split(text)
    if not SECRET.fullmatch(name):
        return Secret(text)
    value = resolve_secret(name, where=where, env=env, read=read).reveal()
    if not value.isprintable() or not value.isascii():
        raise UsageError(
            f"the secret {name} cannot be sent in a header",
            where=where,
            hint="it holds line ends or other characters that are not printable ASCII",
        )
    return Secret(f"{scheme}{space}{value}")


def _split(text: str) -> tuple[str, str, str]:
    """Split `Bearer env:NAME`; a path after `file:` may hold spaces."""
    if SECRET.fullmatch(text):
        return "", "", text
    return text.partition(" ")
