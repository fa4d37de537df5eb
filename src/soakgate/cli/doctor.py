"""`soakgate doctor`: is this machine fit for a run, and which settings are in force?"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from soakgate.cli.options import Common, common, emit
from soakgate.errors import Exit

if TYPE_CHECKING:
    from soakgate.cli.checkup import Check

__all__ = ["command"]

MARKS = {"ok": "✓", "warn": "!", "broken": "✕", "unchecked": "·"}
NO_SETTING = frozenset({"SOAKGATE_RUN"})  # where a run puts itself for its upgrade command


@click.command("doctor")
@click.option("--config", "config_only", is_flag=True, help="Show every setting with its origin.")
@common
def command(common: Common, *, config_only: bool) -> int:
    """Check this machine: clocks, cores, limits, disk, packages, plugins. No request is sent.

    Ends with 3 if something that a run needs is broken. With --config it shows every effective
    setting and where it comes from instead.
    """
    import json

    from soakgate.cli.settings import effective_settings

    settings, effective = effective_settings(common)
    unknown = _unknown()
    if config_only:
        rows = [{"name": e.name, "value": e.value, "origin": e.origin} for e in effective]
        facts: dict[str, object] = {
            "schema": "soakgate.config/1",
            "settings": rows,
            "unknown": unknown,
        }
        text, code = _config_text(rows, unknown), Exit.PASS
    else:
        from soakgate.cli.checkup import check_all

        checks = list(check_all())
        listed = [{"name": c.name, "state": c.state.value, "text": c.text} for c in checks]
        broken = any(row["state"] == "broken" for row in listed)
        facts = {"schema": "soakgate.doctor/1", "ok": not broken, "checks": listed}
        text, code = _checks_text(checks, unknown), Exit.HARNESS if broken else Exit.PASS
    emit(json.dumps(facts, indent=2) if settings.output == "json" else text)
    return int(code)


def _unknown() -> list[str]:
    """Say which SOAKGATE_ variables mean nothing."""
    from soakgate.config.settings import unknown_variables

    return list(unknown_variables({k: v for k, v in os.environ.items() if k not in NO_SETTING}))


def _config_text(rows: Sequence[dict[str, object]], unknown: Sequence[str]) -> str:
    from soakgate.errors import printable

    lines = []
    for row in rows:
        value = "-" if row["value"] is None else printable(str(row["value"]))
        lines.append(f"  {row['name']!s:<12} {value:<30} {row['origin']}")
    return "\n".join([*lines, *(f"  ! {text}" for text in unknown)])


def _checks_text(checks: "Sequence[Check]", unknown: Sequence[str]) -> str:
    from soakgate.errors import printable

    broken = [check for check in checks if check.state == "broken"]
    title = f"BROKEN  {len(broken)} of what a run needs" if broken else "OK  fit for a run"
    lines = [
        f"  {MARKS[check.state]} {check.name:<16} {printable(check.text, 1000)}" for check in checks
    ]
    return "\n".join([title, "", *lines, *(f"  ! environment      {text}" for text in unknown)])
