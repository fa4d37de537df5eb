"""Bounds against a limit: PASS by the pessimistic one, FAIL by the optimistic one, else neither."""

import math
from dataclasses import dataclass

from soakgate.model.bounds import Bounds
from soakgate.model.criteria import Limit, Op
from soakgate.model.findings import Verdict

__all__ = ["Decision", "decide"]

EPSILON = 1e-9  # seconds, fractions and counts are kept to six digits; below that is rounding


@dataclass(frozen=True, slots=True)
class Decision:
    """`margin`: distance from the limit to the bound that decided, positive inside."""

    verdict: Verdict
    margin: float | None


def _round(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 9) + 0.0  # no -0.0


def _at_most(seen: Bounds, value: float, *, strict: bool) -> Decision:
    room = None if seen.high is None else value - seen.high
    excess = seen.low - value
    if room is not None and (room > EPSILON if strict else room >= -EPSILON):
        return Decision(Verdict.PASS, _round(room))
    if excess >= -EPSILON if strict else excess > EPSILON:
        return Decision(Verdict.FAIL, _round(-excess))
    return Decision(Verdict.INCONCLUSIVE, _round(room))


def _at_least(seen: Bounds, value: float) -> Decision:
    room = None if seen.high is None else seen.high - value
    if seen.low - value >= -EPSILON:
        return Decision(Verdict.PASS, _round(seen.low - value))
    if room is not None and room < -EPSILON:
        return Decision(Verdict.FAIL, _round(room))
    return Decision(Verdict.INCONCLUSIVE, _round(room))


def _exactly(seen: Bounds, value: float) -> Decision:
    if seen.low > value + EPSILON:
        return Decision(Verdict.FAIL, _round(value - seen.low))
    if seen.high is not None and seen.high < value - EPSILON:
        return Decision(Verdict.FAIL, _round(seen.high - value))
    if seen.high is not None and seen.high - seen.low <= 2 * EPSILON:
        return Decision(Verdict.PASS, 0.0)
    return Decision(Verdict.INCONCLUSIVE, None if seen.high is None else _round(value - seen.high))


def decide(seen: Bounds, limit: Limit) -> Decision:
    """Hold 95 % bounds against a limit, both in the limit's unit."""
    if limit.op is Op.AT_LEAST:
        return _at_least(seen, limit.value)
    if limit.op is Op.EXACTLY:
        return _exactly(seen, limit.value)
    return _at_most(seen, limit.value, strict=limit.op is Op.BELOW)
