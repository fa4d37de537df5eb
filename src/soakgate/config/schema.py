"""JSON Schema of scenario files, for editors: draft 7, which is where yaml-language-server stops.

It tells names, types and descriptions; rules between keys are checked when a file is read.
"""

from typing import Any

from soakgate.config.scenario import Scenario
from soakgate.config.units import Objective, duration_text, objective_text

__all__ = ["scenario_schema"]


def scenario_schema() -> dict[str, Any]:
    """Give the schema as plain data, the same each time."""
    schema = _convert(Scenario.model_json_schema(mode="validation"))
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "soakgate scenario"
    return {key: schema[key] for key in sorted(schema)}


def _convert(part: Any) -> Any:
    """Rename what draft 7 calls otherwise, and drop titles that only repeat the key."""
    if isinstance(part, list):
        return [_convert(item) for item in part]
    if isinstance(part, str):
        return part.replace("#/$defs/", "#/definitions/")
    if not isinstance(part, dict):
        return part
    if "patternProperties" in part:
        part = {"additionalProperties": False, **part}
    names = {"$defs": "definitions"}
    if "default" in part:
        part = {**part, "default": _as_written(part["default"], part=part)}
    kept = {key: value for key, value in part.items() if not _is_title(key, value)}
    return {names.get(key, key): _convert(value) for key, value in kept.items()}


def _as_written(default: Any, *, part: dict[str, Any]) -> Any:
    """Give a default as a file would hold it: durations are int ns inside, texts in files."""
    if part.get("type") != "string":
        return default
    if isinstance(default, int):
        return duration_text(default)
    return objective_text(Objective(**default)) if isinstance(default, dict) else default


def _is_title(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or key == "discriminator"
