"""A recorded run as read from its directory: what all judging is a pure function of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soakgate.model.load import LoadTable
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import Anchor, Window

__all__ = [
    "Cluster",
    "Damage",
    "Event",
    "Evidence",
    "Identity",
    "Phase",
    "Series",
    "UpgradeRecord",
]

SERVED = OUTCOMES.index(Outcome.SERVED)
VOID = OUTCOMES.index(Outcome.VOID)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Samples of one series, sorted by intended start.

    `period` ns; `intended, sent, first_byte, done` int64[n] ns CLOCK_MONOTONIC, 0 = never;
    `outcome` int8[n], an index into OUTCOMES; `status` int16[n], 0 = none.
    """

    target: str
    connection: str
    period: int
    intended: npt.NDArray[np.int64]
    sent: npt.NDArray[np.int64]
    first_byte: npt.NDArray[np.int64]
    done: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int8]
    status: npt.NDArray[np.int16]

    @property
    def void(self) -> npt.NDArray[np.bool_]:
        """Probes lost by our own fault."""
        return np.equal(self.outcome, VOID)

    @property
    def bad(self) -> npt.NDArray[np.bool_]:
        """Probes that failed; neither served nor void."""
        return np.not_equal(self.outcome, SERVED) & np.not_equal(self.outcome, VOID)

    @property
    def served(self) -> npt.NDArray[np.bool_]:
        """Probes that were served, however late."""
        return np.equal(self.outcome, SERVED)

    def pick(self, mask: npt.NDArray[np.bool_]) -> "Series":
        """Give the series with only the samples of a mask."""
        return Series(
            self.target,
            self.connection,
            self.period,
            self.intended[mask],
            self.sent[mask],
            self.first_byte[mask],
            self.done[mask],
            self.outcome[mask],
            self.status[mask],
        )

    def within(self, window: Window) -> "Series":
        """Give the samples whose intended start lies in a window (both ends included)."""
        return self.pick((self.intended >= window.start) & (self.intended <= window.end))


@dataclass(frozen=True, slots=True)
class Phase:
    """A named part of a run, monotonic ns; `end` None: the run ended inside, without a word."""

    name: str
    start: int
    end: int | None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a collector; `at` monotonic ns."""

    at: int
    source: str
    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Damage:
    """Evidence that is missing, cut, changed or foreign; `source`: the collector it is of."""

    source: str
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster that a run was recorded on; empty strings for what is not known."""

    kind: str
    context: str
    uid: str
    version_from: str
    version_to: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who recorded what, when. `anchor` ties monotonic to wall time."""

    run: str
    name: str
    soakgate: str
    anchor: Anchor
    cluster: Cluster | None = None
    host: str = ""


@dataclass(frozen=True, slots=True)
class UpgradeRecord:
    """What became of the upgrade, by its driver; moments in monotonic ns, None = never."""

    driver: str
    started: int | None
    ended: int | None
    happened: bool | None  # None: it cannot be told
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Everything that a run left behind.

    `window` runs from the planned first to the planned last probe, or to where it was cut.
    `blind` are moments when the prober was not running by its own account (stalls, no heartbeat).
    `halts` are reasons, already in words, for which the run as a whole cannot pass.
    `cut` tells that it ended before it was to end.
    """

    identity: Identity
    window: Window
    series: tuple[Series, ...] = ()
    control: tuple[Series, ...] = ()
    load: LoadTable | None = None
    phases: tuple[Phase, ...] = ()
    events: tuple[Event, ...] = ()
    stalls: tuple[Window, ...] = ()
    silences: tuple[Window, ...] = ()
    dead: tuple[str, ...] = ()
    damage: tuple[Damage, ...] = ()
    upgrade: UpgradeRecord | None = None
    sealed: bool = False
    skipped: int = 0
    halts: tuple[str, ...] = ()
    cut: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets that were probed, in order."""
        return tuple(dict.fromkeys(s.target for s in self.series))
