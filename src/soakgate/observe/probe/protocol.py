"""What a probe module must give, so that a further protocol is one new file.

A module is found by its entry point in the group `soakgate.probes`, whose name is the target's
`protocol`. It defines `make(target, connection=..., series=..., hub=...) -> Prober`, called once
per series before the start. The prober calls `fire(intended)` at each tick; from then on the probe
is the module's: it takes a Flight from `hub.begin`, keeps `flight.deadline` and `flight.stage`
up to date, and hands it back to `hub.end` exactly once. Each callback that the loop calls must
begin with `now = hub.alive()`, which voids what was in flight while this process was suspended.
"""

from typing import Protocol

from soakgate.model.samples import Connection
from soakgate.observe.probe.hub import Hub
from soakgate.observe.probe.settings import Target

__all__ = ["ProbeModule", "Prober"]


class Prober(Protocol):
    """One series of probes."""

    def fire(self, intended: int) -> None:
        """Start one probe now; `intended` (ns) is the moment it is attributed to. No error."""

    def close(self) -> None:
        """Close what is kept open between probes."""


class ProbeModule(Protocol):
    """A module that can probe."""

    def make(self, target: Target, *, connection: Connection, series: int, hub: Hub) -> Prober:
        """Give the prober of one series. Raises UsageError if the target cannot be probed."""
