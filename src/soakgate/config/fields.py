"""Field types of the models: read from text with a unit, kept as numbers, written as text again."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from soakgate.config.units import (
    Objective,
    duration_text,
    limit_text,
    objective_text,
    parse_duration,
    parse_limit,
    parse_objective,
    parse_rate,
)
from soakgate.model.criteria import Limit

__all__ = [
    "SECRET",
    "Duration",
    "DurationOrZero",
    "LimitText",
    "Model",
    "Name",
    "Note",
    "ObjectiveText",
    "Rate",
    "Script",
    "SecretName",
    "Word",
]

NAME = r"[a-z0-9][a-z0-9._-]{0,62}"
SECRET = re.compile(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:\S(?:.*\S)?)")
_DURATION = r"^([0-9]+(\.[0-9]+)?(d|h|ms|m|s|us|ns))+$"


class Model(BaseModel):
    """Root of all models: frozen, unknown keys refused, defaults checked like given values."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


def _duration(value: object) -> int:
    return parse_duration(value)


def _duration_or_zero(value: object) -> int:
    return parse_duration(value, zero=True)


def _objective(value: object) -> Objective:
    return value if isinstance(value, Objective) else parse_objective(value)


def _limit(value: object) -> Limit:
    return value if isinstance(value, Limit) else parse_limit(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(NAME, value, re.ASCII):
        raise ValueError("a name is a-z, 0-9, '.', '_' and '-', at most 63 characters long")
    return value


def _word(value: object) -> str:
    text = _text(value).rstrip("\n")  # a block scalar ends with one
    if not text.isprintable() or len(text) > 1000:
        raise ValueError("one printable line of at most 1000 characters is needed")
    return text


def _note(value: object) -> str:
    return _word(" ".join(_text(value).split()))


def _script(value: object) -> str:
    text = _text(value)
    if len(text) > 10_000 or not all(c.isprintable() or c in "\n\t" for c in text):
        raise ValueError("a script of at most 10,000 printable characters is needed")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty is needed")
    return value


def _secret(value: object) -> str:
    if not isinstance(value, str) or not SECRET.fullmatch(value):
        raise ValueError("a secret is named, never written: env:NAME or file:PATH")
    return value


def _schema(kind: str, **facts: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **facts})


Duration = Annotated[
    int,
    BeforeValidator(_duration),
    PlainSerializer(duration_text, return_type=str, when_used="json"),
    _schema("string", pattern=_DURATION, examples=["250ms", "30s", "1h30m"]),
]
"""Int ns, above zero; read from and written as `250ms 30s 15m 4h 1h30m`."""

DurationOrZero = Annotated[
    int,
    BeforeValidator(_duration_or_zero),
    PlainSerializer(duration_text, return_type=str, when_used="json"),
    _schema("string", pattern=_DURATION, examples=["0s", "2m"]),
]
"""As Duration, where zero leaves something out."""

ObjectiveText = Annotated[
    Objective,
    BeforeValidator(_objective),
    PlainSerializer(objective_text, return_type=str, when_used="json"),
    _schema("string", examples=["2s", "3x baseline p95"]),
]
LimitText = Annotated[
    Limit,
    BeforeValidator(_limit),
    PlainSerializer(limit_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": ["string", "number"], "examples": ["1s", "0.01%", ">= 2", 0]}),
]
Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    WithJsonSchema({"type": ["number", "string"], "examples": [10, "10/s"]}),
]
"""Hz, above zero."""

Name = Annotated[str, BeforeValidator(_name), _schema("string", pattern=f"^{NAME}$")]
Word = Annotated[str, BeforeValidator(_word), _schema("string", minLength=1, maxLength=1000)]
Note = Annotated[str, BeforeValidator(_note), _schema("string", minLength=1)]
"""As Word, but the lines of a block are joined."""

Script = Annotated[str, BeforeValidator(_script), _schema("string", minLength=1, maxLength=10_000)]
"""Lines for a shell."""

SecretName = Annotated[
    str,
    BeforeValidator(_secret),
    _schema("string", pattern="^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"),
]
"""Where a secret is: `env:NAME` or `file:PATH`."""
