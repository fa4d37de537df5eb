"""The reader: later lines win, workers are summed, and no byte string breaks it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.adapters.load_files import read_load
from soakgate.model.load import LostWorker
from soakgate.model.times import NS, Window

T0 = 1_000_000_007


def row(second, worker="w1", name="a", started=2, **change):
    line = {
        "worker": worker, "second": T0 + second * NS, "name": name, "started": started,
        "finished": started, "failed": 0, "http_5xx": 0, "void": 0, "kinds": {},
        "cells": [[100, started]],
    }  # fmt: skip
    return {**line, **change}


def state(second, worker="w1", users=2, planned=None, in_flight=0):
    line = {"second": T0 + second * NS, "worker": worker, "users": users, "planned": planned}
    return {**line, "in_flight": in_flight}


def failure(at):
    line = {"at": T0 + at, "done": T0 + at + 5, "name": "a", "kind": "reset", "status": 0}
    return {**line, "detail": "x", "user": "U#1"}


def write(folder: Path, name: str, *lines, run="r") -> None:
    text = "".join(json.dumps(x) + "\n" for x in ({"run": run}, *lines))
    (folder / name).write_text(text)


def fill(folder: Path, *lines) -> None:
    write(folder, "load.ndjson", {"origin": T0}, *lines)
    write(folder, "failures.ndjson")
    write(folder, "events.ndjson")


def test_a_later_line_replaces_and_workers_add_up(tmp_path):
    fill(
        tmp_path,
        row(0, started=1), row(0, started=3), row(0, worker="w2", cells=[[100, 1], [101, 1]]),
        row(1, name="b"), state(0), state(0, worker="w2", users=3), state(0, "plan", 0, 5.0),
        state(1, planned=None),
    )  # fmt: skip
    table, damage = read_load(tmp_path, run="r")
    assert table is not None
    assert damage == []
    assert table.names == ("a", "b")
    assert (table.origin, table.length) == (T0, 2)
    assert list(zip(table.second, table.name, table.started, strict=True)) == [(0, 0, 5), (1, 1, 2)]
    assert list(table.cell_row) == [0, 0, 1]
    assert list(table.cell_count) == [4, 1, 2]
    assert list(table.users) == [5, 2]
    assert table.planned[0] == 5
    assert np.isnan(table.planned[1])


def test_failures_losses_and_stalls(tmp_path):
    fill(tmp_path, row(0, failed=1, kinds={"reset": 1}, cells=[[100, 1]]))
    lines = [failure(9), failure(3), {"second": T0, "unlisted": 4}]
    write(tmp_path, "failures.ndjson", *lines)
    lost = {"event": "worker-lost", "at": 9, "worker": "w1", "from": 5, "to": None}
    write(
        tmp_path, "events.ndjson", lost, {**lost, "event": "worker-back", "to": 8},
        {**lost, "from": 20}, {"event": "stall", "at": 4, "from": 1, "to": 4},
    )  # fmt: skip
    table, damage = read_load(tmp_path, run="r")
    assert table is not None
    assert damage == []
    assert [f.at - T0 for f in table.failures] == [3, 9]
    assert (table.unlisted, table.kinds) == (4, {"reset": 1})
    assert table.lost == (LostWorker("w1", 5, 8), LostWorker("w1", 20, None))
    assert table.stalls == (Window(1, 4),)


@pytest.mark.parametrize(
    "bad",
    [
        row(1, started=-1), row(1, finished=3), row(1, failed=1), row(1, kinds={"x": 1}),
        row(1, cells=[[100, 9]]), row(1, cells=[[99_999, 2]]), row(1, cells=[[100]]),
        row(1, cells=7), row(1, name=5), row(1, kinds=5), row(1, started="2"),
        row(1, started=True), {**row(1), "second": T0 + 5}, {**row(1), "second": 5},
        {**row(1), "second": T0 + NS * 10**9}, state(1, planned="x"), state(1, users=-1), {"x": 1},
        {**row(1), "worker": None},
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_believed_is_damage(tmp_path, bad):
    fill(tmp_path, row(0), bad)
    table, damage = read_load(tmp_path, run="r")
    assert table is not None
    assert list(table.started) == [2]
    assert [d.path for d in damage] == ["collect/" + tmp_path.name + "/load.ndjson"]


def test_foreign_and_missing_files(tmp_path):
    table, damage = read_load(tmp_path, run="r")
    assert table is None
    assert len(damage) == 3
    fill(tmp_path, row(0))
    table, damage = read_load(tmp_path, run="other")
    assert table is None
    assert {d.what for d in damage} == {"does not belong to this run"}
    table, damage = read_load(tmp_path)
    assert table is not None
    assert damage == []


def test_every_prefix_of_a_file_gives_what_is_whole_in_it(tmp_path):
    lines = [row(0, started=1), state(0, planned=2.0), row(0, started=2), row(1), state(1)]
    fill(tmp_path, *lines)
    write(tmp_path, "failures.ndjson", failure(1), {"second": T0, "unlisted": 4})
    whole = {n: (tmp_path / n).read_bytes() for n in ("load.ndjson", "failures.ndjson")}
    for name, data in whole.items():
        before = -1
        for length in range(len(data) + 1):
            (tmp_path / name).write_bytes(data[:length])
            table, damage = read_load(tmp_path, run="r")
            assert damage == []
            if table is None:
                seen = 0
            else:
                seen = int(table.started.sum()) + len(table.failures) + table.unlisted
            assert seen >= before
            before = seen
        assert before == 4 + 1 + 4
        (tmp_path / name).write_bytes(data)


@given(st.binary(max_size=300), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_reader(tmp_path_factory, noise, place):
    folder = tmp_path_factory.mktemp("noise")
    fill(folder, row(0), state(0), row(1), state(1))
    for name in ("load.ndjson", "failures.ndjson", "events.ndjson"):
        data = (folder / name).read_bytes()
        cut = place % (len(data) + 1)
        (folder / name).write_bytes(data[:cut] + noise + data[cut:])
    table, _ = read_load(folder, run="r")
    assert table is None or table.started.sum() <= 1 << 61
