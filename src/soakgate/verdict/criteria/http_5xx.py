"""Share of requests that were answered with a status of 500 to 599.

The same window, bounds and rules as `errors`, but only failures with such a status count: what the
application or its proxies answered, not what was lost on the way. A status that the target expects
(`expect.status`) is no failure. Note that this is a share of requests, not a rate per second.

A limit of zero: FAIL on one; PASS on none in at least `requests` (default 3,000); else
INCONCLUSIVE. "At most 0.01 %" needs 36,887 requests without one.

Example: `{id: http-5xx, limit: 0.1%}`. Default limit: 0.01 %.

If it fails: 502 and 504 mostly come from a proxy whose backend went away, 503 from one that has
none left (readiness, PodDisruptionBudget, surge), 500 from the application itself.
"""

from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.loaded import rests_on
from soakgate.verdict.ratio import Ratio

__all__ = ["FACTS", "SOURCES", "forecast", "judge", "sources"]

FACTS = CriterionFacts(
    id="http-5xx", title="share of answers with status 5xx", unit="ratio", default_limit="0.01%"
)
SOURCES = ("load", "probe")

_RATIO = Ratio(FACTS, verb="were answered with a 5xx", only_5xx=True)

judge = _RATIO.judge
forecast = _RATIO.forecast
sources = rests_on
