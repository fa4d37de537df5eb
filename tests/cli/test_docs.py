"""Schemas, and the committed pages that are written from the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from soakgate.cli.docs import pages
from soakgate.cli.main import VERBS
from tests.helpers import results
from tests.helpers.cli import call, refused

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", list(pages()))
def test_what_is_committed_is_what_the_code_says(name: str) -> None:
    there = (ROOT / name).read_text()
    assert there == pages()[name], "run: python -m soakgate.cli.docs"


def test_the_page_of_the_command_line_has_every_verb_and_flag() -> None:
    page = pages()["docs/reference/cli.md"]
    for verb in VERBS:
        assert f"## {verb}\n" in page
    for flag in ("--target NAME=URL", "-o, --output text\\|json", "--run DIR", "--config"):
        assert f"`{flag}`" in page
    assert "`soakgate run [SCENARIO]`" in page
    assert "`soakgate judge DIR`" in page


def test_schemas_are_printed_as_one_document() -> None:
    scenario = call("schema")
    assert scenario == call("schema", "scenario") == call("schema", "scenario", "-o", "json")
    jsonschema.Draft7Validator.check_schema(scenario.json)
    result = call("schema", "result").json
    jsonschema.Draft202012Validator.check_schema(result)
    check = jsonschema.Draft202012Validator(result)
    for made in (results.failed(), results.passed(), results.undecided(), results.hostile()):
        check.validate(made.model_dump(mode="json", by_alias=True))


def with_defaults(part: Any) -> Iterator[dict[str, Any]]:
    """Give every part of a schema that has a default."""
    if isinstance(part, dict):
        if "default" in part and "properties" not in part:
            yield part
        part = list(part.values())
    for item in part if isinstance(part, list) else ():
        yield from with_defaults(item)


def test_defaults_are_what_a_file_could_hold() -> None:
    schema = call("schema", "scenario").json
    found = list(with_defaults(schema))
    assert {"4s", "2s", "30m"} <= {str(part["default"]) for part in found}
    for part in found:
        check = jsonschema.Draft7Validator({**part, "definitions": schema["definitions"]})
        check.validate(part["default"])


def test_schema_says_no_to_what_is_not_a_result() -> None:
    schema = jsonschema.Draft202012Validator(call("schema", "result").json)
    whole = results.passed().model_dump(mode="json", by_alias=True)
    for wrong in (
        {k: v for k, v in whole.items() if k != "verdict"},
        whole | {"verdict": "PASS"},
        whole | {"run": whole["run"] | {"started": "yesterday"}},
    ):
        assert not schema.is_valid(wrong)


def test_unknown_schemas_are_told() -> None:
    assert "there are no audits yet" in refused("schema", "audit")
    assert 'did you mean "result"?' in refused("schema", "results")
    assert "there are: scenario, result" in refused("schema", "xyz")
