"""metrics.prom: strict OpenMetrics text with limits beside values."""

import math

import pytest

from soakgate.report import openmetrics
from tests.helpers import results
from tests.helpers.openmetrics import Family, read

MAKERS = [results.failed, results.passed, results.undecided, results.hostile, results.crowded]


def pick(family: Family, **labels: str) -> list[float]:
    return [v for key, v in family.samples.items() if set(labels.items()) <= set(key)]


@pytest.mark.parametrize("make", MAKERS)
def test_a_strict_reader_reads_it(make) -> None:
    families = read(openmetrics.write(make()).decode())
    assert all(family.help and family.samples for family in families.values())
    assert all(
        math.isfinite(v) or v == math.inf for f in families.values() for v in f.samples.values()
    )


def test_limits_stand_beside_values() -> None:
    families = read(openmetrics.render(results.failed()))
    finding = "longest-outage/shop"
    wanted = {
        "observed": 4.2,
        "low": 4.1,
        "high": 4.3,
        "limit": 1.0,
        "margin": -3.1,
        "samples": 9640,
    }
    for name, value in wanted.items():
        assert pick(families[f"soakgate_criterion_{name}"], finding=finding) == [value]
    assert pick(families["soakgate_criterion_limit"], op="<", unit="ratio") == [0.0001]


def test_exactly_one_word_is_true() -> None:
    families = read(openmetrics.render(results.failed()))
    run = families["soakgate_run_verdict"]
    assert pick(run, verdict="fail") == [1]
    assert sum(run.samples.values()) == 1
    criteria = families["soakgate_criterion_verdict"]
    assert sum(criteria.samples.values()) == len(results.failed().criteria)
    assert pick(criteria, finding="brown-out/shop", verdict="warn") == [1]


def test_unknown_values_are_left_out_and_unbounded_ones_infinite() -> None:
    families = read(openmetrics.render(results.undecided()))
    assert pick(families["soakgate_criterion_high"], criterion="downtime") == [math.inf]
    for name in ("observed", "low", "high", "margin"):
        family = families.get(f"soakgate_criterion_{name}", Family())
        assert pick(family, criterion="recovery") == []
    assert pick(families["soakgate_criterion_limit"], criterion="recovery") == [30]
    assert "soakgate_probe_lateness_seconds" not in families


def test_moments_are_seconds_since_the_epoch() -> None:
    families = read(openmetrics.render(results.failed()))
    (started,) = families["soakgate_run_started_timestamp_seconds"].samples.values()
    (ended,) = families["soakgate_run_ended_timestamp_seconds"].samples.values()
    assert ended - started == pytest.approx(1560)
    assert started == pytest.approx(1_795_496_531.123456)


def test_samples_are_stamped_only_if_asked_for() -> None:
    plain = read(openmetrics.render(results.failed()))
    stamped = read(openmetrics.render(results.failed(), stamped=True))
    assert {s for f in plain.values() for s in f.stamps} == {None}
    assert {s for f in stamped.values() for s in f.stamps} == {"1795498091.123456"}
    assert [f.samples for f in plain.values()] == [f.samples for f in stamped.values()]


def test_labels_carry_no_run_id_so_that_series_go_on() -> None:
    families = read(openmetrics.render(results.failed()))
    named = [name for name, f in families.items() for key in f.samples if "run" in dict(key)]
    assert named == ["soakgate_run_info"]


def test_labels_are_escaped() -> None:
    row = results.criterion("errors", "pass", (0, 0, 0), ("<=", 1, "ratio"), target='a"b\\c\nd')
    families = read(openmetrics.render(results.result(criteria=[row])))
    assert pick(families["soakgate_criterion_limit"], target='a"b\\c\\nd') == [1]


def test_an_unreadable_run_has_no_moments() -> None:
    run = {"started": None, "ended": None}
    text = openmetrics.render(results.result(run=run), stamped=True)
    assert "timestamp" not in text
    assert read(text)
