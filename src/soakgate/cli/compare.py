"""`soakgate compare`: hold two judged runs against each other; no verdict, so it ends with 0."""

from pathlib import Path

import click

from soakgate.cli.options import Common, common, emit, wants_color

__all__ = ["command"]


@click.command("compare")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@common
def command(common: Common, before: str, after: str) -> int:
    """Hold run B against the earlier run A, criterion by criterion.

    A and B are run directories, or result files such as result.WHATIF.json. This judges nothing:
    it ends with 0 whatever changed.
    """
    import json
    import sys

    from soakgate.adapters.results import read_result
    from soakgate.cli.settings import effective_settings
    from soakgate.cli.width import width
    from soakgate.errors import Exit
    from soakgate.history.compare import compare
    from soakgate.report.text_history import comparison_document, comparison_text

    settings, _ = effective_settings(common)
    found = compare(read_result(Path(before)), read_result(Path(after)))
    if settings.output == "json":
        emit(json.dumps(comparison_document(found), indent=2))
    else:
        color = wants_color(settings.color, stream=sys.stdout)
        emit(comparison_text(found, width=width(), color=color))
    return int(Exit.PASS)
