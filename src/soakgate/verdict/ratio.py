"""Failures per request against a limit: what `errors` and `http-5xx` share."""

from collections.abc import Sequence
from dataclasses import dataclass

from soakgate.analysis.binomial import trials_that_pass
from soakgate.analysis.ratios import ZERO_REQUESTS, requests_needed
from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Limit, Op
from soakgate.model.findings import Finding, Needed, Verdict
from soakgate.model.times import NS, Window
from soakgate.verdict import counts as counting
from soakgate.verdict import loaded
from soakgate.verdict.counts import Counts
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.decide import Decision, decide
from soakgate.verdict.outcome import limit_of, open_finding, ruled
from soakgate.verdict.planned import Outlook, foretell
from soakgate.verdict.view import View
from soakgate.verdict.words import compared, lasting

__all__ = ["Ratio"]


@dataclass(frozen=True, slots=True)
class _Case:
    """One row to judge: its numbers, its window's length (s) and where it was seen."""

    counts: Counts
    seconds: float
    where: str

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.counts.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Ratio:
    """A criterion on the share of failed requests; `verb`: "failed", "were answered 5xx"."""

    facts: CriterionFacts
    verb: str
    only_5xx: bool

    def judge(self, rule: CriterionRule, view: View) -> Sequence[Finding]:
        """Judge all load, or each target by its probes."""
        window, found = loaded.window_of(rule, view), loaded.subjects(rule, view)
        if window is None or not found:
            return loaded.missing_window(rule, view, self.facts)
        return [self._one(rule, view, subject, window) for subject in found]

    def _one(self, rule: CriterionRule, view: View, subject: str | None, window: Window) -> Finding:
        doubts = loaded.doubts(view, subject, window, name=loaded.title(rule))
        counts = self._count(view, subject, window)
        if counts is None or not counts.requests:
            why = "; ".join(doubts) or f"no request was made in {loaded.title(rule)}"
            return open_finding(rule, self.facts, target=subject, reason=why)
        limit = limit_of(rule, self.facts)
        case = _Case(counts, window.length / NS, f" to {subject}" if subject else "")
        needed = self._needed(rule, limit, counts)
        return ruled(
            rule,
            self.facts,
            observed=counts.bounds,
            target=subject,
            samples=counts.requests,
            needed=Needed(needed, needed / case.rate if needed else None),
            why=lambda verdict, bar: self._why(verdict, bar, case, needed),
            doubts=doubts,
            decision=self._decide(rule, limit, counts),
        )

    def _count(self, view: View, subject: str | None, window: Window) -> Counts | None:
        if subject is not loaded.ALL_LOAD:
            probes = loaded.probes_of(view, subject, window)
            return counting.of_probes(probes, only_5xx=self.only_5xx)
        load = view.evidence.load
        return None if load is None else counting.of_load(load, window, only_5xx=self.only_5xx)

    def _decide(self, rule: CriterionRule, limit: Limit, counts: Counts) -> Decision:
        """Decide by bounds; a limit of zero by what was seen in enough requests."""
        if not _is_zero(limit):
            return decide(counts.bounds, limit)
        if counts.failed:
            return Decision(Verdict.FAIL, -counts.bounds.low)
        if not counts.possible and counts.least >= _least(rule):
            return Decision(Verdict.PASS, 0.0)
        return Decision(Verdict.INCONCLUSIVE, -(counts.bounds.high or 0.0))

    def _needed(self, rule: CriterionRule, limit: Limit, counts: Counts) -> int | None:
        """Give the further requests, all good, that would decide; None if more hardly help."""
        if _is_zero(limit):
            missing = _least(rule) - counts.least
            return missing if missing > 0 and not counts.possible else None
        if not 0 < limit.value < 1:
            return None
        more = requests_needed(counts.possible, max(counts.least, 1), limit=limit.value)
        return more or None

    def _why(self, verdict: Verdict, limit: Limit, case: _Case, needed: int | None) -> str:
        counts = case.counts
        if verdict is Verdict.PASS and not _is_zero(limit):
            return ""
        if verdict is Verdict.FAIL:
            value, bar = compared(counts.bounds.value, limit)
            of = f"{counts.failed:,} of {counts.requests:,}"
            return f"{value} of the requests{case.where} {self.verb} ({of}; limit {bar})"
        high, bar = compared(counts.bounds.high or 0.0, limit)
        seen = f"{counts.possible:,}" if counts.possible else "none"
        may = "may have " if counts.possible > counts.failed else ""
        text = f"{seen} of {counts.requests:,} requests{case.where} {may}{self.verb}"
        if verdict is Verdict.PASS:
            return f"{text}; at most {high} of all would (95 %)"
        more = "more time will hardly help"
        if needed:
            span = lasting(needed / case.rate)
            more = f"needs {needed:,} more requests, {span} at {case.rate:.3g}/s"
        return f"{text}, so up to {high} cannot be excluded (limit {bar}): {more}"

    def forecast(self, rule: CriterionRule, plan: PlannedRun) -> Forecast:
        """Tell whether the planned requests can show the limit if none of them fails."""
        limit = limit_of(rule, self.facts)
        if limit.value <= 0 and limit.op is Op.BELOW:
            return Forecast(decides=False, never=True, text="nothing is below zero: write 0")
        if limit.value >= 1:
            return Forecast(decides=True, text="decidable at any length")
        least = _least(rule) if _is_zero(limit) else trials_that_pass(0, limit=limit.value)
        return foretell(rule, plan, Outlook(least, "requests"))


def _is_zero(limit: Limit) -> bool:
    return limit.value == 0 and limit.op in (Op.AT_MOST, Op.EXACTLY)


def _least(rule: CriterionRule) -> int:
    return rule.requests or ZERO_REQUESTS
