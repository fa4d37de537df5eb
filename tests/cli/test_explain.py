"""`explain`: every criterion and exit code, and a plugin that is broken."""

from importlib import metadata

import pytest

from soakgate import registry
from soakgate.cli.topics import EXITS
from soakgate.config.units import parse_limit
from soakgate.errors import Exit
from soakgate.orchestrate import plugins
from tests.helpers.cli import call, refused


@pytest.mark.parametrize("name", sorted(registry.plugins("criteria")))
def test_every_criterion_explains_itself(name: str) -> None:
    done = call("explain", name)
    assert (done.code, done.err) == (0, "")
    facts = plugins.criteria()[name].FACTS
    assert done.out.startswith(f"{name}: {facts.title}\n")
    for part in (
        "Example: `{id: ",
        "If it ",
        "default limit",
        facts.unit,
        "from           soakgate ",
    ):
        assert part in done.out, part


def test_without_an_id_everything_is_listed() -> None:
    done = call("explain")
    assert all(f"  {name} " in done.out for name in plugins.criteria())
    document = call("explain", "-o", "json").json
    assert [topic["id"] for topic in document["criteria"]] == sorted(plugins.criteria())
    for topic in document["criteria"]:
        assert topic["broken"] is None
        assert parse_limit(topic["default_limit"], unit=topic["unit"])
    assert {code["code"] for code in document["exit_codes"]} == {int(code) for code in Exit}


def test_exit_codes() -> None:
    done = call("explain", "exit-codes")
    assert [exit_.code for exit_ in EXITS] == list(Exit)
    assert all(f"  {int(exit_.code):>2}  {exit_.meaning}\n" in done.out for exit_ in EXITS)


@pytest.mark.parametrize(
    ("name", "near"), [("dowtime", "downtime"), ("exit-code", "exit-codes"), ("latency", None)]
)
def test_unknown_names_are_told(name: str, near: str | None) -> None:
    line = refused("explain", name)
    assert f'there is no criterion "{name}"' in line
    assert "did you mean" in line if near is None else f'did you mean "{near}"?' in line


@pytest.mark.parametrize("value", ["no_such_module", "json"])
def test_a_broken_plugin_harms_only_those_who_name_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    points = metadata.entry_points

    def more(**given: str) -> list[metadata.EntryPoint]:
        group = given["group"]
        mine = [metadata.EntryPoint("gold", value, group)] if group.endswith("criteria") else []
        return [*points(**given), *mine]

    monkeypatch.setattr(metadata, "entry_points", more)
    done = call("explain")
    assert done.code == 0
    assert "  downtime  " in done.out
    assert "  gold  " in done.out
    assert call("explain", "downtime").code == 0
    assert "gold" in refused("explain", "gold", code=3)
    if value == "no_such_module":
        doctor = call("doctor")
        assert doctor.code == 3
        assert doctor.out.startswith("BROKEN  1 of what a run needs")
        assert 'plugin "gold" of soakgate.criteria cannot be imported' in doctor.out
