"""`doctor`: what is broken, what is only said, and where settings come from."""

import sys
from pathlib import Path

import pytest

from soakgate.adapters import machine
from soakgate.cli.checkup import State, check_disk, check_handles, check_ports
from tests.helpers.cli import call, refused


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no child."""
    monkeypatch.setattr(machine, "start_error", lambda _: None)


def states(**flags: str) -> dict[str, str]:
    rows = call("doctor", "-o", "json").json["checks"]
    return {row["name"]: row["state"] for row in rows}


def test_this_machine_is_looked_at_whole() -> None:
    done = call("doctor", "-o", "json")
    assert (done.code, done.json["ok"], done.err) == (0, True, "")
    texts = {row["name"]: row["text"] for row in done.json["checks"]}
    for name in ("python", "system", "cores", "monotonic clock", "wall clock", "open files",
                 "local ports", "loopback", "disk", "packages", "imports", "children", "probes",
                 "drivers", "writers", "scenarios", "loadprofiles"):  # fmt: skip
        assert name in texts, name
    assert "uvloop" in texts["packages"]
    assert "downtime" in texts["criteria"]
    assert "(from soakgate " in texts["criteria"]
    assert {"targets", "cluster"} <= {
        row["name"] for row in done.json["checks"] if row["state"] == "unchecked"
    }


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("function", "value", "name"),
    [
        ("loopback_error", "Cannot assign requested address", "loopback"),
        ("start_error", "Resource temporarily unavailable", "children"),
        ("disk", machine.Disk("/r", 0, "Read-only file system"), "disk"),
        ("file_handles", (64, 64), "open files"),
        ("clock_step", 0, "monotonic clock"),
    ],
)
def test_what_a_run_needs_and_lacks_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, function: str, value: object, name: str
) -> None:
    monkeypatch.setattr(machine, function, lambda *_: value)
    done = call("doctor")
    assert done.code == 3
    assert done.out.startswith("BROKEN  1 of what a run needs")
    assert f"  ✕ {name} " in done.out
    assert states()[name] == "broken"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("function", "value", "name", "state"),
    [
        ("cores", 0.5, "cores", "warn"),
        ("clock_is_synchronised", False, "wall clock", "warn"),
        ("clock_is_synchronised", None, "wall clock", "unchecked"),
        ("clock_is_synchronised", True, "wall clock", "ok"),
        ("local_ports", None, "local ports", "unchecked"),
        ("local_ports", 100, "local ports", "warn"),
    ],
)
def test_doubts_do_not_end_with_3(
    monkeypatch: pytest.MonkeyPatch, function: str, value: object, name: str, state: str
) -> None:
    monkeypatch.setattr(machine, function, lambda *_: value)
    assert call("doctor").code == 0
    assert states()[name] == state


def test_limits_are_held_against_needs() -> None:
    assert check_handles(1024, 1024).state is State.OK
    assert check_handles(256, 256).state is State.WARN
    assert check_handles(100, 100).state is State.BROKEN
    assert check_handles(1024, sys.maxsize).text.startswith("unlimited (raised from 1,024)")
    assert check_ports(28_232).text.startswith("28,232: 470 new connections a second")
    gib = 1024**3
    assert check_disk(machine.Disk("/r", gib, None)).state is State.OK
    assert check_disk(machine.Disk("/r", gib // 4, None)).state is State.WARN
    assert check_disk(machine.Disk("/r", gib // 100, None)).state is State.BROKEN


def test_config_gives_every_setting_with_its_origin(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "soakgate.yaml").write_text("# mine\nrate: 20\nmax: 2h\n")
    monkeypatch.setenv("SOAKGATE_MAX", "90m")
    monkeypatch.setenv("SOAKGATE_RAT", "3")
    monkeypatch.setenv("SOAKGATE_RUN", "/somewhere")
    done = call("doctor", "--config", "-n", "shop", "-o", "json")
    assert (done.code, done.err) == (0, "")
    found = {row["name"]: (row["value"], row["origin"]) for row in done.json["settings"]}
    assert found["rate"] == (20.0, "soakgate.yaml:2")
    assert found["max"] == ("1h30m", "SOAKGATE_MAX")
    assert found["namespace"] == ("shop", "--namespace")
    assert found["color"] == ("auto", "default")
    assert done.json["unknown"] == ['SOAKGATE_RAT sets nothing; did you mean "SOAKGATE_RATE"?']
    text = call("doctor", "--config").out
    assert "  max          1h30m                          SOAKGATE_MAX\n" in text
    assert "  ! SOAKGATE_RAT sets nothing" in text


def test_bad_settings_are_told(here: Path) -> None:
    (here / "soakgate.yaml").write_text("rat: 20\n")
    assert refused("doctor", "--config") == (
        'soakgate: soakgate.yaml:1: rat: unknown key; did you mean "rate"?'
    )
