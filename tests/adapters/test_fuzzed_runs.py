"""A run directory cut off, or changed, anywhere: a verdict with a reason, and never a pass."""

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soakgate.errors import Exit
from soakgate.orchestrate import judging
from soakgate.orchestrate.judging import exit_code, judge_folder
from tests.helpers import rundirs

STEPS = int(os.environ.get("FUZZ_STEPS", "40"))
"""Every prefix of files of so many bytes, about so many prefixes of larger ones."""
FILES = (
    "run.json",
    "scenario.yaml",
    "seal.json",
    "collect/run/events.ndjson",
    "collect/marks/events.ndjson",
    "collect/probe/events.ndjson",
    "collect/probe/samples-0001.arrows",
    "collect/load/load.ndjson",
    "collect/load/failures.ndjson",
    "collect/load/events.ndjson",
    "collect/upgrade/output",
)


@functools.cache
def home() -> Path:
    return Path(tempfile.mkdtemp(prefix="soakgate-fuzz-"))


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load criteria once, and have the judge test itself elsewhere."""
    known = judging.plugins.criteria()
    monkeypatch.setattr(judging.selftest, "check", lambda criteria: None)
    monkeypatch.setattr(judging.plugins, "criteria", lambda: known)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return rundirs.recorded(tmp_path)


def check_refused(folder: Path, what: str) -> None:
    """Judge; the run must not pass, and its reason must be one printable line."""
    judged = judge_folder(folder)
    result = judged.result
    assert result.verdict in ("inconclusive", "fail"), what
    assert exit_code(judged) in (Exit.INCONCLUSIVE, Exit.FAIL), what
    assert result.reason.isprintable(), what
    assert not result.reason.startswith(judging.UNJUDGEABLE), (what, result.reason)
    assert result.to_json()


def lengths(size: int) -> Iterator[int]:
    yield from range(0, size, max(1, size // STEPS))
    yield from range(max(0, size - 20), size)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_any_prefix_of_any_file(run: Path, name: str, sealed: bool) -> None:
    if not sealed and name != "seal.json":
        (run / "seal.json").unlink()
    path = run / name
    whole = path.read_bytes()
    for length in sorted(set(lengths(len(whole))))[:: 1 if sealed else 3]:
        if name == "seal.json" and whole[length:].strip() == b"":
            continue  # a seal without its last line end is still whole
        path.write_bytes(whole[:length])
        check_refused(run, f"{name} cut to {length} of {len(whole)}")
    path.write_bytes(whole)


@pytest.mark.parametrize("name", FILES)
def test_each_file_missing(run: Path, name: str) -> None:
    (run / name).unlink()
    check_refused(run, f"{name} missing")


BYTES = st.sampled_from([b"\x00", b"\xff", b"\n", b'"', b"{", b"9", b"-", b"\x80\x00\x00\x7f"])


@settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    name=st.sampled_from(FILES), place=st.floats(0, 1, exclude_max=True), new=BYTES,
    sealed=st.booleans(),
)  # fmt: skip
def test_any_bytes_changed(name: str, place: float, new: bytes, sealed: bool) -> None:
    """Changed bytes of an unsealed run may be believed, but nothing of it passes or breaks."""
    base = home()
    folder = base / "run"
    if not folder.exists():
        rundirs.recorded(base)
    path, seal = folder / name, folder / "seal.json"
    kept, kept_seal = path.read_bytes(), seal.read_bytes()
    at = int(place * len(kept))
    changed = kept[:at] + new + kept[at + len(new) :]
    try:
        path.write_bytes(changed)
        if not sealed:
            seal.unlink()
        if changed != kept and (sealed or name != "seal.json"):
            if name == "seal.json" and _same_seal(changed, kept):
                return
            check_refused(folder, f"{name} at {at}: {new!r}")
    finally:
        path.write_bytes(kept)
        seal.write_bytes(kept_seal)


def _same_seal(a: bytes, b: bytes) -> bool:
    """Tell whether two seals say the same, white space apart."""
    return b"".join(a.split()) == b"".join(b.split())
