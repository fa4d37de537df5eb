from soakgate.adapters.arrow import SeriesInfo
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome
from soakgate.model.times import MS
from soakgate.observe.probe.hub import Row
from soakgate.observe.probe.tally import Tally

SERIES = [
    SeriesInfo("shop", "new", 97 * MS),
    SeriesInfo("shop", "reused", 76 * MS),
    SeriesInfo(CONTROL, "new", 485 * MS),
]


def row(series: int, outcome: Outcome, *, late: int = 0, took: int = 10) -> Row:
    intended = 1000 * MS
    done = intended + took * MS
    code = OUTCOMES.index(outcome)
    return (series, intended, intended + late * MS, 0, done, code, 0, None)


def test_it_counts_what_concerns_the_targets() -> None:
    tally = Tally(SERIES)
    facts = tally.facts(
        [
            row(0, Outcome.SERVED),
            row(1, Outcome.REFUSED),
            row(2, Outcome.RESET),  # the control's failures are judged, not shown here
            row(0, Outcome.VOID),
        ]
    )
    assert facts["probes"] == 2
    assert facts["bad"] == {"shop": 1}
    assert facts["down"] == {"shop": True}
    facts = tally.facts([row(1, Outcome.SERVED)])
    assert facts["probes"] == 3
    assert facts["bad"] == {"shop": 1}
    assert facts["down"] == {}


def test_percentiles_are_of_served_answers_and_lateness_of_all() -> None:
    tally = Tally(SERIES)
    rows = [row(0, Outcome.SERVED, took=n, late=n) for n in range(1, 101)]
    facts = tally.facts([*rows, row(0, Outcome.STATUS, took=5000)])
    assert facts["p50_ms"] == {"shop": 51}
    assert facts["p95_ms"] == {"shop": 96}
    assert facts["late_p99_ms"] == 99


def test_a_second_without_probes_has_no_lateness() -> None:
    facts = Tally(SERIES).facts([])
    assert facts["late_p99_ms"] is None
    assert facts["p50_ms"] == {}
