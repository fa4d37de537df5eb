"""From the flags of a verb to settings and a run ready to start."""

from collections.abc import Mapping

from soakgate.cli.options import Common
from soakgate.cli.settings import effective_settings
from soakgate.orchestrate.prepare import (
    Ready,
    find_scenario,
    forecasts,
    prepare_run,
    waivers_of,
)

__all__ = ["Ready", "effective_settings", "find_scenario", "forecasts", "prepare", "waivers_of"]


def prepare(
    common: Common,
    *,
    scenario: str | None,
    waivers: str | None,
    out: str | None,
    flags: Mapping[str, object],
) -> Ready:
    """Read everything a run needs and check that it can be run. Raises UsageError."""
    settings, _ = effective_settings(
        common, waivers=waivers, out=out, scenario=scenario, rate=flags["rate"],
        max=flags["longest"],
    )  # fmt: skip
    return prepare_run(settings, flags=flags)
