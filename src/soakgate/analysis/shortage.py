"""What a latency comparison that decides nothing would have needed."""

from dataclasses import dataclass
from math import ceil, log

from soakgate.analysis.regression import Regression

__all__ = ["Shortage", "shortage"]

CAUTION = 0.8  # of the room to the limit; with all of it only 65 to 79 % pass at the time foretold
MARGIN = 2  # a baseline is repeated, so give it twice the time that would just do
WORTH_IT = 7 * 24 * 3600  # s; nobody soaks longer, so longer is no advice


@dataclass(frozen=True, slots=True)
class Shortage:
    """`upgrade`: seconds to go on for; `baseline`: seconds that a new one needs; None = no advice.

    Both None: more time will hardly help.
    """

    upgrade: float | None
    baseline: float | None

    @property
    def words(self) -> str:
        """Say it for people, in minutes rounded up."""
        if self.upgrade is not None:
            return f"needs {ceil(self.upgrade / 60)} more min after the upgrade"
        if self.baseline is not None:
            minutes = ceil(self.baseline / 60)
            return f"the baseline is too short: repeat with one of at least {minutes} min"
        return "more time will hardly help"


def shortage(found: Regression, *, limit: float) -> Shortage | None:
    """Foretell the time that would show a limit such as 1.10; None where it cannot be told.

    Both sides' errors shrink with the root of their length; only the upgrade's can still grow.
    """
    base, after = found.baseline, found.upgrade
    if base is None or after is None or found.ratio is None or after.above is None:
        return None
    room = CAUTION * (log(limit) - log(found.ratio.value))
    if room <= 0:
        return Shortage(None, None)
    if base.below >= room:
        return _worth(baseline=base.length * (base.below / room) ** 2 * MARGIN)
    more = after.length * (after.above**2 / (room**2 - base.below**2) - 1)
    return _worth(upgrade=max(0.0, more))


def _worth(*, upgrade: float | None = None, baseline: float | None = None) -> Shortage:
    if max(upgrade or 0.0, baseline or 0.0) > WORTH_IT:
        return Shortage(None, None)
    return Shortage(upgrade, baseline)
