"""What the load criteria have in common: whose requests, in which window, and was it enough load?

A run with load is judged by it. Without any, and where a rule names a target, the probes of each
target are the load. A load that was not delivered cannot show that the service held: then the
criteria of this module's users cannot pass, while a FAIL of what was seen stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Limit, Op
from soakgate.model.evidence import Series
from soakgate.model.findings import Finding
from soakgate.model.load import LoadTable
from soakgate.model.times import Window, overlap
from soakgate.verdict.outcome import open_finding
from soakgate.verdict.view import View
from soakgate.verdict.words import compared, joined

__all__ = [
    "ALL_LOAD",
    "LEAST_SHARE",
    "LOADED",
    "Delivery",
    "deliver",
    "doubts",
    "missing_window",
    "probes_of",
    "rests_on",
    "subjects",
    "title",
    "window_of",
]

ALL_LOAD = None
"""Subject that stands for all load; any other is the name of a target, judged by its probes."""

LOADED = ("errors", "http-5xx", "latency-p95", "latency-p99", "latency-regression")
"""Criteria whose windows the load must have filled."""

LEAST_SHARE = Limit(Op.AT_LEAST, 0.95, "ratio")
MOST_SPOILT = Limit(Op.AT_MOST, 0.05, "ratio")
"""Share of requests, or of time, that our own fault may take from a window."""


def is_loaded(view: View) -> bool:
    """Tell whether the run has, or was to have, load beside its probes."""
    return view.scenario.load is not None or view.evidence.load is not None


def subjects(rule: CriterionRule, view: View) -> Sequence[str | None]:
    """Give what a rule is judged for, one row each."""
    if rule.target is not None:
        return [rule.target]
    return [ALL_LOAD] if is_loaded(view) else list(view.targets)


def rests_on(rule: CriterionRule, view: View) -> tuple[str, ...]:
    """Name the collectors whose evidence a rule needs."""
    return ("load",) if ALL_LOAD in subjects(rule, view) else ("probe",)


def window_of(rule: CriterionRule, view: View) -> Window | None:
    """Give the phase of a rule, by default upgrade, settle and soak; None if it never came."""
    return view.judged if rule.phase is None else view.part(rule.phase)


def title(rule: CriterionRule) -> str:
    """Name a rule's window in a sentence."""
    return f"the {rule.phase}" if rule.phase else "the time judged"


def missing_window(rule: CriterionRule, view: View, facts: CriterionFacts) -> list[Finding]:
    """Answer for a window that never came, or for a rule that finds nothing to be applied to."""
    found = list(subjects(rule, view))
    if not found:
        why = "the scenario has neither load nor targets: there is nothing to judge"
        return [open_finding(rule, facts, reason=why)]
    phase = f"no phase {rule.phase}" if rule.phase else "neither upgrade nor settle nor soak"
    return [open_finding(rule, facts, target=t, reason=f"the run had {phase}") for t in found]


def probes_of(view: View, target: str, window: Window) -> list[Series]:
    """Give the probes of a target that started in a window; its end counts only as the run's."""
    last = window.end >= view.evidence.window.end
    found = [s.within(window) for s in view.series(target)]
    return [s if last else s.pick(s.intended < window.end) for s in found]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How much load a window got.

    `share`: requests started of those planned, or, where `planned` is None since the profile plans
    none, seconds with users of all seconds; None if not even that is known. `doubts` say why what
    rests on it cannot pass.
    """

    share: float | None
    planned: float | None
    started: int
    doubts: tuple[str, ...]


def deliver(view: View, window: Window, *, name: str) -> Delivery:
    """Hold the load against its plan in the whole seconds of a window called `name`."""
    load = view.evidence.load
    if load is None:
        return Delivery(None, None, 0, ("the load left no evidence",))
    first, last = load.span(window)
    dead = ["the load child died"] if "load" in view.evidence.dead else []
    if last <= first:
        return Delivery(None, None, 0, (*dead, f"{name} holds no whole second of load"))
    rows = load.rows(window)
    started = int(load.started[rows].sum())
    planned = load.planned_in(window)
    spoilt = _spoilt(int(load.void[rows].sum()), started)
    share: float | None
    if planned is None:
        share = attended = _attended(load, first, last)
        lost = _lost(load, window)
        why = [*_unattended(attended, name), *(f"worker {w} was lost in {name}" for w in lost)]
        why += _stalled(load, window, name)
    else:
        share = started / planned if planned > 0 else None
        why = _undelivered(load, window, started, planned, name=name)
    if not started and not why:
        why = [f"no request was started in {name}"]
    return Delivery(share, planned, started, (*dead, *why, *spoilt))


def _undelivered(
    load: LoadTable, window: Window, started: int, planned: float, *, name: str
) -> list[str]:
    if planned <= 0:
        return [f"the load planned no request in {name}"]
    share = started / planned
    if share >= LEAST_SHARE.value:
        return []
    part, least = compared(share, LEAST_SHARE)
    lost = _lost(load, window)
    gone = f"; worker {joined(lost)} was lost" if lost else ""
    return [
        f"only {part} of the requests planned in {name} were started "
        f"({started:,} of {round(planned):,}, at least {least} are needed){gone}"
    ]


def _spoilt(void: int, started: int) -> list[str]:
    if not started or void / started <= MOST_SPOILT.value:
        return []
    share, most = compared(void / started, MOST_SPOILT)
    return [f"{share} of the requests were spoilt by the load generator itself (at most {most})"]


def _attended(load: LoadTable, first: int, last: int) -> float:
    """Give the share of seconds with users; those beyond the record had none that we know of."""
    return int((load.users[first:last] > 0).sum()) / (last - first)


def _unattended(share: float, name: str) -> list[str]:
    if share >= LEAST_SHARE.value:
        return []
    if not share:
        return [f"the load had no user in {name}"]
    part, least = compared(share, LEAST_SHARE)
    return [f"the load had users in only {part} of {name} (at least {least} is needed)"]


def _lost(load: LoadTable, window: Window) -> list[str]:
    """Name the workers that were lost in a window."""
    gone = [w.worker for w in load.lost if w.start <= window.end and _back(w.end) >= window.start]
    return list(dict.fromkeys(gone))


def _back(end: int | None) -> int:
    return np.iinfo(np.int64).max if end is None else end


def _stalled(load: LoadTable, window: Window, name: str) -> list[str]:
    share = sum(overlap(stall, window) for stall in load.stalls) / window.length
    if share <= MOST_SPOILT.value:
        return []
    part, most = compared(share, MOST_SPOILT)
    return [f"the load generator stood still in {part} of {name} (at most {most})"]


def doubts(view: View, subject: str | None, window: Window, *, name: str) -> tuple[str, ...]:
    """Say why what was sent to a subject in a window cannot show that the service held."""
    if subject is ALL_LOAD:
        return deliver(view, window, name=name).doubts
    dead = ["the probe child died"] if "probe" in view.evidence.dead else []
    blind = max((view.down(s, window).blind.total for s in view.series(subject)), default=0)
    share = min(1.0, blind / window.length) if window.length else 1.0
    if share > MOST_SPOILT.value:
        part, most = compared(share, MOST_SPOILT)
        dead.append(f"the prober was blind in {part} of {name} (at most {most})")
    return tuple(dead)
