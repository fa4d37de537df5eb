"""Latency against the run's own baseline, name by name: the numbers of `latency-regression`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soakgate.analysis import blind as blindness
from soakgate.analysis.histograms import SecondTable, touched
from soakgate.analysis.named import by_name
from soakgate.analysis.regression import Regression, regress
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import Limit
from soakgate.model.findings import Truth, Verdict
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window
from soakgate.verdict import loaded
from soakgate.verdict.decide import Decision, decide
from soakgate.verdict.latency import probe_table
from soakgate.verdict.view import View

__all__ = ["Change", "Pair", "compare", "decide_change", "pairs_of", "worst_change"]

ORDER = (Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One request name before and after; `load` requests started per second, over all names."""

    before: SecondTable
    after: SecondTable
    load: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What became of one name's quantile; `bounds` of the change (ratio - 1), None: no data."""

    name: str
    found: Regression
    bounds: Bounds | None
    decision: Decision


def pairs_of(
    view: View, subject: str | None, *, baseline: Window, window: Window
) -> dict[str, Pair]:
    """Give what is to be compared of a subject: each request name, or a target's probes."""
    if subject is loaded.ALL_LOAD:
        load = view.evidence.load
        return {} if load is None else _load_pairs(load, baseline=baseline, window=window)
    tables = [_seen_probes(view, subject, w) for w in (baseline, window)]
    sent = [
        sum(int((~s.void).sum()) for s in loaded.probes_of(view, subject, w))
        for w in (baseline, window)
    ]
    seconds = [max(w.length, 1) / NS for w in (baseline, window)]
    rates = sent[0] / seconds[0], sent[1] / seconds[1]
    return {subject: Pair(tables[0], tables[1], rates)}


def _load_pairs(load: LoadTable, *, baseline: Window, window: Window) -> dict[str, Pair]:
    blind = _load_blind(load)
    before = by_name(load, window=baseline, blind=blind)
    after = by_name(load, window=window, blind=blind)
    empty = [_empty(load, w, blind) for w in (baseline, window)]
    rates = _rate(load, baseline), _rate(load, window)
    names = sorted({*before, *after})
    return {n: Pair(before.get(n, empty[0]), after.get(n, empty[1]), rates) for n in names}


def _load_blind(load: LoadTable) -> list[Window]:
    """Give the stretches in which a part of the generator stood still or was away."""
    end = load.window.end
    lost = [Window(w.start, max(w.start, end if w.end is None else w.end)) for w in load.lost]
    return [*load.stalls, *lost]


def _empty(load: LoadTable, window: Window, blind: Sequence[Window]) -> SecondTable:
    none = np.empty(0, np.int64)
    first, last = load.span(window)
    table = SecondTable(none, none, none, last - first)
    return table.without(touched(blind, start=load.origin + first * NS, length=last - first))


def _rate(load: LoadTable, window: Window) -> float:
    first, last = load.span(window)
    return int(load.started[load.rows(window)].sum()) / max(1, last - first)


def _seen_probes(view: View, target: str, window: Window) -> SecondTable:
    """Give a target's probes without the seconds in which the prober was late or still."""
    table = probe_table(view, target, window)
    found = [view.down(s, window).blind for s in view.series(target)]
    late = [
        gap
        for series, blind in zip(view.series(target), found, strict=True)
        for gap in blindness.late(blind, period=series.period)
    ]
    gone = touched([*late, *view.evidence.stalls], start=window.start, length=table.length)
    return table.without(gone) if gone else table


def compare(name: str, pair: Pair, *, p: float, pairs: int, truth: Truth, limit: Limit) -> Change:
    """Compare quantile p of one name; `pairs` that any FAIL among them fails together."""
    (found,) = regress(
        pair.before, pair.after, quantiles=(p,), pairs=pairs, load=pair.load, truth=truth
    )
    bounds = _bounds(found)
    return Change(name, found, bounds, decide_change(found, bounds, limit))


def _bounds(found: Regression) -> Bounds | None:
    """Give the change with the bounds that decide: the lower one is that of the stricter FAIL."""
    ratio = found.ratio
    if ratio is None:
        return None
    low = min(ratio.low, found.fail_low)
    return Bounds(ratio.value - 1, low - 1, None if ratio.high is None else ratio.high - 1)


def decide_change(found: Regression, bounds: Bounds | None, limit: Limit) -> Decision:
    """Decide one name; what cannot be bounded decides nothing."""
    if bounds is None:
        return Decision(Verdict.INCONCLUSIVE, None)
    if found.reason:
        room = None if bounds.high is None else limit.value - bounds.high
        return Decision(Verdict.INCONCLUSIVE, room)
    return decide(bounds, limit)


def worst_change(changes: Mapping[str, Change]) -> Change:
    """Give the name that decides: a FAIL before what is open, then the one that may be worst."""

    def rank(change: Change) -> tuple[int, float, float]:
        verdict, bounds = change.decision.verdict, change.bounds
        if bounds is None:
            return ORDER.index(verdict), 0.0, 0.0
        by_low = verdict is Verdict.FAIL
        high = float("inf") if bounds.high is None else bounds.high
        return ORDER.index(verdict), bounds.low if by_low else high, bounds.value

    return max(changes.values(), key=rank)
