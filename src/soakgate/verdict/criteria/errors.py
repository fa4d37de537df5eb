"""Share of requests that failed, in any way.

Judged over upgrade, settle and soak, never over the baseline: all requests of the load in one row,
or, where probes are the only load, each target's probes (both connections together). A rule that
names a target judges that target's probes. Bounded by Clopper-Pearson as a fact of this run: it
PASSes if the upper 95 % bound holds the limit and FAILs if the lower one breaks it. A request still
in flight at the end counts as failed once its answer limit is over; before that only the upper
bound counts it. Requests spoilt by a stall of the generator itself are neither good nor bad.

A limit of zero: FAIL on one error; PASS on none in at least `requests` (default 3,000); else
INCONCLUSIVE. "At most 0.01 %" needs 36,887 requests without an error, 55,715 with one. If less than
95 % of the planned load was sent, it cannot pass.

Example: `{id: errors, limit: 0.01%, phase: upgrade}`. Default limit: 0.01 %.

If it fails: the report lists failures by kind and moment. `reset` and `closed` point to pods that
end before they have finished their work (preStop, terminationGracePeriodSeconds); `refused` to
endpoints that are still in use; `status-503` to a load balancer without a backend.
"""

from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.loaded import rests_on
from soakgate.verdict.ratio import Ratio

__all__ = ["FACTS", "SOURCES", "forecast", "judge", "sources"]

FACTS = CriterionFacts(
    id="errors", title="share of failed requests", unit="ratio", default_limit="0.01%"
)
SOURCES = ("load", "probe")

_RATIO = Ratio(FACTS, verb="failed", only_5xx=False)

judge = _RATIO.judge
forecast = _RATIO.forecast
sources = rests_on
