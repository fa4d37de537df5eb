"""Error ratios: what this run showed, what it says about the next, and how much more is needed."""

import numpy as np
from scipy.special import betaincinv, gammaincinv

from soakgate.analysis.binomial import poisson_upper, trials_that_pass
from soakgate.analysis.histograms import Floats, tally
from soakgate.model.bounds import Bounds
from soakgate.model.findings import Verdict

__all__ = [
    "ZERO_REQUESTS",
    "at_most",
    "error_bounds",
    "process_error_bounds",
    "requests_needed",
    "zero_verdict",
]

ZERO_REQUESTS = 3_000  # without an error: at most 0.12 %; enough to see a broken release
APART = 10  # seconds without an error that end a burst
LEAST_BURST = 2  # seconds of requests that an unseen burst may spoil at least


def error_bounds(failed: int, requests: int, *, bunch: float = 1.0) -> Bounds | None:
    """Bound the error ratio of this window by Clopper-Pearson; None without a request.

    `bunch`: requests that leave together (1 if paced) fail together, so both numbers are divided by
    it; ignoring bunches of ten covers 46 to 60 %. Raises ValueError unless 0 <= failed <= requests
    and bunch >= 1.
    """
    if not 0 <= failed <= requests or not bunch >= 1:
        message = f"expected 0 <= failed <= requests, found {failed} of {requests} by {bunch}"
        raise ValueError(message)
    if requests == 0:
        return None
    # Not binomial.clopper_pearson: that takes part of a failed bunch for a whole one.
    k, n = failed / bunch, requests / bunch
    low = float(betaincinv(k, n - k + 1, 0.025)) if failed else 0.0
    high = float(betaincinv(k + 1, n - k, 0.975)) if failed < requests else 1.0
    ratio = failed / requests
    return Bounds(ratio, min(low, ratio), max(high, ratio))


def _bursts(failed: Floats) -> Floats:
    """Sum the errors of each burst: seconds with errors that are less than APART from the next."""
    seconds = np.flatnonzero(failed > 0)
    if not seconds.size:
        return np.zeros(0)
    burst = np.concatenate(([0], np.cumsum(np.diff(seconds) > APART)))
    return tally(burst, weights=failed[seconds])


def process_error_bounds(failed: Floats, *, requests: Floats) -> Bounds | None:
    """Bound the error ratio of the process behind a window; None without a request.

    Errors come in bursts; Fay and Feuer (1997) bound the sum of weighted Poisson counts. An unseen
    burst is taken to weigh as much as the largest seen, or two seconds of requests. Both arrays by
    second. To be shown, never judged: 0.01 % would take 20 h.
    """
    total = float(requests.sum())
    if total <= 0:
        return None
    weights = _bursts(failed) / total
    seen, spread = float(weights.sum()), float((weights**2).sum())
    largest = max(float(weights.max(initial=0.0)), LEAST_BURST / failed.size)
    low = 0.0
    if seen > 0:
        low = spread / seen * float(gammaincinv(seen**2 / spread, 0.025))
    more, wider = seen + largest, spread + largest**2
    high = wider / more * float(gammaincinv(more**2 / wider, 0.975))
    return Bounds(min(seen, 1.0), min(low, seen), min(max(high, seen), 1.0))


def requests_needed(failed: int, requests: int, *, limit: float) -> int | None:
    """Give how many more requests without a further error would show `limit` (ratio, 0 < limit).

    0: enough already; None: more than the limit failed so far, so more will hardly help.
    """
    if limit >= 1:
        return 0
    if failed > limit * requests and requests > 0:
        return None
    return max(0, trials_that_pass(failed, limit=limit) - requests)


def zero_verdict(failed: int, requests: int, *, least: int = ZERO_REQUESTS) -> Verdict:
    """Judge a limit of zero: one error fails it, none in at least `least` requests holds it."""
    if failed:
        return Verdict.FAIL
    return Verdict.PASS if requests >= max(1, least) else Verdict.INCONCLUSIVE


def at_most(requests: int) -> float:
    """Give the ratio that a window without any error still allows: "at most 3.69/n"."""
    return min(1.0, poisson_upper(0) / requests) if requests > 0 else 1.0
