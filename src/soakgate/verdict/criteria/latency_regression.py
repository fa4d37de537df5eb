"""How much slower requests became after the upgrade than they were before it.

A quantile (p95; `quantile:` p50, p95 or p99) over upgrade, settle and soak divided by that of the
baseline, less 1: `+10%` allows a tenth more. Judged per request name, the worst name decides;
without load per target, from its probes. By default it judges the process behind the two windows:
would it be so again? The bounds take into account that seconds are not independent, that a level
drifts by 3 % without a reason, and that slow requests come in episodes. `truth: window` asks what
users of this run saw instead; those bounds are narrower.

A FAIL of any name fails all, so each needs more certainty: one-sided 0.5 % for up to five names.
Both windows must last 5 min to say anything (shorter ones are shown for information and count for
nothing); +10 % wants 10 + 30 min, +5 % 30 + 60 min. Their load may differ by 10 %. Blind seconds
are left out, up to 5 %. Where the data cannot bound the change it is INCONCLUSIVE, and the reason
says what is missing.

Example: `{id: latency-regression, quantile: p99, limit: +10%}`. Default limit: +10 %.

If it fails: compare versions (kernel, container runtime, node image), CPU limits and placement; if
only some names are slower, look at what they depend on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from soakgate.analysis.regression import SHORTEST
from soakgate.analysis.shortage import shortage
from soakgate.config.rules import CriterionRule
from soakgate.model.criteria import CriterionFacts, Level, Limit
from soakgate.model.findings import Finding, Needed, Truth, Verdict
from soakgate.model.times import NS, Window
from soakgate.verdict import loaded
from soakgate.verdict.change import Change, Pair, compare, pairs_of, worst_change
from soakgate.verdict.criterion import Forecast, PlannedRun
from soakgate.verdict.latency import failing
from soakgate.verdict.outcome import limit_of, open_finding, ruled
from soakgate.verdict.planned import is_open, seconds
from soakgate.verdict.view import View
from soakgate.verdict.words import compared, lasting

__all__ = ["FACTS", "SOURCES", "forecast", "judge", "sources"]

FACTS = CriterionFacts(
    id="latency-regression",
    title="change of latency against the baseline",
    unit="ratio",
    default_limit="+10%",
    takes_quantile=True,
)
SOURCES = ("load", "probe")
QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}  # those the method was measured with
USUAL = "p95"
LEAST = 300  # s each side; SHORTEST less the two seconds at the edges that are never whole

sources = loaded.rests_on


def judge(rule: CriterionRule, view: View) -> Sequence[Finding]:
    """Judge all load, name by name, or each target by its probes."""
    rule = rule.model_copy(update={"quantile": rule.quantile or USUAL})
    window, found = loaded.window_of(rule, view), loaded.subjects(rule, view)
    if window is None or not found:
        return [_true(rule, f) for f in loaded.missing_window(rule, view, FACTS)]
    baseline = view.part("baseline")
    problem = _problem(rule, baseline)
    if baseline is None or problem:
        return [_true(rule, open_finding(rule, FACTS, target=s, reason=problem)) for s in found]
    short = _short(rule, baseline, window)
    if short:
        rule = rule.model_copy(update={"level": Level.INFO})
    return [
        _true(rule, _one(rule, view, subject, (baseline, window), short=short)) for subject in found
    ]


def _truth(rule: CriterionRule) -> Truth:
    return Truth(rule.truth or Truth.PROCESS)


def _true(rule: CriterionRule, finding: Finding) -> Finding:
    return replace(finding, truth=_truth(rule))


def _problem(rule: CriterionRule, baseline: Window | None) -> str:
    if rule.quantile not in QUANTILES:
        return f"{rule.quantile} cannot be judged: the method is for p50, p95 and p99"
    if rule.phase == "baseline":
        return "the baseline cannot be compared with itself"
    return "" if baseline is not None else "there is no baseline to compare with"


def _short(rule: CriterionRule, baseline: Window, window: Window) -> str:
    """Say which side is too short to say anything at all."""
    for name, side in (("the baseline", baseline), (loaded.title(rule), window)):
        if side.length < SHORTEST * NS:
            took = lasting(side.length / NS)
            return f"{name} lasted {took}, a comparison needs 5 min on each side"
    return ""


def _one(
    rule: CriterionRule,
    view: View,
    subject: str | None,
    windows: tuple[Window, Window],
    *,
    short: str,
) -> Finding:
    baseline, window = windows
    doubts = _doubts(rule, view, subject, windows)
    pairs = pairs_of(view, subject, baseline=baseline, window=window)
    if not pairs:
        why = "; ".join((short, *doubts) if short else doubts) or "no request was made"
        return open_finding(rule, FACTS, target=subject, reason=why)
    limit, p = limit_of(rule, FACTS), QUANTILES[rule.quantile or USUAL]
    together = len(pairs) * _rules(view)
    changes = {
        name: compare(name, pair, p=p, pairs=together, truth=_truth(rule), limit=limit)
        for name, pair in pairs.items()
    }
    worst = worst_change(changes)
    needed, missing = _missing(worst, limit)
    why = "; ".join(filter(None, (short, worst.found.reason)))
    if worst.bounds is None:
        text = "; ".join((*doubts, f"{worst.name}: {why}{_others(changes)}"))
        return open_finding(rule, FACTS, target=subject, reason=text)
    seen = _seen(worst, pairs[worst.name], rule, limit=limit, pairs=together)
    return ruled(
        rule,
        FACTS,
        observed=worst.bounds,
        target=subject,
        samples=round(sum(_requests(c) for c in changes.values())),
        needed=needed,
        why=lambda verdict, _: (
            short or _why(verdict, limit, worst, (why or missing) + seen + _others(changes))
        ),
        doubts=() if short else doubts,
        decision=worst.decision,
    )


def _doubts(
    rule: CriterionRule, view: View, subject: str | None, windows: tuple[Window, Window]
) -> tuple[str, ...]:
    found = [
        doubt
        for window, name in zip(windows, ("the baseline", loaded.title(rule)), strict=True)
        for doubt in (
            *loaded.doubts(view, subject, window, name=name),
            *failing(view, subject, window),
        )
    ]
    return tuple(dict.fromkeys(found))


def _rules(view: View) -> int:
    """Count the quantiles judged: a FAIL of any of them fails the run."""
    rules = view.scenario.criteria or ()
    return max(1, sum(rule.id == FACTS.id for rule in rules))


def _requests(change: Change) -> float:
    return 0.0 if change.found.upgrade is None else change.found.upgrade.requests


def _missing(change: Change, limit: Limit) -> tuple[Needed, str]:
    """Say how long it would take to decide."""
    if change.found.reason or limit.value <= -1:
        return Needed(), ""
    lack = shortage(change.found, limit=1 + limit.value)
    if lack is None:
        return Needed(), ""
    return Needed(seconds=lack.upgrade), lack.words


def _seen(change: Change, pair: Pair, rule: CriterionRule, *, limit: Limit, pairs: int) -> str:
    """Add what users of this run saw, where the process behind it cannot be judged."""
    open_ = change.decision.verdict is Verdict.INCONCLUSIVE
    if _truth(rule) is Truth.WINDOW or not open_:
        return ""
    p = change.found.p
    seen = compare(change.name, pair, p=p, pairs=pairs, truth=Truth.WINDOW, limit=limit)
    if seen.decision.verdict is not Verdict.FAIL or seen.bounds is None:
        return ""
    low, _ = compared(seen.bounds.low, limit)
    return f"; users of this run saw at least {_signed(low)}"


def _others(changes: Mapping[str, Change]) -> str:
    """Say how many names are open, where it is not only the one that is shown."""
    open_ = sum(c.decision.verdict is Verdict.INCONCLUSIVE for c in changes.values())
    return f"; {open_} of {len(changes)} names are open" if open_ > 1 else ""


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def _why(verdict: Verdict, limit: Limit, change: Change, missing: str) -> str:
    bounds = change.bounds
    if verdict is Verdict.PASS or bounds is None:
        return ""
    what = f"p{change.found.p * 100:g} of {change.name}"
    value, bar = (_signed(t) for t in compared(bounds.value, limit))
    if verdict is Verdict.FAIL:
        return f"{what} changed by {value} (limit {bar})"
    if bounds.high is None:
        return f"{what} changed by {value}, without an upper bound (limit {bar}): {missing}"
    high, bar = (_signed(t) for t in compared(bounds.high, limit))
    return f"{what} changed by {value}, at most {high} (limit {bar}): {missing}"


def forecast(rule: CriterionRule, plan: PlannedRun) -> Forecast:
    """Tell whether both sides are long enough to say anything."""
    if rule.quantile not in (None, *QUANTILES):
        text = f"{rule.quantile} can never be judged: the method is for p50, p95 and p99"
        return Forecast(decides=False, never=True, text=text)
    before, after = plan.phases.get("baseline", 0) / NS, seconds(rule, plan)
    if not before:
        return Forecast(decides=False, text="needs a baseline, none is planned: cannot pass")
    if before < LEAST or (after < LEAST and not is_open(rule, plan)):
        planned = f"planned {lasting(before)} + {lasting(after)}"
        text = f"needs 5 min before and 5 min after, {planned}: shown for information only"
        return Forecast(decides=False, text=text)
    return Forecast(decides=True, text="decidable; +10 % wants 10 + 30 min, +5 % 30 + 60 min")
