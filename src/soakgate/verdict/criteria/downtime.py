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

from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.outage import Outage

__all__ = ["FACTS", "SOURCES", "forecast", "judge"]

FACTS = CriterionFacts(
    id="downtime", title="time without service, in sum", unit="s", default_limit="1s"
)
SOURCES = ("probe",)

_SUM = Outage(
    FACTS,
    pick=lambda found: found.downtime,
    how="in sum",
    what="was down for",
)

judge = _SUM.judge
forecast = _SUM.forecast
