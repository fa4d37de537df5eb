"""Rows of result.json: outages, episodes, brown-outs and gaps, as moments of wall time."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from soakgate.analysis import blind, intervals
from soakgate.analysis.attribution import Happening, happenings, near
from soakgate.analysis.outages import SeriesOutages
from soakgate.analysis.rows import Row
from soakgate.model.bounds import Bounds
from soakgate.model.evidence import Series
from soakgate.model.result import (
    BrownoutRow,
    Coincidence,
    EpisodeRow,
    Gap,
    Interval,
    Lateness,
    ObserverRow,
    OutageRow,
)
from soakgate.model.samples import OUTCOMES, kind
from soakgate.model.times import NS, Window, overlap
from soakgate.verdict.view import View

__all__ = ["MOST_ROWS", "brownout_rows", "episode_rows", "gap_rows", "observer_row", "outage_rows"]

MOST_ROWS = 100  # rows listed inside one partial episode


def interval(bounds: Bounds) -> Interval:
    """Write bounds with the six digits that are kept."""
    high = None if bounds.high is None else round(bounds.high, 6)
    return Interval(value=round(bounds.value, 6), low=round(bounds.low, 6), high=high)


def _series(view: View) -> Iterator[tuple[Series, SeriesOutages]]:
    for target in view.targets:
        for series in view.series(target):
            yield series, view.down(series, view.evidence.window)


def _listed(found: SeriesOutages) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the indices of the rows to list: all, but at most 100 inside a partial episode.

    One that is open at the end is always among them.
    """
    keep = np.ones(len(found.rows), bool)
    for episode in found.episodes:
        if episode.partial and episode.rows > MOST_ROWS:
            opened = episode.end is None
            keep[episode.first + MOST_ROWS - opened : episode.stop - opened] = False
    return np.flatnonzero(keep)


def _kinds(usable: Series, row: Row) -> dict[str, int]:
    """Count the kinds of failure of a row, most frequent first, ties by name."""
    part = slice(row.start, row.stop)
    pairs = zip(usable.outcome[part].tolist(), usable.status[part].tolist(), strict=True)
    counts = Counter(kind(OUTCOMES[outcome], status) for outcome, status in pairs)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _coincided(view: View, found: Sequence[Happening], row: Row) -> list[Coincidence]:
    end = view.evidence.window.end if row.end is None else row.end
    return [
        Coincidence(
            what=h.what,
            object=h.object,
            offset=round((h.at - row.first_bad) / NS, 6),
            message=h.message,
        )
        for h in near(found, row.first_bad, end)
    ]


def outage_rows(view: View) -> list[OutageRow]:
    """Give all outages of all series, in order of target, connection and time."""
    utc, happened = view.evidence.identity.anchor.utc, _happened(view)
    rows = []
    for series, found in _series(view):
        usable = series.pick(~series.void)
        for index in _listed(found):
            row = found.rows[int(index)]
            kinds = _kinds(usable, row)
            rows.append(
                OutageRow(
                    target=series.target,
                    connection=series.connection,
                    start=utc(row.first_bad),
                    end=None if row.end is None else utc(row.end),
                    open=row.open,
                    seconds=interval(row.seconds),
                    kind=next(iter(kinds), "unknown"),
                    kinds=kinds,
                    coincided=_coincided(view, happened, row),
                )
            )
    return rows


def _happened(view: View) -> tuple[Happening, ...]:
    return happenings(view.evidence.events, view.evidence.phases)


def episode_rows(view: View) -> list[EpisodeRow]:
    """Give all episodes of all series."""
    utc = view.evidence.identity.anchor.utc
    return [
        EpisodeRow(
            target=series.target,
            connection=series.connection,
            start=utc(episode.first_bad),
            end=None if episode.end is None else utc(episode.end),
            rows=episode.rows,
            share=interval(episode.share),
            partial=episode.partial,
            seconds=interval(episode.length),
        )
        for series, found in _series(view)
        for episode in found.episodes
    ]


def brownout_rows(view: View) -> list[BrownoutRow]:
    """Give the brown-outs of every target that has an objective."""
    utc, happened = view.evidence.identity.anchor.utc, _happened(view)
    rows = []
    for series, _ in _series(view):
        objective = view.objective(series.target).ns
        if objective is None:
            continue
        found = view.slow(series, view.evidence.window, objective=objective).found
        for index in _listed(found):
            row = found.rows[int(index)]
            rows.append(
                BrownoutRow(
                    target=series.target,
                    connection=series.connection,
                    start=utc(row.first_bad),
                    end=None if row.end is None else utc(row.end),
                    open=row.open,
                    seconds=interval(row.seconds),
                    coincided=_coincided(view, happened, row),
                )
            )
    return rows


def gap_rows(view: View) -> list[Gap]:
    """Give the stretches in which a collector was blind, in order of time."""
    utc, window = view.evidence.identity.anchor.utc, view.evidence.window
    watched = [*(s for s, _ in _series(view)), *view.evidence.control]
    late = [blind.late(view.down(s, window).blind, period=s.period) for s in watched]
    if not watched:
        late = [intervals.of(view.evidence.silences)]
    found = [("probe", gap, _why(view, gap)) for gap in blind.gaps(late, window=window)]
    found += [("load", gap, why) for gap, why in _load_gaps(view)]
    found.sort(key=lambda gap: (gap[1], gap[0]))
    return [Gap(source=s, start=utc(w.start), end=utc(w.end), reason=r) for s, w, r in found]


def _load_gaps(view: View) -> Iterator[tuple[Window, str]]:
    """Give the stretches of the run in which a part of the load was away."""
    load, window = view.evidence.load, view.evidence.window
    if load is None:
        return
    for lost in load.lost:
        end = window.end if lost.end is None else lost.end
        gap = Window(lost.start, end).clip(window)
        if gap is not None:
            yield gap, f"worker {lost.worker} was lost"
    for stall in load.stalls:
        gap = stall.clip(window)
        if gap is not None:
            yield gap, "the load generator stood still"


def _why(view: View, gap: Window) -> str:
    if any(overlap(gap, stall) for stall in view.evidence.stalls):
        return "the prober stood still"
    voids = any(s.within(gap).void.any() for s in view.evidence.series)
    if voids:
        return "own file handles or ports were used up"
    return "no samples until the end" if gap.end >= view.evidence.window.end else "no samples"


def observer_row(view: View) -> ObserverRow:
    """Say how well we watched; blind seconds are those of the worst series."""
    sent = [s.pick(s.sent > 0) for s in (*view.evidence.series, *view.evidence.control)]
    late = np.concatenate([s.sent - s.intended for s in sent]) if sent else np.empty(0, np.int64)
    return ObserverRow(
        lateness=_lateness(late / NS),
        skipped=view.evidence.skipped,
        blind=round(view.blind / NS, 6),
    )


def _lateness(late: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Lateness:
    if not late.size:
        return Lateness(p50=None, p99=None, max=None)
    p50, p99 = np.quantile(late, [0.5, 0.99])
    return Lateness(p50=round(float(p50), 6), p99=round(float(p99), 6), max=round(late.max(), 6))
