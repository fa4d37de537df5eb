"""`soakgate judge`: judge a recorded run again, offline, by the code that judged it live."""

from pathlib import Path

import click

from soakgate.cli.options import Common, common

__all__ = ["command"]


@click.command("judge")
@click.argument("folder", metavar="DIR")
@click.option("--scenario", metavar="FILE", help="What if: other criteria, same targets.")
@click.option("--waivers", metavar="FILE", help="Further waivers.")
@common
def command(common: Common, folder: str, scenario: str | None, waivers: str | None) -> int:
    """Judge a recorded run again and replace its result and reports.

    With --scenario, result.WHATIF.json and report.WHATIF.html are written beside instead.
    """
    from soakgate.cli.prepare import effective_settings, waivers_of
    from soakgate.cli.show import show_judged
    from soakgate.config.load import read_file, read_scenario
    from soakgate.orchestrate import plugins
    from soakgate.orchestrate.judging import exit_code, judge_folder, write_outputs
    from soakgate.verdict.criterion import facts_of

    settings, _ = effective_settings(common, waivers=waivers)
    criteria = plugins.criteria()
    asked = None
    if scenario is not None:
        data = read_file(Path(scenario))
        asked = read_scenario(data, source=scenario, criteria=facts_of(criteria))
    extra = waivers_of(settings.waivers, criteria)
    judged = judge_folder(Path(folder), waivers=extra, what_if=asked)
    write_outputs(judged, what_if=asked is not None)
    show_judged(judged, settings=settings)
    return int(exit_code(judged))
