"""Sum of all times at which a request to the target would have failed.

Downtime is the measure of the *start times* at which a request would have failed, so it reaches up
to one answer time before the fault itself. Each series of the target (new and reused connections)
is bounded on its own: whole outages by the last good and first bad probe, partial ones (one backend
of three) by the share of probes that failed. To the upper bound comes what may hide between probes
(3.69 periods) and the time in which the prober itself was blind. The worst series counts, bound by
bound.

Example: `{id: downtime, target: shop, limit: 1s}`. Default limit: 1 s. At 10 probes a second and a
limit of 1 s, under 0.45 s of downtime passes and over 1.2 s fails; between them the run is
INCONCLUSIVE.

If it fails: look at what the outages coincided with, and which connection they hit. Failures on
`reused` only: graceful shutdown of connections. On `new` only: load balancer, endpoints, readiness.
"""

from collections.abc import Sequence

from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Limit
from soakgate.model.findings import Finding, Verdict
from soakgate.model.times import Window
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.outcome import ruled
from soakgate.verdict.probed import Seen, by_target, forecast_unseen, look, nothing_seen, unsure
from soakgate.verdict.view import View
from soakgate.verdict.words import some

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="downtime", title="time without service, in sum", unit="s", default_limit="1s"
)
SOURCES = ("probe",)


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge the sum of the downtime of one target, or of each."""

    def one(target: str, window: Window) -> Finding:
        seen = look(view, target, window, pick=lambda found: found.downtime)
        if not seen.usable:
            return nothing_seen(rule, FACTS, seen)
        return ruled(
            rule,
            FACTS,
            observed=seen.bounds,
            target=target,
            samples=seen.usable,
            why=lambda verdict, limit: _reason(verdict, limit, seen),
        )

    return by_target(rule, view, FACTS, one)


def _reason(verdict: Verdict, limit: Limit, seen: Seen) -> str:
    value, bar = some(seen.bounds, limit)
    if verdict is Verdict.FAIL:
        return f"{seen.target} was not served for {value} in sum (limit {bar})"
    return "" if verdict is Verdict.PASS else unsure(seen, limit, what="was down for")


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether the limit can hold at the planned rate."""
    return forecast_unseen(rule, plan, FACTS)
