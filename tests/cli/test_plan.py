"""`run --plan`, and every rule about flags that is checked before anything starts."""

import socket
from pathlib import Path

import pytest

from tests.helpers.cli import call, refused, tree
from tests.helpers.web import Web

SHOP = ("--target", "shop=http://127.0.0.1:9/")
FREE = ("--no-cluster", *SHOP)

SCENARIO = """\
soakgate: 1
name: shop
targets:
  shop: {url: "http://127.0.0.1:9/", rate: 20}
phases: {baseline: 2m, settle: 1m, soak: 30m}
upgrade: {driver: command, command: ./roll.sh}
criteria:
  - {id: downtime, limit: 1s}
  - {id: errors, limit: 0.01%}
"""


@pytest.mark.parametrize(
    ("argv", "fragment"),
    [
        (FREE, "--no-cluster needs --for"),
        (("--no-cluster", "--for", "20s"), "there is no target"),
        ((*FREE, "--upgrade-command", "true", "--for", "20s"), "--for: "),
        ((*FREE, "--soak-only"), "--soak-only needs --for"),
        ((*FREE, "--soak-only", "--for", "9s", "--upgrade-command", "x"), "--upgrade-command: "),
        ((*FREE, "--for", "20s", "--phases", "soak=1m"), "--for: "),
        ((*FREE, "--for", "0s"), "--for: "),
        ((*FREE, "--for", "20"), "--for: "),
        ((*FREE, "--for", "-3s"), "--for: "),
        ((*FREE, "--for", "100ms"), "shorter than two periods"),
        ((*FREE, "--for", "20s", "--max", "10s"), "--max: "),
        ((*FREE, "--for", "20s", "--max", "0s"), "max"),
        ((*FREE, "--for", "20s", "--rate", "201"), "rate"),
        ((*FREE, "--for", "20s", "--rate", "0"), "rate"),
        ((*FREE, "--for", "20s", "--rate", "nan"), "rate"),
        ((*FREE, "--for", "20s", "--rate", "1"), "downtime can never pass"),
        ((*FREE, "--phases", "soka=1m"), 'did you mean "soak"?'),
        ((*FREE, "--phases", "soak=1m,soak=2m"), "soak is given twice"),
        ((*FREE, *SHOP, "--for", "20s"), "the name is given twice"),
        (("--no-cluster", "--target", "shop", "--for", "20s"), "NAME=URL"),
        (("--no-cluster", "--target", "Sh op=http://a/", "--for", "20s"), "--target Sh op: "),
        (("--no-cluster", "--target", "a=ftp://a/", "--for", "20s"), "--target a"),
        (("--no-cluster", "--target", "a=http://u:p@a/", "--for", "20s"), "--target a"),
        (("--no-cluster", "--for", "9s", "--expect-status", "200"), "--expect-status: "),
        (("--no-cluster", "--for", "9s", "--expect-body", "ok"), "--expect-body: "),
        ((*FREE, "--for", "20s", "--expect-status", "2xx"), "--expect-status: "),
        ((*FREE, "--for", "20s", "--expect-body", ""), "--expect-body"),
        (("shoop", "--no-cluster", "--for", "20s"), 'did you mean "shop"?'),
        (("none.yaml", "--no-cluster", "--for", "20s"), "none.yaml: cannot be read"),
        ((*FREE, "--for", "20s", "--waivers", "none.yaml"), "none.yaml: cannot be read"),
    ],
)
def test_what_does_not_fit_is_refused(here: Path, argv: tuple[str, ...], fragment: str) -> None:
    assert fragment in refused("run", *argv, "--plan")
    assert tree(here) == {}


def test_expectations_without_a_target_by_flag_are_refused_with_a_scenario_too(here: Path) -> None:
    (here / "s.yaml").write_text(SCENARIO)
    assert "--expect-body: " in refused("run", "s.yaml", "--no-cluster", "--expect-body", "x")


def test_a_damaged_scenario_is_told_by_line(here: Path) -> None:
    (here / "s.yaml").write_text(SCENARIO.replace("limit: 1s", "limt: 1s"))
    line = refused("run", "s.yaml", "--no-cluster", "--plan")
    assert line == ('soakgate: s.yaml:8: criteria[0].limt: unknown key; did you mean "limit"?'), (
        line
    )


def test_plan_starts_nothing(here: Path) -> None:
    with Web() as web:
        done = call("run", "--no-cluster", "--target", f"shop={web.url}/", "--for", "20s", "--plan")
        assert web.total == 0
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("PLAN  shop: nothing was started")
    assert "new 10.3/s, reused 13.2/s" in done.out
    assert tree(here) == {}


def test_plan_as_one_document(here: Path) -> None:
    (here / "s.yaml").write_text(SCENARIO)
    done = call("run", "s.yaml", "--no-cluster", "--phases", "settle=0s", "--plan", "-o", "json")
    assert done.code == 0
    plan = done.json
    lengths = [(phase["name"], phase["seconds"]) for phase in plan["phases"]]
    assert lengths == [("baseline", 120), ("upgrade", None), ("soak", 1800)]
    assert (plan["total"], plan["max"], plan["upgrade"]) == (None, 6 * 3600, "command")
    assert plan["targets"][0]["connections"] == {"new": 20.6, "reused": 26.4}
    limits = {rule["id"]: rule["limit"] for rule in plan["criteria"]}
    assert limits["downtime"] == {"op": "<=", "value": 1.0, "unit": "s"}
    assert limits["errors"] == {"op": "<=", "value": 0.0001, "unit": "ratio"}
    assert "upgrade-happened" in limits


def test_plan_says_what_the_time_cannot_decide(here: Path) -> None:
    (here / "s.yaml").write_text(SCENARIO.replace("soak: 30m", "soak: 1m"))
    done = call("run", "s.yaml", "--no-cluster", "--plan", "-o", "json")
    rules = {rule["id"]: rule for rule in done.json["criteria"]}
    assert rules["downtime"]["decides"]
    assert not rules["errors"]["decides"]
    text = call("run", "s.yaml", "--no-cluster", "--plan").out
    assert f"? errors                         <= 0.01%   {rules['errors']['text']}" in text


def test_flag_beats_environment_beats_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rate(*flags: str) -> float:
        plan = call("run", *FREE, "--for", "20s", "--plan", "-o", "json", *flags).json
        return float(plan["targets"][0]["connections"]["new"])

    assert rate() == 10.3
    (here / "soakgate.yaml").write_text("rate: 20\n")
    assert rate() == 20.6
    monkeypatch.setenv("SOAKGATE_RATE", "40")
    assert rate() == 41.2
    assert rate("--rate", "50") == 51.5


def test_a_run_needs_a_cluster_or_no_cluster() -> None:
    line = refused("run", *SHOP, "--upgrade-command", "true")
    assert "--no-cluster" in line


@pytest.mark.parametrize("kind", ["file", "used folder"])
def test_out_must_be_new_or_empty(here: Path, kind: str) -> None:
    out = here / "out"
    if kind == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "mine").write_text("mine")
    before = tree(here)
    assert "out: " in refused("run", *FREE, "--for", "20s", "--out", "out")
    assert tree(here) == before


def test_a_name_that_does_not_resolve_stops_before_the_start(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    line = refused("run", "--no-cluster", "--target", "a=http://shop.invalid/", "--for", "20s")
    assert "name does not resolve; checked before the run, nothing was started" in line
    assert tree(here) == {}
