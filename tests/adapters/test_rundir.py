"""The folder of a run: claimed, written, discarded; files read and written whole."""

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from soakgate.adapters import rundir
from soakgate.adapters.files import open_plain, read_plain, write_all
from soakgate.adapters.rundir import RunDir, claim, discard, full_disk, is_run, read_identity
from soakgate.errors import EvidenceError, UsageError
from soakgate.orchestrate.run import run_id


def test_a_new_or_empty_folder_can_be_claimed(tmp_path: Path) -> None:
    claim(tmp_path)
    claim(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def _used(path: Path) -> Path:
    path.mkdir()
    (path / "x").touch()
    return path


def _file(path: Path) -> Path:
    path.touch()
    return path


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path / "x"


@pytest.mark.parametrize(
    "make",
    [
        _used,
        _file,
        _loop,
        lambda p: _file(p) / "below",
        lambda p: p / ("x" * 300),
    ],
    ids=["used", "file", "loop", "below-a-file", "long"],
)
def test_other_places_are_usage_errors_of_one_line(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(UsageError) as caught:
        claim(make(tmp_path / "out"))
    assert "\n" not in str(caught.value)
    assert "--out" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(errno.EROFS, UsageError), (errno.EACCES, UsageError), (errno.ENOSPC, OSError)],
)
def test_a_read_only_place_is_usage_and_a_full_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(rundir.Path, "mkdir", fail)
    with pytest.raises(kind):
        claim(tmp_path / "out")


def test_discard_leaves_what_is_not_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    claim(out)
    RunDir(out, run="r").identify({}, scenario="soakgate: 1\n")
    discard(out)
    assert not out.exists()
    claim(out)
    RunDir(out, run="r").identify({}, scenario="soakgate: 1\n")
    (out / "mine").touch()
    discard(out)
    assert [p.name for p in out.iterdir()] == ["mine"]


def test_run_ids_fit_every_file(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\nb\xff: \x1b[31m") + "x" * 200
    found = run_id(tmp_path / name)
    assert found.startswith("a-b-31m")
    assert found.isascii()
    assert found.isprintable()
    assert len(found) < 100
    assert run_id(Path("/")).startswith("run-")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "is missing"),
        ("", "cannot be read"),
        ("[]", "names no run"),
        ('{"run": 7}', "names no run"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_identities_that_cannot_be_read(tmp_path: Path, text: str | None, what: str) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(EvidenceError, match=what):
        read_identity(tmp_path)


def test_what_is_a_run(tmp_path: Path) -> None:
    assert not is_run(tmp_path)
    assert not is_run(tmp_path / "nowhere")
    for name in ("run.json", "seal.json"):
        (tmp_path / name).touch()
        assert is_run(tmp_path)
        (tmp_path / name).unlink()
    (tmp_path / "collect").mkdir()
    assert is_run(tmp_path)


def test_only_plain_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "plain").write_text("x")
    (tmp_path / "link").symlink_to("plain")
    for name in ("pipe", "link", ".", "nowhere"):
        with pytest.raises(OSError, match=r".+"):
            open_plain(tmp_path / name)
    assert read_plain(tmp_path / "plain") == b"x"


def test_a_short_write_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    got = bytearray()

    def write(_: int, data: memoryview) -> int:
        got.extend(data[:3])
        return min(3, len(data))

    monkeypatch.setattr("soakgate.adapters.files.os.write", write)
    write_all(1, b"0123456789")
    assert got == b"0123456789"


def test_a_result_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    rundir.replace(path, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            rundir.replace(path, bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_hints_fit_the_cause() -> None:
    assert "free space" in str(full_disk(OSError(errno.ENOSPC, "No space"), where="x"))
    assert "free space" not in str(full_disk(OSError(errno.EMFILE, "Too many"), where="x"))
