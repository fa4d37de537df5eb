"""Values of a picture of a run over time; see `soakgate.analysis.timeline` for how they come about.

All moments are int ns since the run's start (`Evidence.window.start`), so that they line up with
the offsets of result.json. Latencies are ns from the intended start to the end of the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Close", "Curve", "Lane", "LatencyRow", "LoadCurve", "Look", "Span", "Timeline"]


class Look(StrEnum):
    """How a span of a lane is to be read; each has its own colour *and* words."""

    GOOD = "good"
    IDLE = "idle"
    CHANGING = "changing"
    SLOW = "slow"
    BAD = "bad"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one lane, ns since the run's start; `text` is for people."""

    start: int
    end: int
    level: Look
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One swim lane: a target, a node, a pool. `group` gathers lanes (nodes of a pool)."""

    label: str
    spans: tuple[Span, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Buckets of one series, or of all of a target's series (`connection` = `any`).

    `count` are usable probes, `bad` those that failed, by intended start; `p50, p95, p99` are ns
    over the served ones, None where none was served.
    """

    target: str
    connection: str
    count: tuple[int, ...]
    bad: tuple[int, ...]
    p50: tuple[int | None, ...]
    p95: tuple[int | None, ...]
    p99: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """Buckets of all load: requests per second started and asked for (None: nothing was planned),
    shares that failed (None: nothing finished), latencies in ns of those that were served.
    """

    rate: tuple[float, ...]
    asked: tuple[float | None, ...]
    failed: tuple[float | None, ...]
    p50: tuple[int | None, ...]
    p95: tuple[int | None, ...]
    p99: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Single probes of one series in a window around its faults; `latency` ns, None: it failed."""

    target: str
    connection: str
    start: int
    end: int
    at: tuple[int, ...]
    latency: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Latency of what was served in one part of the run: `part` is before, during or after.

    `subject` is a target, or `load` with a request name in `detail`. Quantiles in ns, None if
    nothing was served.
    """

    subject: str
    detail: str
    part: str
    served: int
    failed: int
    p50: int | None
    p95: int | None
    p99: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run over time. `bucket` is the width of a bucket in ns, `length` of the run in ns.

    `targets` has one curve per target (all its series), `series` one per series. `blind` are
    stretches in which the prober did not run, also those too short for the result's gaps.
    `objectives` are ns per target, where they are known. `close` has the single probes around the
    longest faults of each series, for slices in which buckets would be too coarse.
    """

    length: int = 0
    bucket: int = 1_000_000_000
    targets: tuple[Curve, ...] = ()
    series: tuple[Curve, ...] = ()
    load: LoadCurve | None = None
    latency: tuple[LatencyRow, ...] = ()
    blind: tuple[Span, ...] = ()
    lanes: tuple[Lane, ...] = ()
    close: tuple[Close, ...] = ()
    objectives: Mapping[str, int] = field(default_factory=dict)
