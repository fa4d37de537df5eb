"""JSON Schema of result.json, as published: draft 2020-12."""

from typing import Any

from soakgate.model.result import RunResult

__all__ = ["result_schema"]


def result_schema() -> dict[str, Any]:
    """Give the schema as plain data, the same each time."""
    schema = RunResult.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "soakgate result",
    }
