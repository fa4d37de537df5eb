"""Running totals: nothing is lost, nothing counted twice, memory stays bounded."""

from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.model.buckets import bucket
from soakgate.model.times import MS, NS
from soakgate.observe.load.counters import OTHER, Counters


def make(names: int = 10) -> Counters:
    return Counters(names=names, keep=9 * NS)


def test_a_request_belongs_to_the_second_of_its_start():
    counters = make()
    row = counters.begin(2 * NS - 1, "a")
    assert counters.in_flight == 1
    (first,) = counters.drain(2 * NS, last=1)
    assert (first["second"], first["started"], first["finished"]) == (1, 1, 0)
    counters.serve(row, 30 * MS)
    (second,) = counters.drain(3 * NS, last=2)
    assert (second["second"], second["started"], second["finished"]) == (1, 1, 1)
    assert second["cells"] == [(bucket(30 * MS), 1)]
    assert counters.drain(4 * NS, last=3) == []


def test_failures_and_void_requests_stay_out_of_the_histogram():
    counters = make()
    counters.fail(counters.begin(0, "a"), "status-503", 503)
    counters.fail(counters.begin(0, "a"), "reset")
    counters.void(counters.begin(0, "a"))
    (row,) = counters.drain(NS, last=0)
    assert row == {
        "second": 0, "name": "a", "started": 3, "finished": 3, "failed": 2, "http_5xx": 1,
        "void": 1, "kinds": {"status-503": 1, "reset": 1}, "cells": [],
    }  # fmt: skip
    assert (counters.started, counters.finished, counters.failed) == (3, 3, 2)


def test_a_second_that_is_not_over_is_kept_back():
    counters = make()
    counters.begin(NS, "a")
    assert counters.drain(NS, last=0) == []
    assert len(counters.drain(2 * NS, last=1)) == 1


def test_names_without_end_become_one():
    counters = make(names=3)
    for n in range(50):
        counters.begin(0, f"/item/{n}")
    rows = {r["name"]: r["started"] for r in counters.drain(NS, last=0)}
    assert rows == {"/item/0": 1, "/item/1": 1, "/item/2": 1, OTHER: 47}


def test_a_late_end_of_a_forgotten_second_still_gives_whole_totals():
    counters = make()
    late = counters.begin(0, "a")
    counters.serve(counters.begin(0, "a"), MS)
    counters.drain(NS, last=0)
    counters.drain(100 * NS, last=99)
    counters.fail(late, "answer-timeout")
    (row,) = counters.drain(101 * NS, last=100)
    assert (row["second"], row["started"], row["finished"], row["failed"]) == (0, 2, 2, 1)


def test_a_start_in_a_forgotten_second_cannot_overwrite_it():
    counters = make()
    counters.serve(counters.begin(0, "a"), MS)
    counters.drain(100 * NS, last=99)
    counters.begin(0, "a")
    (row,) = counters.drain(101 * NS, last=100)
    assert row["second"] == 91


def test_a_renamed_request_moves():
    counters = make()
    row = counters.rename(counters.begin(0, "/item/1"), "item")
    counters.serve(row, MS)
    rows = {r["name"]: (r["started"], r["finished"]) for r in counters.drain(NS, last=0)}
    assert rows == {"/item/1": (0, 0), "item": (1, 1)}
    assert (counters.started, counters.finished) == (1, 1)


ends = st.sampled_from(["serve", "fail", "void", "never"])


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc"), ends, st.integers(0, 20))))
@settings(max_examples=100, deadline=None)
def test_whatever_happens_the_last_lines_add_up(requests):
    counters = make()
    latest: dict[tuple[int, str], dict] = {}
    pending: list = []
    for second in range(60):
        for at, name, end, took in requests:
            if at == second:
                pending.append((counters.begin(at * NS, name), end, at + took))
        for row, end, _ in [p for p in pending if p[2] == second]:
            if end == "serve":
                counters.serve(row, MS)
            elif end == "fail":
                counters.fail(row, "reset")
            elif end == "void":
                counters.void(row)
        pending = [p for p in pending if p[2] > second]
        for line in counters.drain((second + 1) * NS, last=second):
            latest[line["second"], line["name"]] = line
    count = {e: sum(r[2] == e for r in requests) for e in ("serve", "fail", "void", "never")}
    assert sum(r["started"] for r in latest.values()) == len(requests)
    assert sum(r["failed"] for r in latest.values()) == count["fail"]
    assert sum(r["void"] for r in latest.values()) == count["void"]
    assert sum(n for r in latest.values() for _, n in r["cells"]) == count["serve"]
    assert counters.in_flight == count["never"]
