"""How criteria put a finding together: limit, decision, level, and a sentence that says why."""

from collections.abc import Callable, Sequence

from soakgate.config.rules import CriterionRule
from soakgate.config.units import fit_limit, parse_limit
from soakgate.model.bounds import Bounds
from soakgate.model.criteria import CriterionFacts, Limit
from soakgate.model.findings import Finding, Needed, Truth, Verdict, cap
from soakgate.verdict.decide import Decision, decide

__all__ = ["limit_of", "open_finding", "ruled"]

NOTHING = Needed()


def limit_of(rule: CriterionRule, facts: CriterionFacts) -> Limit:
    """Give the limit of a rule, the criterion's default if it names none."""
    limit = parse_limit(facts.default_limit) if rule.limit is None else rule.limit
    return fit_limit(limit, unit=facts.unit)


def ruled(
    rule: CriterionRule,
    facts: CriterionFacts,
    *,
    observed: Bounds,
    target: str | None = None,
    samples: int = 0,
    needed: Needed = NOTHING,
    why: Callable[[Verdict, Limit], str],
    doubts: Sequence[str] = (),
    decision: Decision | None = None,
) -> Finding:
    """Decide a rule by bounds. `doubts` are reasons for which it cannot pass; a FAIL stays.

    `why` gives the sentence for people, from the verdict and the limit. `decision`: where bounds
    alone do not decide.
    """
    limit = limit_of(rule, facts)
    decision = decision or decide(observed, limit)
    verdict = decision.verdict
    told = [why(verdict, limit)]
    if verdict is Verdict.PASS and doubts:
        verdict, told, needed = Verdict.INCONCLUSIVE, [], NOTHING
    if verdict is Verdict.INCONCLUSIVE:
        told = [*doubts, *told]
    reason = "; ".join(filter(None, told))
    return Finding(
        id=facts.id,
        target=target if target is not None else rule.target,
        phase=rule.phase,
        quantile=rule.quantile,
        observed=observed,
        limit=limit,
        margin=decision.margin,
        level=rule.level,
        verdict=verdict,
        effective=cap(verdict, rule.level),
        samples=samples,
        needed=needed if verdict is Verdict.INCONCLUSIVE else NOTHING,
        reason=reason,
    )


def open_finding(
    rule: CriterionRule,
    facts: CriterionFacts,
    *,
    reason: str,
    target: str | None = None,
    observed: Bounds | None = None,
    samples: int = 0,
    needed: Needed = NOTHING,
    truth: Truth = Truth.WINDOW,
) -> Finding:
    """Answer INCONCLUSIVE with a reason: there is no data, or it cannot bound anything."""
    limit = limit_of(rule, facts)
    return Finding(
        id=facts.id,
        target=target if target is not None else rule.target,
        phase=rule.phase,
        quantile=rule.quantile,
        truth=truth,
        observed=observed,
        limit=limit,
        margin=None if observed is None else decide(observed, limit).margin,
        level=rule.level,
        verdict=Verdict.INCONCLUSIVE,
        effective=cap(Verdict.INCONCLUSIVE, rule.level),
        samples=samples,
        needed=needed,
        reason=reason,
    )
