"""Did users lose anything while the service was changed and soaked?

    pytest suites/soak --run-dir RUN                    judges a recorded run
    pytest suites/soak --scenario FILE --no-cluster     records one, then judges it

One test per criterion, and one per target, phase and quantile that the scenario names. Criteria
that the scenario does not ask for are skipped. `soakgate explain ID` says how each is measured.
"""

import pytest


def test_the_run_itself(criterion):
    """The record is whole: sealed, undamaged, not cut short, and nothing was left open."""
    criterion("run")


@pytest.mark.criterion("observer")
def test_observer(criterion, subject):
    """We watched well enough to say anything at all."""
    criterion(subject)


# --- was the service there?


@pytest.mark.criterion("downtime")
def test_downtime(criterion, subject):
    """All the time in which requests failed, in sum."""
    criterion(subject)


@pytest.mark.criterion("longest-outage")
def test_longest_outage(criterion, subject):
    """The longest single stretch in which requests failed."""
    criterion(subject)


@pytest.mark.criterion("brown-out")
def test_brown_out(criterion, subject):
    """Answers came, but later than the objective."""
    criterion(subject)


# --- how many requests failed, and how long did answers take?


@pytest.mark.criterion("errors")
def test_errors(criterion, subject):
    """Share of requests that failed in any way, through upgrade, settle and soak."""
    criterion(subject)


@pytest.mark.criterion("http-5xx")
def test_http_5xx(criterion, subject):
    """Share of requests that the server answered with a status of 500 or above."""
    criterion(subject)


@pytest.mark.criterion("latency-p95")
def test_latency_p95(criterion, subject):
    """95 of 100 answers took no longer than this."""
    criterion(subject)


@pytest.mark.criterion("latency-p99")
def test_latency_p99(criterion, subject):
    """99 of 100 answers took no longer than this."""
    criterion(subject)


@pytest.mark.criterion("latency-regression")
def test_latency_regression(criterion, subject):
    """Answers became no slower than they were in the baseline."""
    criterion(subject)


@pytest.mark.criterion("load")
def test_load(criterion, subject):
    """The load that was planned was really sent."""
    criterion(subject)


# --- the upgrade


@pytest.mark.criterion("upgrade-happened")
def test_upgrade_happened(criterion, subject):
    """The upgrade took place: one that never did cannot pass."""
    criterion(subject)


@pytest.mark.criterion("upgrade-duration")
def test_upgrade_duration(criterion, subject):
    """The upgrade took no longer than allowed."""
    criterion(subject)


# --- everything else that the scenario asks for


@pytest.mark.criterion("*")
def test_further_criteria(criterion, subject):
    """Criteria without a test above, those of other packages among them."""
    criterion(subject)
