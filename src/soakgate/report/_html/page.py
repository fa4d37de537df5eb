"""Everything that the template of a run prints, in the order of the page."""

from collections import Counter
from dataclasses import dataclass
from json import dumps

from soakgate.analysis.timeline import Timeline
from soakgate.model.result import RunResult
from soakgate.model.times import NS
from soakgate.report import format as words
from soakgate.report._html import tables
from soakgate.report._html.chart import NARROW, WIDE, draw
from soakgate.report._html.findings import Criterion, criteria
from soakgate.report._html.view import (
    View,
    Whole,
    focus_of,
    gather,
    graph_of_curve,
)

__all__ = ["Page", "page_of"]

SHOWN = 10  # rows of the first table; passed ones beyond are folded


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Errors and latency of one series (SVG)."""

    target: str
    connection: str
    picture: str


@dataclass(frozen=True, slots=True)
class Page:
    """The page of one run; strings are raw, SVG is ready."""

    result: RunResult
    word: str
    mark: str
    headline: str
    reason: str
    when: str
    lasted: str
    tally: str
    shown: list[Criterion]
    folded: list[Criterion]
    more: str
    open: list[Criterion]
    wide: str
    narrow: str
    outages: list[tables.Stretch]
    episodes: list[tables.Stretch]
    brownouts: list[tables.Stretch]
    gaps: list[tables.Stretch]
    phases: list[tables.Stretch]
    latency: list[tables.Latency]
    series: list[SeriesChart]
    experiments: list[str]
    lateness: str


def page_of(result: RunResult, timeline: Timeline) -> Page:
    """Gather the page; pure: the same input gives the same page."""
    whole = Whole.of(result, timeline)
    rows = criteria(whole)
    room = max(SHOWN, sum(row.open for row in rows))
    wide, narrow = _pictures(whole)
    headline, rest = _headline(result.reason)
    return Page(
        result=result,
        word=words.word(result.verdict),
        mark=words.mark(result.verdict),
        headline=headline,
        reason=rest,
        when=_when(result),
        lasted=words.duration(whole.length / NS) if result.run.ended else "",
        tally=words.tally(result.criteria) or "nothing was judged",
        shown=rows[:room] if len(rows) > room + 1 else rows,
        folded=rows[room:] if len(rows) > room + 1 else [],
        more=_more(rows[room:]),
        open=[row for row in rows if row.open],
        wide=wide,
        narrow=narrow,
        outages=tables.outages(whole),
        episodes=tables.episodes(whole),
        brownouts=tables.brownouts(whole),
        gaps=tables.gaps(whole),
        phases=tables.phases(whole),
        latency=tables.latencies(timeline.latency),
        series=_series(whole),
        experiments=[dumps(e, sort_keys=True, ensure_ascii=False) for e in result.experiments],
        lateness=_lateness(result),
    )


def _headline(reason: str) -> tuple[str, str]:
    """Split the sentence after its first bracket: what was found and its limit stand out."""
    head, bracket, rest = reason.partition(")")
    if bracket and "(limit" in head and len(head) < 160:
        return head + bracket, rest
    return reason, ""


def _when(result: RunResult) -> str:
    started = result.run.started
    return "start not known" if started is None else f"{started[:10]} {started[11:19]}Z"


def _more(rows: list[Criterion]) -> str:
    """Say what is folded away: rows that need no attention."""
    info = sum(row.verdict == "info" for row in rows)
    told = [f"{words.count(len(rows) - info)} more passed"] if info < len(rows) else []
    return ", ".join([*told, *([f"{words.count(info)} for information"] if info else [])])


def _targets(whole: Whole) -> list[str]:
    """Name all targets: worst first, by what was lost, then in the order of the run."""
    result = whole.result
    names = dict.fromkeys(
        [c.target for c in whole.timeline.targets]
        + [o.target for o in result.outages]
        + [b.target for b in result.brownouts]
        + [c.target for c in result.criteria if c.target is not None]
    )
    order = list(names)
    if len(order) <= 12:
        return order
    lost = Counter[str]()
    for outage in result.outages:
        lost[outage.target] += round(1000 * (outage.seconds.value or outage.seconds.low or 1.0))
    return sorted(order, key=lambda name: -lost[name])


def _pictures(whole: Whole) -> tuple[str, str]:
    if whole.result.run.started is None:
        return "", ""
    targets = _targets(whole)
    view = gather(whole, focus=focus_of(whole, targets), targets=targets)
    label = f"Timeline of the run: {whole.result.reason}"
    wide, narrow = (
        draw(view, start=0, end=whole.length, size=size, key=key, label=label)
        for size, key in ((WIDE, "tw"), (NARROW, "tn"))
    )
    return wide, narrow


def _series(whole: Whole) -> list[SeriesChart]:
    """Draw every series by itself: one alone may show what the others hide."""
    base = gather(whole, focus=None, targets=[])
    found = []
    for index, curve in enumerate(whole.timeline.series):
        view = View(
            base.wall, base.bucket, base.phases, (), (), (), base.gaps,
            graph_of_curve(whole, curve),
        )  # fmt: skip
        label = f"errors and latency of {curve.target}, {curve.connection} connections"
        picture = draw(view, start=0, end=whole.length, size=WIDE, key=f"c{index}", label=label)
        found.append(SeriesChart(curve.target, curve.connection, picture))
    return found


def _lateness(result: RunResult) -> str:
    late = result.observer.lateness
    parts = [
        f"{name} {words.duration(value)}"
        for name, value in (("p50", late.p50), ("p99", late.p99), ("max", late.max))
        if value is not None
    ]
    return ", ".join(parts) or "no probes"
