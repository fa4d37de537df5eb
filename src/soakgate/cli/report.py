"""`soakgate report`: write the reports of a judged run again; judges nothing."""

from pathlib import Path

import click

from soakgate.cli.options import Common, common

__all__ = ["command"]


@click.command("report")
@click.argument("folder", metavar="DIR")
@common
def command(common: Common, folder: str) -> int:
    """Write the reports of a judged run again, from its result.json.

    Nothing is judged and result.json stays as it is. Ends with the exit code of the verdict that
    is written there.
    """
    from soakgate.cli.options import note
    from soakgate.cli.settings import effective_settings
    from soakgate.cli.show import show_judged
    from soakgate.orchestrate.judging import exit_code
    from soakgate.orchestrate.reporting import redraw, write_reports

    settings, _ = effective_settings(common)
    judged, doubt = redraw(Path(folder))
    if doubt is not None:
        note(f"{folder}: the reports have no time axis: {doubt}")
    write_reports(judged)
    show_judged(judged, settings=settings)
    return int(exit_code(judged))
