"""A quantile of latency against a limit: what `latency-p95` and `latency-p99` share.

A fact about this window. All load gives one row: every request name with enough requests is held
against the limit, and so are all requests together, so that a rare name is neither lost nor in the
way; the worst decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np

from soakgate.analysis.downtime import worst
from soakgate.analysis.histograms import (
    LOG_EDGES,
    SecondTable,
    Summary,
    from_latencies,
    from_load,
    summarise,
)
from soakgate.analysis.named import by_name
from soakgate.analysis.quantiles import TAIL, window_bounds
from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Limit, Op
from soakgate.model.findings import Finding, Needed, Verdict
from soakgate.model.load import LoadTable
from soakgate.model.times import NS, Window
from soakgate.verdict import counts as counting
from soakgate.verdict import loaded
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import limit_of, open_finding, ruled
from soakgate.verdict.planned import Outlook, foretell
from soakgate.verdict.view import View
from soakgate.verdict.words import compared, lasting

__all__ = ["Latency", "failing", "probe_table"]

ALL = "all requests"
MOST_FAILED = Limit(Op.AT_MOST, 0.10, "ratio")
"""Share of failed requests beyond which the latency of the others says little; as brown-outs."""

Z = 1.96


def probe_table(view: View, target: str, window: Window) -> SecondTable:
    """Give the served probes of a target, both series together, by second of a window."""
    taken = [s.pick(s.served) for s in loaded.probes_of(view, target, window)]
    at = np.concatenate([s.intended for s in taken])
    took = np.concatenate([s.done - s.intended for s in taken])
    length = -(-window.length // NS) + 1  # the last probe may start at the window's very end
    return from_latencies(at, latency=np.maximum(took, 0), start=window.start, length=length)


def failing(view: View, subject: str | None, window: Window) -> tuple[str, ...]:
    """Say why the latency of what was served cannot stand for what users saw."""
    load = view.evidence.load
    if subject is not loaded.ALL_LOAD:
        probes = loaded.probes_of(view, subject, window)
        counts = counting.of_probes(probes, only_5xx=False)
    elif load is not None:
        counts = counting.of_load(load, window, only_5xx=False)
    else:
        return ()
    share = counts.possible / max(counts.requests, 1)
    if share > MOST_FAILED.value:
        part, most = compared(share, MOST_FAILED)
        return (f"{part} of the requests failed (at most {most} may): the served ones say little",)
    if subject is loaded.ALL_LOAD and load is not None:
        return tuple(f"no request {name} was served" for name in _unserved(load, window)[:1])
    return ()


def _unserved(load: LoadTable, window: Window) -> list[str]:
    """Name the requests that were tried in a window and never served."""
    rows, count = load.rows(window), len(load.names)
    started = np.bincount(load.name[rows], load.started[rows], minlength=count)
    served = (load.finished - load.failed - load.void)[rows]
    good = np.bincount(load.name[rows], served, minlength=count)
    return [load.names[i] for i in np.flatnonzero((started > 0) & (good == 0)).tolist()]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is held against the limit: histograms by name, and the window's length in seconds."""

    found: Mapping[str, Summary]
    seconds: float
    p: float

    def bounds(self) -> dict[str, Bounds]:
        """Bound each; the lower bounds are stricter the more of them may fail."""
        below = 0.025 / max(1, len(self.found))
        bounds = {n: window_bounds(s, p=self.p, below=below) for n, s in self.found.items()}
        return {name: b for name, b in bounds.items() if b is not None}


