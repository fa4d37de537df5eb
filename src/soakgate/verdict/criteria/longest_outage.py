"""Longest single time without service.

The longest outage of any series of the target: from the intended start of its first failed probe to
that of the first good one after it. Its upper bound is at least one probe period, at least the
longest time in which the prober was blind, and the length of a partial episode (flapping, one
backend of several) if the share of failures in it may reach 20 %.

Example: `{id: longest-outage, target: shop, limit: 1s}`. Default limit: 1 s.

If it fails: the outage names what it coincided with. A single long one during a drain mostly means
that all replicas were on that node, or that readiness came before the application could serve.
"""

from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.outage import Outage

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="longest-outage", title="longest time without service", unit="s", default_limit="1s"
)
SOURCES = ("probe",)

_LONGEST = Outage(
    FACTS,
    pick=lambda found: found.longest,
    how="at a stretch",
    what="was down at a stretch for",
    periods=1.0,  # an outage of one period may go unseen
)

judge = _LONGEST.judge
forecast = _LONGEST.forecast
