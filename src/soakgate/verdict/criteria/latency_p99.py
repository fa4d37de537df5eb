"""The 99th percentile of the time that served requests took.

A fact of this run over upgrade, settle and soak: bounded on the scale of ranks (Clopper-Pearson)
and read through the histogram. Load counts from the scheduled start, so that a late generator
cannot hide a slow service; probes from the intended start. All load gives one row: each request
name with at least 400 requests, and all requests together, are held against the limit, and the
worst decides. Where probes are the only load, and where a rule names a target, each target's probes
are judged, both connections together.

Failed requests have no latency. If nothing was served, if over 10 % of the requests failed, or if
less than 95 % of the planned load was sent, it cannot pass. Below 400 requests nothing bounds the
percentile from above: INCONCLUSIVE.

Example: `{id: latency-p99, limit: 800ms}`. Default limit: 2s.

If it fails: the reason names the request. Look whether the slow minutes follow a drain (too few
replicas while nodes are replaced, cold caches, connections being set up anew) or stay.
"""

from soakgate.model.criteria import CriterionFacts
from soakgate.verdict.latency import Latency
from soakgate.verdict.loaded import rests_on

__all__ = ["FACTS", "SOURCES", "forecast", "judge", "sources"]

FACTS = CriterionFacts(
    id="latency-p99", title="latency of the slowest 1 %", unit="s", default_limit="2s"
)
SOURCES = ("load", "probe")

_LATENCY = Latency(FACTS, p=0.99)

judge = _LATENCY.judge
forecast = _LATENCY.forecast
sources = rests_on
