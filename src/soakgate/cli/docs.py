"""Reference pages and schemas, written from the code they describe: `python -m soakgate.cli.docs`.

Run in a checkout; a test holds what is committed against what this writes.
"""

import importlib
import inspect
import json
import sys
from pathlib import Path

import click

from soakgate.cli.main import VERBS
from soakgate.cli.topics import EXITS, Topic, topics
from soakgate.config.schema import scenario_schema
from soakgate.model.schema import result_schema

__all__ = ["pages", "write"]

GENERATED = "<!-- written by python -m soakgate.cli.docs -->"


def _topic(topic: Topic) -> list[str]:
    takes = ", ".join(f"`{key}`" for key in topic.takes) or "no target, phase or quantile"
    lines = [
        f"## {topic.id}",
        f"*{topic.title}* · default limit `{topic.default_limit}` · takes {takes} · rests on "
        f"{', '.join(topic.sources)}",
        "",
        topic.text,
    ]
    lines += [f"- `{key}`: {meaning}" for key, meaning in topic.options]
    return [*lines, ""]


def _criteria() -> str:
    own = [topic for topic in topics() if topic.origin.startswith("soakgate ")]
    lines = [
        "# Criteria",
        GENERATED,
        "",
        "What `soakgate explain ID` says. A limit without an operator means `<=`. How bounds become"
        " a verdict: [verdict.md](../verdict.md).",
        "",
    ]
    for topic in own:
        lines += _topic(topic)
    return "\n".join(lines)


def _exits() -> str:
    rows = [f"| {int(e.code)} | {e.meaning} | {e.advice} |" for e in EXITS]
    head = ["# Exit codes", GENERATED, "", "| Code | Meaning | In a pipeline |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _options(options: list[click.Option]) -> list[str]:
    rows = [
        f"| {_flag(option)} | {(option.help or '').replace('|', chr(92) + '|')} |"
        for option in options
    ]
    return ["| Flag | Meaning |", "|---|---|", *rows, ""] if rows else []


def _flag(option: click.Option) -> str:
    value = option.metavar or ""
    if isinstance(option.type, click.Choice):
        value = "|".join(str(choice) for choice in option.type.choices)
    text = f"{', '.join(option.opts)} {value}".strip().replace("|", "\\|")
    return f"`{text}`"


def _verb(name: str) -> list[str]:
    command: click.Command = importlib.import_module(f"soakgate.cli.{name}").command
    shared = {option.name for option in _common_options()}
    words = [_word(param) for param in command.params if isinstance(param, click.Argument)]
    own = [p for p in command.params if isinstance(p, click.Option) and p.name not in shared]
    usage = " ".join(["soakgate", name, *words])
    return [
        f"## {name}",
        f"`{usage}`",
        "",
        inspect.cleandoc(command.help or ""),
        "",
        *_options(own),
    ]


def _word(argument: click.Argument) -> str:
    word = argument.metavar or argument.human_readable_name.upper()
    return word if argument.required or word.startswith("[") else f"[{word}]"


def _common_options() -> list[click.Option]:
    command: click.Command = importlib.import_module("soakgate.cli.schema").command
    return [param for param in command.params if isinstance(param, click.Option)]


def _cli() -> str:
    lines = [
        "# Command line",
        GENERATED,
        "",
        "Works as `soakgate VERB` and as `kubectl soakgate VERB`. stdout carries the result and "
        "nothing else, stderr carries progress. Codes: [exit-codes.md](exit-codes.md).",
        "",
        "## Flags of every verb",
        *_options(_common_options()),
    ]
    for name in VERBS:
        lines += _verb(name)
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Give every generated file by its path from the top of the checkout."""
    return {
        "docs/reference/criteria.md": _criteria(),
        "docs/reference/exit-codes.md": _exits(),
        "docs/reference/cli.md": _cli(),
        "docs/schema/result.schema.json": json.dumps(result_schema(), indent=1) + "\n",
        "scenarios/scenario.schema.json": json.dumps(scenario_schema(), indent=1) + "\n",
    }


def write(top: Path) -> None:
    """Write every generated file below a checkout. Raises OSError."""
    for name, text in pages().items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
