"""`soakgate explain`: what a criterion means, what it takes, and what to do if it fails."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from soakgate.cli.options import Common, common, emit
from soakgate.errors import Exit

if TYPE_CHECKING:
    from soakgate.cli.topics import Topic

__all__ = ["command"]


@click.command("explain")
@click.argument("name", metavar="[ID|exit-codes]", required=False)
@common
def command(common: Common, name: str | None) -> int:
    """Explain a criterion, or the exit codes; without ID, list what can be explained."""
    import json

    from soakgate.cli.settings import wants_json
    from soakgate.cli.topics import EXIT_CODES, exits_document, topics

    as_json = wants_json(common)
    if name == EXIT_CODES:
        facts: dict[str, object] = {"exit_codes": exits_document()}
        text = _exits()
    elif name is None:
        found = topics()
        facts = {"criteria": [topic.document() for topic in found], "exit_codes": exits_document()}
        text = _list(found)
    else:
        topic = _topic(name)
        facts, text = {"criteria": [topic.document()]}, _page(topic)
    emit(json.dumps({"schema": "soakgate.explain/1", **facts}, indent=2) if as_json else text)
    return int(Exit.PASS)


def _topic(name: str) -> "Topic":
    from soakgate import registry
    from soakgate.cli.topics import EXIT_CODES, criterion_topic
    from soakgate.errors import UsageError, suggestion
    from soakgate.registry import Group

    known = registry.plugins(Group.CRITERIA)
    if name not in known:
        there = [*known, EXIT_CODES]
        raise UsageError(
            f'there is no criterion "{name}"',
            hint=suggestion(name, there) or f"there are: {', '.join(there)}",
        )
    return criterion_topic(name, known=known)


def _list(found: Sequence["Topic"]) -> str:
    wide = max((len(topic.id) for topic in found), default=0)
    lines = ["Criteria"]
    for topic in found:
        about = topic.broken or f"{topic.title} ({topic.default_limit})"
        lines.append(f"  {topic.id:<{wide}}  {about}")
    return "\n".join([*lines, "", "More: soakgate explain ID, soakgate explain exit-codes"])


def _exits() -> str:
    from soakgate.cli.topics import EXITS

    lines = ["Exit codes"]
    for exit_ in EXITS:
        lines += [f"  {int(exit_.code):>2}  {exit_.meaning}", f"      {exit_.advice}"]
    return "\n".join(lines)


def _page(topic: "Topic") -> str:
    facts = {
        "default limit": topic.default_limit,
        "unit": topic.unit,
        "takes": ", ".join(topic.takes) or "no target, phase or quantile",
        "rests on": ", ".join(topic.sources),
        "from": topic.origin,
    }
    lines = [f"{topic.id}: {topic.title}", "", topic.text, ""]
    lines += [f"  {key:<14} {value}" for key, value in facts.items()]
    lines += [f"  option {key:<7} {meaning}" for key, meaning in topic.options]
    return "\n".join(lines)
