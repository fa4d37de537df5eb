"""result.json: the product of a run. Field names and meanings are a public interface.

Times are RFC 3339 UTC with microseconds; durations are seconds, ratios fractions. An unbounded
`high`, an open end and an unknown value are null. Fields may be added inside a major version.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

__all__ = [
    "BrownoutRow",
    "Coincidence",
    "CriterionRow",
    "EpisodeRow",
    "Gap",
    "Interval",
    "Lateness",
    "LimitRow",
    "NeededRow",
    "Observed",
    "ObserverRow",
    "OutageRow",
    "PhaseRow",
    "RunResult",
    "RunRow",
    "WaiverRow",
]

SCHEMA = "soakgate.result/1"
Word = Literal["pass", "warn", "inconclusive", "fail"]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
UnitName = Literal["s", "ratio", "count"]


class Row(BaseModel):
    """Base of all rows: immutable, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Interval(Row):
    """A value with its 95 % bounds; `high` null = unbounded."""

    value: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None


class Observed(Interval):
    """An observed value with bounds and unit."""

    unit: UnitName


class LimitRow(Row):
    """The limit of a criterion: observed `op` value."""

    op: Literal["<=", "<", ">=", "="]
    value: FiniteFloat
    unit: UnitName


class NeededRow(Row):
    """What more would be needed for a decision."""

    requests: int | None
    seconds: FiniteFloat | None


class ClusterRow(Row):
    """The cluster of a run."""

    kind: str
    context: str
    uid: str
    version_from: str = Field(alias="from")
    version_to: str = Field(alias="to")


class RunRow(Row):
    """Identity of a run; `started` and `ended`: planned first and last moment, null: unreadable.

    `cut`: it ended before it was to end; `ended` is then where it was cut.
    """

    id: str
    name: str
    started: Moment | None
    ended: Moment | None
    soakgate: str
    cluster: ClusterRow | None
    sealed: bool
    cut: bool = False


class CriterionRow(Row):
    """One criterion on one subject."""

    id: str
    target: str | None
    phase: str | None
    quantile: str | None
    truth: Literal["window", "process"]
    observed: Observed
    limit: LimitRow
    margin: FiniteFloat | None
    level: Literal["fail", "warn", "info"]
    verdict: Word
    effective: Word
    samples: int
    needed: NeededRow
    reason: str
    evidence: list[str]


class Coincidence(Row):
    """Something that happened near an outage: never a cause; `offset` seconds from its start."""

    what: str
    object: str
    offset: FiniteFloat
    message: str


class OutageRow(Row):
    """A maximal run of failed probes of one series."""

    target: str
    connection: Literal["new", "reused", "any"]
    start: Moment = Field(alias="from")
    end: Moment | None = Field(alias="to")
    open: bool
    seconds: Interval
    kind: str
    kinds: dict[str, int]
    coincided: list[Coincidence]


class EpisodeRow(Row):
    """Outages of one series close together; `rows` counts all of them, listed or not."""

    target: str
    connection: Literal["new", "reused", "any"]
    start: Moment = Field(alias="from")
    end: Moment | None = Field(alias="to")
    rows: int
    share: Interval
    partial: bool
    seconds: Interval


class BrownoutRow(Row):
    """A maximal run of probes served later than the objective."""

    target: str
    connection: Literal["new", "reused", "any"]
    start: Moment = Field(alias="from")
    end: Moment | None = Field(alias="to")
    open: bool
    seconds: Interval
    coincided: list[Coincidence]


class Gap(Row):
    """A stretch in which a collector was blind."""

    source: str
    start: Moment = Field(alias="from")
    end: Moment | None = Field(alias="to")
    reason: str


class Lateness(Row):
    """Sent minus intended start of our own probes, seconds; null without probes."""

    p50: FiniteFloat | None
    p99: FiniteFloat | None
    max: FiniteFloat | None


class ObserverRow(Row):
    """How well we watched: lateness, ticks skipped, blind seconds of the worst series."""

    lateness: Lateness
    skipped: int
    blind: FiniteFloat


class PhaseRow(Row):
    """A named part of the run."""

    name: str
    start: Moment = Field(alias="from")
    end: Moment | None = Field(alias="to")
    node: str | None


class WaiverRow(Row):
    """A waiver and whether it was used."""

    criterion: str | None
    check: str | None
    target: str | None
    object: str | None
    owner: str
    reason: str
    expires: str
    used: bool
    note: str


class RunResult(Row):
    """The whole of result.json."""

    schema_: Literal["soakgate.result/1"] = Field(alias="schema")
    verdict: Word
    reason: str
    run: RunRow
    criteria: list[CriterionRow]
    outages: list[OutageRow]
    episodes: list[EpisodeRow]
    brownouts: list[BrownoutRow]
    gaps: list[Gap]
    observer: ObserverRow
    phases: list[PhaseRow]
    waivers: list[WaiverRow]
    experiments: list[dict[str, object]]
    files: dict[str, str]

    def to_json(self) -> bytes:
        """Give the bytes of result.json; the same result gives the same bytes."""
        return (self.model_dump_json(by_alias=True, indent=2) + "\n").encode()
