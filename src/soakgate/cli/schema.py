"""`soakgate schema`: the JSON Schemas of what soakgate reads and writes."""

import click

from soakgate.cli.options import Common, common, emit
from soakgate.errors import Exit, UsageError

__all__ = ["command"]


@click.command("schema")
@click.argument("name", metavar="[scenario|result|audit]", default="scenario")
@common
def command(common: Common, name: str) -> int:
    """Print a JSON Schema: of scenario files (the default), or of result.json.

    Editors check scenario files by it: soakgate schema scenario > scenario.schema.json
    """
    import json

    from soakgate.config.schema import scenario_schema
    from soakgate.errors import suggestion
    from soakgate.model.schema import result_schema

    schemas = {"scenario": scenario_schema, "result": result_schema}
    if name == "audit":
        raise UsageError(
            "there are no audits yet, so they have no schema", where="schema audit",
            hint="there are: scenario, result",
        )  # fmt: skip
    if name not in schemas:
        raise UsageError(
            f'there is no schema "{name}"',
            hint=suggestion(name, schemas) or "there are: scenario, result",
        )
    emit(json.dumps(schemas[name](), indent=2))
    return int(Exit.PASS)
