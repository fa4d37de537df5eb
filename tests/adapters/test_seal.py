"""Whatever is done to the files of a sealed run is seen, named, and never passes."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from soakgate.adapters.seal import check, owner
from tests.helpers import rundirs
from tests.helpers.rundirs import Made


def damage(folder: Path) -> set[tuple[str, str]]:
    return {(d.path, d.what) for d in check(folder, run=rundirs.RUN).damage}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Made(length=20, criteria="[{id: downtime}]").write(tmp_path / "run")


def test_a_whole_run_is_sealed_and_passes(folder: Path) -> None:
    assert check(folder, run=rundirs.RUN).sealed
    assert damage(folder) == set()
    assert rundirs.verdict(folder) == ("pass", "the one criterion holds")


def test_logs_heartbeats_and_reports_are_no_evidence(folder: Path) -> None:
    (folder / "collect" / "probe" / "log").write_text("more")
    (folder / "collect" / "probe" / "heartbeat").write_text("1 1\n")
    (folder / "notes.txt").write_text("mine")
    assert rundirs.verdict(folder)[0] == "pass"


SAMPLES = Path("collect/probe/samples-0001.arrows")
EVENTS = Path("collect/run/events.ndjson")


def _link(path: Path) -> None:
    other = path.with_name("log")
    shutil.move(path, other)
    path.symlink_to("log")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda p: p.unlink(), "is missing"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1]), "bytes, sealed with"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1] + b"x"), "was changed after the seal"),
        (lambda p: p.write_bytes(b""), "has 0 bytes"),
        (_link, "was replaced by a link"),
        (_pipe, "has 0 bytes"),
    ],
    ids=["removed", "cut", "edited", "emptied", "linked", "pipe"],
)
@pytest.mark.parametrize("name", [SAMPLES, EVENTS], ids=["samples", "events"])
def test_harm_is_named_and_never_passes(
    folder: Path, harm: Callable[[Path], None], what: str, name: Path
) -> None:
    harm(folder / name)
    assert any(p == name.as_posix() and what in w for p, w in damage(folder))
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert name.as_posix() in reason or "no start in" in reason


@pytest.mark.parametrize(
    "name", ["collect/probe/samples-0002.arrows", "collect/x/y", "chaos/journal.ndjson",
             "collect/new\nline", os.fsdecode(b"collect/\xff")],
)  # fmt: skip
def test_a_file_that_was_not_sealed(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / SAMPLES, folder / name)
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert "is not in the seal" in reason
    assert reason.isprintable()


def test_samples_of_another_run_are_foreign(tmp_path: Path, folder: Path) -> None:
    other = rundirs.recorded(tmp_path / "other")
    shutil.copy(other / SAMPLES, folder / SAMPLES)
    (folder / "seal.json").unlink()
    result = rundirs.judge(folder).result
    assert result.verdict == "inconclusive"
    assert "is of another run" in result.criteria[0].reason
    rundirs.reseal(folder)
    assert rundirs.judge(folder).result.verdict == "inconclusive"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "cannot be read"),
        ("{}", "lists no files"),
        ("[]", "lists no files"),
        ('{"run": "other", "files": {}}', "of another run: other"),
        ('{"run": 7, "files": {}}', "of another run: 7"),
        ('{"run": "made-up-1", "files": []}', "lists no files"),
        ('{"run": "made-up-1", "files": {}}', "is not in the seal"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_seal_that_is_none(folder: Path, text: str, what: str) -> None:
    (folder / "seal.json").write_text(text)
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert what in reason


def test_names_in_a_seal_never_lead_outside(folder: Path) -> None:
    seal = json.loads((folder / "seal.json").read_text())
    for name in ("/dev/zero", "../../../dev/zero", "collect/../run.json"):
        seal["files"][name] = {"bytes": 0, "sha256": ""}
    (folder / "seal.json").write_text(json.dumps(seal))
    assert {w for _, w in damage(folder)} == {"is missing"}


def test_entries_that_are_none(folder: Path) -> None:
    seal = json.loads((folder / "seal.json").read_text())
    seal["files"]["run.json"] = 7
    seal["files"]["scenario.yaml"] = {"bytes": {"x": "\x1b"}, "sha256": None}
    (folder / "seal.json").write_text(json.dumps(seal))
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert reason.isprintable()


def test_without_a_seal_a_run_fails_but_never_passes(tmp_path: Path) -> None:
    well = Made(seal=False).write(tmp_path / "well")
    assert rundirs.verdict(well) == (
        "inconclusive", "the run was not sealed: it did not end by itself",
    )  # fmt: skip
    sick = Made(seal=False, down=[(10, 15)]).write(tmp_path / "sick")
    assert rundirs.verdict(sick)[0] == "fail"


def test_damage_belongs_to_a_collector_or_to_the_run() -> None:
    assert owner("collect/load/load.ndjson") == "load"
    assert owner("collect/load") == "run"
    assert owner("run.json") == "run"


def test_a_collector_that_run_json_names_and_nobody_left(tmp_path: Path) -> None:
    folder = Made(collectors=("probe",), identity={"collectors": ["probe", "load"]}).write(
        tmp_path / "run"
    )
    verdict, reason = rundirs.verdict(folder)
    assert verdict == "inconclusive"
    assert "collect/load is missing" in reason
