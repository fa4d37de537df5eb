"""Turns pydantic's errors into lines for people; never repeats a value, which may be a secret."""

import re
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from soakgate.config.problems import KeyPath, Problems
from soakgate.errors import suggestion

__all__ = ["note_errors"]

_TEXTS = {
    "missing": "this key is required",
    "string_type": "a text is needed; quote it if it looks like something else",
    "int_type": "a whole number is needed",
    "int_parsing": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "bool_type": "true or false is needed",
    "bool_parsing": "true or false is needed",
    "tuple_type": "a list is needed",
    "list_type": "a list is needed",
    "dict_type": "a mapping of names to values is needed",
    "model_type": "a mapping of keys to values is needed",
    "model_attributes_type": "a mapping of keys to values is needed",
    "too_short": "at least one is needed",
    "too_long": "there are too many",
    "string_too_short": "the text must not be empty",
}


def note_errors(
    error: ValidationError, *, model: type[BaseModel], problems: Problems, at: KeyPath = ()
) -> None:
    """Add one problem per error of a model that was read from the path `at`."""
    items = error.errors(include_url=False)
    locs = {item["loc"] for item in items}
    for item in items:
        path, owner = _walk(model, item["loc"])
        where = (*at, *path)
        kind = item["type"]
        if kind == "too_short" and any(loc[:-1] == item["loc"] for loc in locs):
            continue  # short only because its items are wrong, which is told
        if kind == "extra_forbidden":
            known = list(owner.model_fields) if owner else []
            near = None if problems.is_full or not path else suggestion(str(path[-1]), known)
            problems.add(where, "unknown key", hint=near or f"known are: {', '.join(known)}")
        else:
            hint = _near(item) if kind in ("enum", "literal_error") else None
            problems.add(where, _text(kind, message=item["msg"]), hint=hint)


def _text(kind: str, *, message: str) -> str:
    known = _TEXTS.get(kind)
    return known or message.removeprefix("Value error, ").replace("Input should be", "must be")


def _near(item: ErrorDetails) -> str | None:
    """Suggest one of the words that a key takes."""
    expected = item.get("ctx", {}).get("expected", "")
    given = item["input"]
    return suggestion(given, re.findall(r"'([^']*)'", expected)) if isinstance(given, str) else None


def _walk(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[KeyPath, type[BaseModel]]:
    """Give the path without pydantic's own marks, and the model that owns its last key."""
    owner, path, rest = model, [], list(loc)
    while rest:
        part = rest.pop(0)
        field = owner.model_fields.get(part) if isinstance(part, str) else None
        path.append(part)
        if field is None:
            break
        inner = _models(field.annotation)
        if _is_collection(field.annotation) and rest:
            path.append(rest.pop(0))
        if len(inner) > 1 and rest:  # a union's mark: which of its models was tried
            owner = inner[min(_order(str(rest.pop(0)), inner), len(inner) - 1)]
        elif inner:
            owner = inner[0]
        elif not _is_collection(field.annotation):
            break
    return tuple(part for part in path + rest if part != "[key]"), owner


def _order(tag: str, models: list[type[BaseModel]]) -> int:
    names = [model.__name__.removesuffix("Upgrade").lower() for model in models]
    return names.index(tag) if tag in names else len(models) - 1


def _is_collection(annotation: Any) -> bool:
    if get_origin(annotation) in (dict, tuple, list):
        return True
    return any(get_origin(arg) in (dict, tuple, list) for arg in get_args(annotation))


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Give the models within a type expression, in order."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for arg in get_args(annotation) for found in _models(arg)]
