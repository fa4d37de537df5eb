"""Rows of the page's tables, as the strings that the template prints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from soakgate.analysis.timeline import LatencyRow
from soakgate.model.result import BrownoutRow, Coincidence, EpisodeRow, OutageRow
from soakgate.model.times import NS
from soakgate.report import format as words
from soakgate.report._html.view import Whole, offset

__all__ = [
    "Stretch",
    "brownouts",
    "elapsed",
    "episodes",
    "gaps",
    "latencies",
    "moment",
    "outages",
    "phases",
]


MOST = 1000  # outages or brown-outs in one table
T = TypeVar("T", OutageRow, BrownoutRow)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in full, as result.json has it (empty: none), and as people read it."""

    exact: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of a table of stretches of time."""

    anchor: str
    start: Moment
    end: Moment
    subject: str
    link: str = ""
    lasted: str = ""
    text: str = ""
    coincided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Latency:
    """One row of the table before, during, after; `first` starts a new subject."""

    subject: str
    detail: str
    first: bool
    part: str
    served: str
    failed: str
    quantiles: tuple[str, str, str]


def elapsed(ns: int) -> str:
    """Write ns since the start as `+12m08.3s`."""
    sign, tenths = ("−", -ns) if ns < 0 else ("+", ns)
    whole, rest = divmod(round(tenths / (NS // 10)), 10)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}h{minutes:02d}m{seconds:02d}.{rest}s"
    return f"{sign}{minutes}m{seconds:02d}.{rest}s" if minutes else f"{sign}{seconds}.{rest}s"


def moment(whole: Whole, text: str | None) -> Moment:
    """Write a moment as time of day and elapsed time; an open end in words."""
    if text is None:
        return Moment("", "open at the end")
    return Moment(text, f"{text[11:21]}Z {elapsed(offset(whole.result, text))}")


def _coincided(rows: Iterable[Coincidence]) -> tuple[str, ...]:
    found = []
    for row in rows:
        side = "before" if row.offset < 0 else "after"
        text = f"{row.what} {row.object}, {words.duration(abs(row.offset))} {side} its start"
        found.append(f"{text}: {row.message}" if row.message else text)
    return tuple(found)


def _kinds(kinds: dict[str, int]) -> str:
    ranked = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{kind} × {words.count(number)}" for kind, number in ranked)


def outages(whole: Whole) -> list[Stretch]:
    """Give outages in the order of the file, so that `outages[0]` is `#outage-0`."""
    return [
        _stretch(whole, row, f"outage-{k}", _kinds(row.kinds))
        for k, row in _longest(whole.result.outages)
    ]


def _longest(rows: Sequence[T]) -> list[tuple[int, T]]:
    """Keep the longest rows if there are very many, in the order of the file, with their index."""
    ranked = sorted(
        enumerate(rows), key=lambda r: (not r[1].open, -(r[1].seconds.value or 0.0), r[0])
    )
    return sorted(ranked[:MOST], key=lambda r: r[0])


def brownouts(whole: Whole) -> list[Stretch]:
    """Give brown-outs in the order of the file."""
    return [
        _stretch(whole, row, f"brownout-{k}", "") for k, row in _longest(whole.result.brownouts)
    ]


def _stretch(whole: Whole, row: OutageRow | BrownoutRow, anchor: str, text: str) -> Stretch:
    return Stretch(
        anchor, moment(whole, row.start), moment(whole, row.end), row.target, row.connection,
        words.interval(row.seconds, html=True), text, _coincided(row.coincided),
    )  # fmt: skip


def _episode_text(row: EpisodeRow) -> str:
    rows = f"{words.count(row.rows)} outage{'' if row.rows == 1 else 's'}"
    share = words.interval(row.share, unit="ratio", html=True)
    return f"{rows}, {share} of probes failed{', partial' if row.partial else ''}"


def episodes(whole: Whole) -> list[Stretch]:
    """Give episodes in the order of the file."""
    return [
        Stretch(
            f"episode-{k}", moment(whole, row.start), moment(whole, row.end), row.target,
            row.connection, words.interval(row.seconds, html=True), _episode_text(row),
        )
        for k, row in enumerate(whole.result.episodes)
    ]  # fmt: skip


def gaps(whole: Whole) -> list[Stretch]:
    """Give gaps in the order of the file."""
    found = []
    for k, row in enumerate(whole.result.gaps):
        start = offset(whole.result, row.start)
        end = whole.length if row.end is None else offset(whole.result, row.end)
        lasted = words.duration(max(0, end - start) / NS)
        found.append(
            Stretch(
                f"gap-{k}", moment(whole, row.start), moment(whole, row.end), row.source,
                lasted=lasted, text=row.reason,
            )
        )  # fmt: skip
    return found


def phases(whole: Whole) -> list[Stretch]:
    """Give phases in the order of the file."""
    found = []
    for k, row in enumerate(whole.result.phases):
        start = offset(whole.result, row.start)
        end = whole.length if row.end is None else offset(whole.result, row.end)
        found.append(
            Stretch(
                f"phase-{k}", moment(whole, row.start), moment(whole, row.end), row.name,
                lasted=words.duration(max(0, end - start) / NS), text=row.node or "",
            )
        )  # fmt: skip
    return found


def latencies(rows: Iterable[LatencyRow]) -> list[Latency]:
    """Give the latency before, during and after, grouped by subject."""
    found: list[Latency] = []
    last: tuple[str, str] | None = None
    for row in rows:
        subject = (row.subject, row.detail)
        taken = tuple("–" if q is None else words.duration(q / NS) for q in (row.p50, row.p95))
        tail = "–" if row.p99 is None else words.duration(row.p99 / NS)
        found.append(
            Latency(
                row.subject, row.detail, subject != last, row.part, words.count(row.served),
                words.count(row.failed), (taken[0], taken[1], tail),
            )
        )  # fmt: skip
        last = subject
    return found
