"""`soakgate run`: measure a service while it is changed, and judge."""

import sys
from pathlib import Path

import click

from soakgate.cli.options import Common, common, emit, note, wants_color
from soakgate.errors import Exit, UsageError

__all__ = ["command"]


@click.command("run")
@click.argument("scenario", required=False)
@click.option("--target", "targets", multiple=True, metavar="NAME=URL", help="What to probe.")
@click.option("--expect-status", metavar="LIST", help="Statuses that count as served: 200,204.")
@click.option("--expect-body", metavar="TEXT", help="Text that a served answer holds.")
@click.option("--rate", type=float, metavar="HZ", help="Probes per second and series, at most 200.")
@click.option("--for", "length", metavar="DURATION", help="From the first to the last probe.")
@click.option("--max", "longest", metavar="DURATION", help="Cut the run there (6h).")
@click.option("--phases", metavar="LIST", help="baseline=2m,settle=1m,soak=5m")
@click.option("--no-cluster", is_flag=True, help="Watch no cluster.")
@click.option("--upgrade-command", metavar="CMD", help="What performs the upgrade.")
@click.option("--soak-only", is_flag=True, help="No upgrade; needs --for.")
@click.option("--no-load", is_flag=True, help="Leave the scenario's load out.")
@click.option("--waivers", metavar="FILE", help="Further waivers.")
@click.option("--out", metavar="DIR", help="Run directory, new or empty (runs/TIME-NAME).")
@click.option("--plan", "plan_only", is_flag=True, help="Say what would happen; start nothing.")
@common
def command(
    common: Common,
    scenario: str | None,
    waivers: str | None,
    out: str | None,
    plan_only: bool,  # noqa: FBT001 - click's
    **flags: object,
) -> int:
    """Measure a service while it is changed, judge and report.

    SCENARIO is a YAML file, or the name of one that comes with soakgate.
    """
    from soakgate.cli.console import console
    from soakgate.cli.prepare import prepare
    from soakgate.cli.show import show_judged
    from soakgate.orchestrate.judging import exit_code
    from soakgate.orchestrate.run import Order, default_out, execute

    ready = prepare(common, scenario=scenario, waivers=waivers, out=out, flags=flags)
    if plan_only:
        from soakgate.cli.plan import plan_text

        emit(plan_text(ready, json=ready.settings.output == "json"))
        return int(Exit.PASS)
    if not flags["no_cluster"]:
        raise UsageError(
            "watching a cluster is not built yet",
            where="run",
            hint="give --no-cluster, with --for DURATION or --upgrade-command CMD",
        )
    for line in ready.notes:
        note(line)
    folder = Path(ready.settings.out) if ready.settings.out else default_out(ready.scenario.name)
    with console(color=wants_color(ready.settings.color, stream=sys.stderr)) as listener:
        judged = execute(
            Order(
                scenario=ready.scenario,
                plan=ready.plan,
                base=ready.base,
                out=folder,
                listener=listener,
            )
        )
    show_judged(judged, settings=ready.settings)
    return int(Exit.INTERRUPTED if judged.interrupted else exit_code(judged))
