from dataclasses import replace

import numpy as np

from soakgate.model.evidence import Event, Evidence
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome
from soakgate.model.times import MS, rfc3339
from soakgate.verdict import rows
from soakgate.verdict.view import View
from tests.helpers.recorded import (
    ANCHOR,
    at,
    both,
    evidence,
    judged,
    load,
    probes,
    scenario,
    window,
)  # fmt: skip
from tests.helpers.recorded import row as row_of


def view(found: Evidence) -> View:
    return View(found, scenario())


def utc(seconds: float) -> str:
    return rfc3339(ANCHOR.wall + round(seconds * 1e9))


def test_an_outage_is_placed_and_its_kinds_are_counted() -> None:
    series = probes(down=[(20, 22)])
    codes, status = series.outcome.copy(), series.status.copy()
    bad = np.flatnonzero(series.bad)
    codes[bad[:5]] = OUTCOMES.index(Outcome.RESET)
    codes[bad[5:10]], status[bad[5:10]] = OUTCOMES.index(Outcome.STATUS), 503
    found = rows.outage_rows(view(evidence(replace(series, outcome=codes, status=status))))
    assert len(found) == 1
    assert found[0].kind == "refused"
    assert list(found[0].kinds.items()) == [
        ("refused", bad.size - 10),
        ("reset", 5),
        ("status-503", 5),
    ]
    first = (series.intended[bad[0]] - at(0)) / 1e9
    assert (found[0].start, found[0].open) == (utc(first), False)


def test_ties_of_kinds_go_by_name() -> None:
    series = probes(down=[(20, 20.25)])
    codes = series.outcome.copy()
    codes[np.flatnonzero(series.bad)[0]] = OUTCOMES.index(Outcome.CLOSED)
    (found,) = rows.outage_rows(view(evidence(replace(series, outcome=codes))))
    assert found.kinds == {"closed": 1, "refused": found.kinds["refused"]}
    assert found.kind == ("closed" if found.kinds["refused"] == 1 else "refused")


def test_what_coincided_is_listed_nearest_first() -> None:
    mark = Event(at(19.5), "run", "mark", {"text": "drain began"})
    found = rows.outage_rows(view(evidence(probes(down=[(20, 22)]), events=(mark,))))
    assert found[0].coincided
    assert abs(found[0].coincided[0].offset) < 1


def test_a_partial_episode_lists_a_hundred_rows_and_counts_all() -> None:
    series = probes(length=120)
    codes = series.outcome.copy()
    codes[100:1000:3] = OUTCOMES.index(Outcome.REFUSED)
    found = view(evidence(replace(series, outcome=codes), length=120))
    (episode,) = rows.episode_rows(found)
    assert (episode.rows, episode.partial) == (300, True)
    assert episode.share.value is not None
    assert 0.3 < episode.share.value < 0.4
    assert len(rows.outage_rows(found)) == rows.MOST_ROWS


def test_an_open_row_is_listed_whatever_came_before_it_and_halts_the_run() -> None:
    series = probes(length=120)
    codes = series.outcome.copy()
    codes[codes.size - 901 :: 3] = OUTCOMES.index(Outcome.REFUSED)
    assert codes[-1] == OUTCOMES.index(Outcome.REFUSED)
    well = probes(connection="reused", length=120)
    run = evidence(replace(series, outcome=codes), well, length=120)
    found = rows.outage_rows(view(run))
    assert [row.open for row in found] == [False] * (rows.MOST_ROWS - 1) + [True]
    result = judged(run, scenario({"id": "errors", "limit": "60%"}))
    assert row_of(result).verdict == "pass"
    assert result.verdict == "inconclusive"
    assert "shop was still not served when the run ended" in result.reason


def test_brown_outs_are_a_list_of_their_own() -> None:
    found = view(evidence(*both(slow=[(20, 23)])))
    assert rows.outage_rows(found) == []
    assert [b.connection for b in rows.brownout_rows(found)] == ["new", "reused"]
    unknown = scenario(targets={"shop": {"objective": "2x baseline p95"}})
    assert rows.brownout_rows(View(evidence(*both(slow=[(20, 23)])), unknown)) == []


def test_gaps_of_prober_and_load_in_order_of_time() -> None:
    table = load(60, lost=[(10, 15), (50, None), (70, None)], stalls=[(30, 31)])
    series = both(skipped=[(20, 24)])
    found = rows.gap_rows(view(evidence(*series, load=table)))
    assert [(g.source, g.reason) for g in found] == [
        ("load", "worker w2 was lost"),
        ("probe", "no samples"),
        ("load", "the load generator stood still"),
        ("load", "worker w2 was lost"),
    ]
    assert found[-1].end == utc(60)  # it never came back
    assert all(g.start < str(g.end) for g in found)


def test_gaps_say_whose_fault_they_are() -> None:
    stood = rows.gap_rows(view(evidence(*both(skipped=[(20, 22)]), stalls=(window(20, 22),))))
    assert {g.reason for g in stood} == {"the prober stood still"}
    used_up = rows.gap_rows(view(evidence(*both(void=[(20, 23)]))))
    assert {g.reason for g in used_up} == {"own file handles or ports were used up"}
    cut = both(skipped=[(50, 61)])
    control = tuple(probes(CONTROL, c, skipped=[(50, 61)]) for c in ("new", "reused"))
    ended = rows.gap_rows(view(evidence(*cut, control=control)))
    assert [g.reason for g in ended] == ["no samples until the end"]


def test_without_any_series_the_heartbeat_tells() -> None:
    found = evidence(control=(), silences=(window(5, 9),))
    gaps = rows.gap_rows(View(found, scenario(targets={})))
    assert [(g.start, g.end) for g in gaps] == [(utc(5), utc(9))]


def test_the_observer_tells_its_lateness_and_blindness() -> None:
    series = probes()
    late = replace(series, sent=series.intended + 3 * MS)
    control = (probes(CONTROL),)
    found = rows.observer_row(view(evidence(late, control=control, skipped=7)))
    assert (found.skipped, found.lateness.max) == (7, 0.003)
    assert found.lateness.p50 in (0.0, 0.0015, 0.003)
    blind = rows.observer_row(view(evidence(*both(skipped=[(20, 24)]))))
    assert 3.8 <= blind.blind <= 4.2
    nothing = rows.observer_row(View(evidence(control=()), scenario(targets={})))
    assert (nothing.blind, nothing.lateness.max) == (60.0, None)
