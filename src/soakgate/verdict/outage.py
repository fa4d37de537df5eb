"""What `downtime` and `longest-outage` share: which bounds of a series, and in which words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soakgate.analysis.downtime import worst
from soakgate.analysis.outages import SeriesOutages
from soakgate.config.rules import CriterionRule
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Limit
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import NS, Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import open_finding, ruled
from soakgate.verdict.probed import UNSEEN, Seen, by_target, forecast_unseen, unsure
from soakgate.verdict.view import View
from soakgate.verdict.words import some

__all__ = ["Outage"]


@dataclass(frozen=True, slots=True)
class Outage:
    """A criterion about time without service.

    `pick` takes its bounds from a series; `how` ends "was not served for 2 s ...", `what` says the
    same of what cannot be excluded; `periods` always go unseen.
    """

    facts: CriterionFacts
    pick: Callable[[SeriesOutages], Bounds]
    how: str
    what: str
    periods: float = UNSEEN

    def judge(self, rule: CriterionRule, view: View) -> Sequence[Finding]:
        """Judge one target, or each."""
        return by_target(
            rule, view, self.facts, lambda t, w: self._judge(rule, self._see(view, t, w))
        )

    def forecast(self, rule: CriterionRule, plan: PlannedRun) -> Forecast:
        """Tell whether the limit can hold at the planned rate."""
        return forecast_unseen(rule, plan, self.facts, periods=self.periods)

    def _see(self, view: View, target: str, window: Window) -> Seen:
        """Bound a target by its worst series, bound by bound."""
        found = [view.down(s, window) for s in view.series(target)]
        bounds = worst(self.pick(f) for f in found)
        assert bounds is not None  # a target has at least one connection
        return Seen(
            target=target,
            window=window,
            bounds=bounds,
            usable=sum(f.usable for f in found),
            open=any(f.rows.ends_open for f in found),
            blind=max(f.blind.total for f in found) / NS,
        )

    def _judge(self, rule: CriterionRule, seen: Seen) -> Finding:
        if not seen.usable:
            why = f"no probe of {seen.target} could be used"
            return open_finding(rule, self.facts, target=seen.target, reason=why)
        return ruled(
            rule,
            self.facts,
            observed=seen.bounds,
            target=seen.target,
            samples=seen.usable,
            why=lambda verdict, limit: self._why(verdict, limit, seen),
        )

    def _why(self, verdict: Verdict, limit: Limit, seen: Seen) -> str:
        value, bar = some(seen.bounds, limit)
        if verdict is Verdict.FAIL:
            return f"{seen.target} was not served for {value} {self.how} (limit {bar})"
        return "" if verdict is Verdict.PASS else unsure(seen, limit, what=self.what)