@dataclass(frozen=True, slots=True)
class Latency:
    """A criterion on quantile `p` (0 to 1) of the time that served requests took."""

    facts: CriterionFacts
    p: float

    def judge(self, rule: CriterionRule, view: View) -> Sequence[Finding]:
        """Judge all load, or each target by its probes."""
        window, found = loaded.window_of(rule, view), loaded.subjects(rule, view)
        if window is None or not found:
            return loaded.missing_window(rule, view, self.facts)
        return [self._one(rule, view, subject, window) for subject in found]

    def _one(self, rule: CriterionRule, view: View, subject: str | None, window: Window) -> Finding:
        case = _Case(self._summaries(view, subject, window), window.length / NS, self.p)
        doubts = loaded.doubts(view, subject, window, name=loaded.title(rule))
        doubts += failing(view, subject, window)
        bounds = case.bounds()
        whole = worst(bounds.values())
        if whole is None:
            why = "; ".join(doubts) or f"nothing was served in {loaded.title(rule)}"
            return open_finding(rule, self.facts, target=subject, reason=why)
        limit = limit_of(rule, self.facts)
        name = _deciding(bounds, limit)
        needed = self._needed(case.found[name], limit, case.seconds)
        return ruled(
            rule,
            self.facts,
            observed=whole,
            target=subject,
            samples=round(case.found[ALL].requests),
            needed=needed,
            why=lambda verdict, bar: self._why(verdict, bar, subject or name, bounds[name], needed),
            doubts=doubts,
        )

    def _summaries(self, view: View, subject: str | None, window: Window) -> dict[str, Summary]:
        """Give the histograms to judge: all requests, and each name that can be bounded."""
        if subject is not loaded.ALL_LOAD:
            return {ALL: summarise(probe_table(view, subject, window))}
        load = view.evidence.load
        if load is None:
            return {}
        found = {ALL: summarise(from_load(load, window=window))}
        named = {n: summarise(t) for n, t in by_name(load, window=window).items()}
        if len(named) > 1:
            found |= {n: s for n, s in named.items() if self._suffices(s.requests)}
        return found

    def _suffices(self, requests: float) -> bool:
        return requests * (1 - self.p) >= TAIL * (1 - 1e-9)

    def _needed(self, summary: Summary, limit: Limit, seconds: float) -> Needed:
        """Give the further requests that would bound the quantile, or part it from the limit."""
        n = summary.requests
        more = ceil(TAIL / (1 - self.p) - 1e-6) - n
        if more <= 0:
            slow, allowed = _share_above(summary, limit.value), 1 - self.p
            if slow >= allowed or limit.value <= 0:
                return Needed()
            more = Z**2 * allowed * (1 - allowed) / (allowed - slow) ** 2 - n
        if more <= 0:
            return Needed()
        return Needed(ceil(more), ceil(more) * seconds / n)

    def _why(
        self, verdict: Verdict, limit: Limit, name: str, bounds: Bounds, needed: Needed
    ) -> str:
        what = f"p{self.p * 100:g} of {name}"
        if verdict is Verdict.PASS:
            return ""
        value, bar = compared(bounds.value, limit)
        if verdict is Verdict.FAIL:
            return f"{what} was {value} (limit {bar})"
        if bounds.high is None:
            text = f"{what} was {value}, but too few requests bound it (limit {bar})"
        else:
            high, bar = compared(bounds.high, limit)
            text = f"{what} may have been up to {high} (limit {bar})"
        if needed.requests is None or needed.seconds is None:
            return f"{text}: more time will hardly help"
        return f"{text}: needs {needed.requests:,} more requests, {lasting(needed.seconds)}"

    def forecast(self, rule: CriterionRule, plan: PlannedRun) -> Forecast:
        """Tell whether enough requests are planned for the quantile to have an upper bound."""
        return foretell(rule, plan, Outlook(ceil(TAIL / (1 - self.p) - 1e-6), "requests"))


def _deciding(bounds: Mapping[str, Bounds], limit: Limit) -> str:
    """Name what decides: the one that surely breaks the limit, else the one that may most."""
    surest = max(bounds, key=lambda name: bounds[name].low)
    if bounds[surest].low > limit.value:
        return surest
    return max(bounds, key=lambda n: (bounds[n].high is None, bounds[n].high or bounds[n].value))


def _share_above(summary: Summary, seconds: float) -> float:
    """Give the share of requests that took longer than so many seconds."""
    if seconds <= 0:
        return 1.0
    below = float(np.interp(log(seconds), LOG_EDGES, summary.cumulative))
    return 1.0 - below / summary.requests
