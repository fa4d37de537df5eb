"""Values that no run of ours could have written, and what reading makes of them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from soakgate.adapters.evidence import read_evidence, read_scenario_text
from soakgate.adapters.ndjson import Lines, read_lines
from soakgate.errors import EvidenceError
from tests.helpers import rundirs
from tests.helpers.rundirs import NS, Made, at


def rewrite(folder: Path, **facts: Any) -> None:
    path = folder / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Made(length=20, seal=False).write(tmp_path / "run")


@pytest.mark.parametrize(
    "facts",
    [
        {"anchor": None},
        {"anchor": {"monotonic": 1}},
        {"anchor": {"monotonic": -1, "wall": 0}},
        {"anchor": {"monotonic": 1 << 80, "wall": 0}},
        {"anchor": {"monotonic": 1, "wall": 1 << 90}},
        {"anchor": {"monotonic": 1, "wall": -1}},
        {"anchor": {"monotonic": True, "wall": 1.5}},
        {"cluster": ["kind"]},
        {"cluster": {"kind": "kind", "nothing": 1}},
    ],
)
def test_an_identity_that_cannot_be_is_one_line(folder: Path, facts: dict[str, Any]) -> None:
    rewrite(folder, **facts)
    with pytest.raises(EvidenceError, match=r"run\.json cannot be used"):
        read_evidence(folder)
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert "run.json" in reason


def test_hostile_names_become_printable(folder: Path) -> None:
    cluster = dict.fromkeys(
        ("kind", "context", "uid", "version_from", "version_to"), "\x1b[2J\ud800"
    )
    rewrite(folder, name="\ud800\n", host="\x00", soakgate=["x"], cluster=cluster)
    identity = read_evidence(folder).identity
    assert identity.name.isprintable()
    assert identity.cluster is not None
    assert identity.cluster.kind.isprintable()
    assert rundirs.judge(folder).result.to_json()


def test_a_run_whose_clock_was_set_shows_its_start_by_the_anchor(tmp_path: Path) -> None:
    """Only the anchor knows the wall clock; what is judged is monotonic."""
    step = {"event": "clock-step", "at": at(5), "seconds": -86_400.0}
    made = Made(length=20, probe_events=[step], criteria="[{id: downtime}]")
    result = rundirs.judge(made.write(tmp_path / "run")).result
    assert result.verdict == "pass"
    assert result.run.started == "2026-11-18T11:06:40.000000Z"
    assert result.run.ended == "2026-11-18T11:07:00.000000Z"


@pytest.mark.parametrize("value", [-1, 1 << 70, 1.5, True, None, "5", [1], 10**400])
def test_moments_that_cannot_be_count_for_nothing(tmp_path: Path, value: object) -> None:
    events = [
        {"event": "phase", "phase": "upgrade", "at": value},
        {"event": "end", "at": at(20), "end": value},
        {"event": "signal", "at": value, "signal": "SIGTERM"},
    ]
    stalls = [{"event": "stall", "from": value, "to": value}, {"event": "skipped", "count": value}]
    made = Made(length=20, events=events, probe_events=stalls)
    evidence = read_evidence(made.write(tmp_path / "run"))
    assert [p.name for p in evidence.phases] == ["soak"]
    assert evidence.window.end == at(20)
    assert evidence.stalls == ()
    assert evidence.skipped == 0


def test_heartbeats_that_are_none(folder: Path) -> None:
    beats = [at(k) for k in range(11)] + [at(k) for k in range(14, 21)]
    lines = [f"{b} 1" for b in beats] + ["", "x", "9" * 5000 + " 1", "\x00", "-5 1"]
    (folder / "collect" / "probe" / "heartbeat").write_text("\n".join(lines) + "\n")
    evidence = read_evidence(folder)
    assert [(w.start, w.end) for w in evidence.silences] == [(at(10), at(14))]


@pytest.mark.parametrize(
    "bad", [b"{", b"[1]", b"\xff\xfe", b'{"a":' * 5000, b"7", b'{"at":1e999}', b"\x00" * 50]
)
def test_lines_that_are_none_are_numbered_damage(folder: Path, bad: bytes) -> None:
    path = folder / "collect" / "run" / "events.ndjson"
    rows = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([rows[0], bad, *rows[1:]]))
    damage = read_evidence(folder).damage
    assert [d.path for d in damage] == ["collect/run/events.ndjson"]
    assert damage[0].what.startswith("line 2 cannot be read")
    assert rundirs.verdict(folder)[0] == "inconclusive"


def test_a_torn_last_line_is_normal_where_nothing_was_sealed(folder: Path, tmp_path: Path) -> None:
    for home in (folder, Made(length=20).write(tmp_path / "sealed")):
        with (home / "collect" / "probe" / "events.ndjson").open("ab") as file:
            file.write(b'{"event":"sta')
    assert read_evidence(folder).damage == ()
    sealed = Made(length=20, seal=False).write(tmp_path / "torn")
    with (sealed / "collect" / "probe" / "events.ndjson").open("ab") as file:
        file.write(b'{"event":"sta')
    rundirs.reseal(sealed)
    assert [d.what for d in read_evidence(sealed).damage] == ["a sealed file ends in the middle"]


def test_pipes_and_links_in_a_run_are_named_and_not_waited_for(folder: Path) -> None:
    (folder / "collect" / "x").mkdir()
    os.mkfifo(folder / "collect" / "x" / "events.ndjson")
    os.mkfifo(folder / "collect" / "probe" / "samples-0002.arrows")
    (folder / "collect" / "probe" / "heartbeat").symlink_to("/dev/zero")
    damage = {d.path: d.what for d in read_evidence(folder).damage}
    assert damage["collect/x/events.ndjson"] == "cannot be read: is no plain file"
    assert damage["collect/probe/samples-0002.arrows"] == "is no plain file"


def test_a_run_that_never_began_says_so(tmp_path: Path) -> None:
    folder = Made(length=20).write(tmp_path / "run")
    (folder / "collect" / "run" / "events.ndjson").write_text('{"run":"made-up-1"}\n')
    verdict, reason = rundirs.verdict(folder)
    assert (verdict, "never began to measure" in reason) == ("inconclusive", True)


def test_a_scenario_that_was_not_recorded(folder: Path) -> None:
    with (folder / "scenario.yaml").open("a") as file:
        file.write("# a comment\n")
    with pytest.raises(EvidenceError, match="its digest differs"):
        read_scenario_text(folder)
    rundirs.reseal(folder)
    assert read_scenario_text(folder).endswith("# a comment\n")


def test_a_cut_run_ends_with_its_last_sample(tmp_path: Path) -> None:
    folder = Made(length=20, until=12, end=False, seal=False).write(tmp_path / "run")
    evidence = read_evidence(folder)
    assert at(12) - NS // 5 < evidence.window.end <= at(12)
    assert evidence.halts == ("the run did not say its end: it was cut off",)


def test_reading_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'{"run":"r"}\n{"a":1}\nnothing\n{"b":2}\n{"c"')
    file = read_lines(path)
    assert (file.run, file.lines, file.torn) == ("r", [{"a": 1}, {"b": 2}], True)
    assert [number for number, _ in file.bad] == [3]
    path.write_bytes(b"")
    empty = read_lines(path)
    assert (empty.run, empty.lines, empty.bad, empty.torn) == (None, [], [], False)


def test_half_characters_do_not_keep_a_line_from_being_written(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "x.ndjson", run="r")
    lines.write({"text": "a\udcffb", "deep": [{"\ud83d": 1}]})
    lines.close()
    assert read_lines(tmp_path / "x.ndjson").lines == [{"text": "a?b", "deep": [{"?": 1}]}]
