"""Full disks, missing handles, closed streams, places that cannot be used: one clear line each."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import rundirs
from tests.helpers.live import live
from tests.helpers.rundirs import command, environment, soakgate
from tests.helpers.waiting import until
from tests.helpers.web import Web

TARGET = ("--no-cluster", "--target", "shop=http://127.0.0.1:9/", "--expect-status", "200")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Web() as web:
        yield web.url


def last_line(text: str) -> str:
    """Give the last line; there must be no traceback above it."""
    assert "Traceback" not in text
    return text.strip().splitlines()[-1]


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount a small file system in memory, where we may."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_a_harness_error_and_what_was_recorded_can_be_judged(
    url: str, tmp_path: Path
) -> None:
    with (
        mounted(tmp_path / "small", "-o", "size=2m") as small,
        live(small, url, "--for", "60s") as run,
    ):
        run.measuring()
        with contextlib.suppress(OSError), (small / "filler").open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while filler.write(bytes(size)):
                        pass
        assert run.end(40) == 3
        assert not (run.folder / "seal.json").exists()
        (small / "filler").unlink()
        assert "No space left on device" in last_line(run.stderr())
        result = rundirs.judge(run.folder).result
        assert result.verdict == "inconclusive"
        assert "died" in result.reason or "did not say its end" in result.reason
        assert sum(c.samples for c in result.criteria) > 20


def test_a_read_only_place_is_a_usage_error(tmp_path: Path) -> None:
    with mounted(tmp_path / "ro", "-o", "ro") as place:
        for out in (place, place / "run"):
            done = soakgate("run", *TARGET, "--for", "1s", "--out", str(out), cwd=tmp_path)
            assert done.returncode == 4
            assert "Read-only" in last_line(done.stderr) or "writable" in last_line(done.stderr)


def test_judging_in_a_read_only_place_is_a_harness_error(tmp_path: Path) -> None:
    with mounted(tmp_path / "ro") as place:
        folder = rundirs.Made(length=5).write(place / "run")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        done = soakgate("judge", str(folder), cwd=tmp_path)
        assert done.returncode == 3
        assert "Read-only file system" in last_line(done.stderr)


@pytest.mark.parametrize("kind", ["file", "used", "below a file"])
def test_out_that_cannot_be_a_new_folder(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "used":
        out.mkdir()
        (out / "kept").write_text("mine")
    else:
        out.write_text("mine")
    place = out / "x" if kind == "below a file" else out
    done = soakgate("run", *TARGET, "--for", "1s", "--out", str(place), cwd=tmp_path)
    assert done.returncode == 4
    assert "--out" in last_line(done.stderr)
    assert (out / "kept" if kind == "used" else out).read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_too_few_file_handles_are_a_harness_error(tmp_path: Path) -> None:
    done = subprocess.run(
        command("run", *TARGET, "--for", "1s", "--out", "run"),
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)),
    )  # fmt: skip
    assert done.returncode == 3
    last_line(done.stderr)
    assert not (tmp_path / "run" / "result.json").exists()


def test_handles_used_up_while_running_are_blindness_and_no_outage(
    url: str, tmp_path: Path
) -> None:
    with live(tmp_path, url, "--for", "6s") as run:
        run.measuring()
        pid = run.child("probe")
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used - 4, used - 4))
        assert run.end() == 10
        result = run.result()
        assert result["verdict"] == "inconclusive"
        assert not result["outages"]


def test_judge_of_what_is_no_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    for place in (".", "notes", "nowhere"):
        done = soakgate("judge", place, cwd=tmp_path)
        assert done.returncode == 4
        assert "is no run directory" in last_line(done.stderr)
        assert not done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["notes"]


def test_judge_replaces_what_it_wrote_even_where_nothing_can_be_read(tmp_path: Path) -> None:
    folder = rundirs.Made(length=20, criteria="[{id: downtime}]").write(tmp_path / "run")
    assert rundirs.verdict(folder)[0] == "pass"
    (folder / "run.json").write_text("{")
    done = soakgate("judge", "run", cwd=tmp_path)
    assert done.returncode == 10
    assert "run.json cannot be read" in done.stdout
    for name in ("result.json", "report.html", "junit.xml", "summary.md"):
        text = (folder / name).read_text()
        assert "run.json cannot be read" in text
        assert "holds" not in text


def test_a_moved_copy_gives_the_same_bytes_and_holds_no_absolute_path(tmp_path: Path) -> None:
    folder = rundirs.recorded(tmp_path)
    first = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    moved = folder.rename(tmp_path / "some where\nelse")
    rundirs.judge(moved)
    assert {p.name: p.read_bytes() for p in moved.iterdir() if p.is_file()} == first
    places = [os.fsencode(str(tmp_path)), b"/soakgate-", os.fsencode(str(rundirs.ROOT))]
    for path in moved.rglob("*"):
        if path.is_file():
            assert not any(place in path.read_bytes() for place in places), path


def test_streams_that_nobody_reads_change_nothing(url: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("run", "--no-cluster", "--target", f"shop={url}/", "--expect-body", "ok",
                "--for", "5s", "--out", "run"),
        cwd=tmp_path, env=environment(), timeout=60, check=False, stdout=writer, stderr=writer,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == 0
    assert rundirs.verdict(tmp_path / "run")[0] == "pass"


def test_garbage_and_a_huge_body_are_outages_or_answers_and_never_a_crash(tmp_path: Path) -> None:
    from tests.helpers.faults import FaultServer

    with FaultServer(mode="garbage") as bad, FaultServer(mode="bigbody") as big:
        done = soakgate(
            "run", "--no-cluster", "--target", f"bad={bad.url}", "--target", f"big={big.url}",
            "--expect-body", "ready", "--rate", "5", "--for", "3s", "--out", "run", cwd=tmp_path,
        )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    result = rundirs.judge(tmp_path / "run").result
    assert {o.kind for o in result.outages if o.target == "bad"} == {"protocol"}
    # How fast 200 MB are poured is the machine's; they are an answer, or one that came too late.
    assert {o.kind for o in result.outages if o.target == "big"} <= {"answer-timeout"}


def test_a_child_that_cannot_begin_says_why_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "soakgate: 1\nname: x\ntargets:\n  shop:\n    url: https://127.0.0.1:9/\n"
        "    expect: {status: [200]}\n    tls: {ca: missing.pem}\n"
    )
    done = soakgate("run", "s.yaml", "--no-cluster", "--for", "5s", "--out", "run", cwd=tmp_path)
    assert done.returncode == 4
    assert "missing.pem" in last_line(done.stderr)
    assert not (tmp_path / "run").exists()


def test_max_cuts_a_run_that_then_cannot_pass(url: str, tmp_path: Path) -> None:
    top = "phases: {baseline: 500ms}\nupgrade: {driver: command, command: exec sleep 600}"
    with live(tmp_path, url, "--max", "5s", top=top) as run:
        until(lambda: run.process.poll() is not None, patience=60)
        assert run.end() == 10
        result = run.result()
        assert result["reason"].startswith("the longest time allowed (5 s) was over")
        assert [p["name"] for p in result["phases"]] == ["baseline", "upgrade"]
        rows = {c["id"]: c["verdict"] for c in result["criteria"]}
        assert rows["upgrade-happened"] == "inconclusive"


def test_an_upgrade_out_of_time_fails_and_settle_and_soak_follow(url: str, tmp_path: Path) -> None:
    top = (
        "phases: {baseline: 500ms, settle: 500ms, soak: 500ms}\n"
        "upgrade: {driver: command, command: exec sleep 600, timeout: 1s}"
    )
    with live(tmp_path, url, top=top) as run:
        assert run.end() == 1
        result = run.result()
        assert [p["name"] for p in result["phases"]] == ["baseline", "upgrade", "settle", "soak"]
        assert "outlived its time-out" in result["reason"]
