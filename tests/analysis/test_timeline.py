"""The timeline shows what was measured: counts add up, and nothing is drawn where nothing was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis.bucketing import bucket_width, cell_quantiles, quantiles
from soakgate.analysis.timeline import MAX_BUCKETS, Look, build, slice_pad
from soakgate.model.buckets import bucket, edges
from soakgate.model.times import MS, NS, Window
from tests.helpers import results, runs
from tests.helpers.results import BOOT


def test_counts_add_up_to_the_probes_that_were_made():
    evidence = runs.of_failed()
    timeline = build(evidence)
    for series, curve in zip(evidence.series, timeline.series, strict=True):
        assert sum(curve.count) == int((~series.void).sum())
        assert sum(curve.bad) == int(series.bad.sum()) > 0
    assert sum(timeline.targets[0].count) == sum(sum(c.count) for c in timeline.series)


def test_failures_are_in_the_bucket_of_their_intended_start():
    timeline = build(runs.of_failed())
    assert timeline.bucket == 2 * NS
    bad = [2 * index for index, number in enumerate(timeline.series[0].bad) if number]
    assert bad == [728, 730, 732, 932]


def test_quantiles_are_those_of_numpy_by_nearest_rank():
    evidence = runs.of_failed()
    series, curve = evidence.series[0], build(evidence).series[0]
    for index in (0, 250, 508):
        start = BOOT + 2 * index * NS
        inside = series.served & (series.intended >= start) & (series.intended < start + 2 * NS)
        latency = (series.done - series.intended)[inside]
        for p, column in ((50, curve.p50), (95, curve.p95), (99, curve.p99)):
            expected = np.percentile(latency, p, method="inverted_cdf")
            assert column[index] == expected


def test_nothing_is_said_where_nothing_was_served_or_seen():
    result = results.result(run={"ended": results.at(30)})
    quiet = runs.series("shop", length=30, down=[(10, 12)], void=[(20, 22)])
    curve = build(runs.evidence(result, series=(quiet,))).series[0]
    assert curve.p50[11] is None
    assert curve.bad[11] > 0
    assert curve.p50[21] is None
    assert curve.count[21] == 0


@pytest.mark.parametrize("hours", [0.001, 0.5, 4, 100, 10_000])
def test_there_are_never_more_than_1500_buckets(hours):
    width = bucket_width(round(hours * 3600 * NS), most=MAX_BUCKETS)
    assert width % NS == 0
    assert hours * 3600 * NS / width <= MAX_BUCKETS


def test_four_hours_of_load_fit_in_the_grid():
    result = results.result(run={"ended": results.at(14_400)})
    timeline = build(runs.evidence(result, load=runs.load(length=14_400, rate=20)))
    assert timeline.load is not None
    assert timeline.bucket == 10 * NS
    assert len(timeline.load.rate) == len(timeline.load.p99) == 1440
    assert set(timeline.load.rate) == {20.0}
    assert set(timeline.load.asked) == {20.0}


def test_load_shows_its_dip_and_its_failures():
    load = build(runs.of_failed()).load
    assert load is not None
    assert load.asked[365] == 50.0
    assert load.rate[350] == 48.0  # 16 a second of each of three names
    assert load.rate[365] == 24.0
    assert load.failed[365] == pytest.approx(6 / 24)
    assert load.p50[350] is not None


def test_seconds_without_a_plan_have_no_asked_rate():
    table = runs.load(length=10)
    table.planned[4:] = np.nan
    result = results.result(run={"ended": results.at(10)})
    load = build(runs.evidence(result, load=table)).load
    assert load is not None
    assert load.asked == (50.0,) * 4 + (None,) * 6


def test_histogram_quantiles_lie_in_the_cell_they_name():
    cells = np.array([bucket(10 * MS), bucket(80 * MS)], np.int64)
    p50, p95, _ = cell_quantiles(np.zeros(2, np.int64), cells, np.array([90, 10], np.int64), 1)
    for (found,), true in ((p50, 10 * MS), (p95, 80 * MS)):
        low, high = edges(bucket(true))
        assert low <= found < high


def test_latency_is_told_before_during_and_after():
    rows = build(runs.of_failed()).latency
    shop = {row.part: row for row in rows if row.subject == "shop"}
    assert list(shop) == ["before", "during", "after"]
    assert [shop[p].failed for p in shop] == [0, shop["during"].failed, 0]
    assert shop["during"].failed > 0
    served = sum(row.served for row in shop.values())
    assert served <= sum(int(s.served.sum()) for s in runs.of_failed().series)
    assert {row.detail for row in rows if row.subject == "load"} == {
        "GET /", "GET /cart", "POST /order",
    }  # fmt: skip


def test_a_run_without_such_phases_is_one_part():
    result = results.result(run={"ended": results.at(20)})
    rows = build(runs.evidence(result, series=(runs.series("shop", length=20),))).latency
    assert [row.part for row in rows] == ["whole run"]


def test_many_request_names_fold_their_tail():
    names = [f"GET /{k}" for k in range(45)]
    result = results.result(run={"ended": results.at(5)})
    table = runs.load(length=5, rate=90, names=names)
    rows = build(runs.evidence(result, load=table)).latency
    assert len(rows) == 31
    assert rows[-1].detail == "others"
    assert sum(r.served + r.failed for r in rows) == int(table.finished.sum())


def test_blind_stretches_merge_and_stay_inside_the_window():
    result = results.result(run={"ended": results.at(60)})
    stalls = (Window(BOOT - NS, BOOT + NS), Window(BOOT + 20 * NS, BOOT + 22 * NS))
    silences = (Window(BOOT + 21 * NS, BOOT + 25 * NS), Window(BOOT + 90 * NS, BOOT + 95 * NS))
    blind = build(runs.evidence(result, stalls=stalls, silences=silences)).blind
    assert [(b.start, b.end) for b in blind] == [(0, NS), (20 * NS, 25 * NS)]
    assert {b.level for b in blind} == {Look.BLIND}


def test_close_ups_hold_every_probe_around_the_longest_fault():
    evidence = runs.of_failed()
    near = build(evidence).close[0]
    assert near.start <= 728 * NS - slice_pad(4 * NS)
    assert near.end >= 733 * NS + slice_pad(4 * NS)
    series = evidence.series[0]
    inside = ~series.void & (series.intended >= BOOT + near.start)
    inside &= series.intended <= BOOT + near.end
    assert list(near.at) == (series.intended[inside] - BOOT).tolist()
    assert sum(ns is None for ns in near.latency) == int((series.bad & inside).sum())


def test_late_probes_are_seen_closely_where_the_objective_is_known():
    evidence = runs.evidence(
        results.result(run={"ended": results.at(100)}),
        series=(runs.series("shop", length=100, slow=[(50, 52)]),),
    )
    assert build(evidence).close == ()
    (*close,) = build(evidence, objectives={"shop": 500 * MS}).close
    assert any(near.start < 50 * NS < near.end for near in close)


def test_long_faults_have_no_close_ups():
    evidence = runs.evidence(
        results.result(run={"ended": results.at(900)}),
        series=(runs.series("shop", length=900, down=[(100, 800)]),),
    )
    assert build(evidence).close == ()


def test_an_empty_run_is_drawn_without_complaint():
    timeline = build(runs.evidence(results.result(run={"ended": results.at(0)})))
    assert timeline.series == timeline.targets == timeline.latency == ()
    empty = runs.series("shop", length=0)
    assert build(runs.evidence(results.passed(), series=(empty,))).series[0].p50[0] is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 10**9)), max_size=60))
def test_quantiles_of_any_buckets_are_ordered_and_were_measured(pairs):
    index = np.array([i for i, _ in pairs], np.int64)
    values = np.array([v for _, v in pairs], np.int64)
    for k, (p50, p95, p99) in enumerate(zip(*quantiles(index, values, 7), strict=True)):
        mine = [v for i, v in pairs if i == k]
        assert (p50 is None) == (not mine)
        if p50 is not None and p95 is not None and p99 is not None:
            assert p50 <= p95 <= p99
            assert {p50, p95, p99} <= set(mine)
