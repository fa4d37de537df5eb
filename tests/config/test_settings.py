"""Settings: who wins, and where each value comes from."""

import pytest

from soakgate.config.problems import FileError
from soakgate.config.settings import Effective, SettingsFile, resolve, unknown_variables
from soakgate.model.times import NS

HERE = SettingsFile("soakgate.yaml", b"color: never\noutput: json\nnamespace: here\nmax: 1h\n")
GIVEN = SettingsFile("ci.yaml", b"# ours\ncontext: prod\ncolor: always\n")


def origins(shown: tuple[Effective, ...]) -> dict[str, str]:
    return {item.name: item.origin for item in shown}


def test_flag_then_environment_then_file_then_folder_then_default() -> None:
    env = {"SOAKGATE_CONTEXT": "stage", "SOAKGATE_NAMESPACE": "env", "PATH": "/bin"}
    found, shown = resolve({"namespace": "flag", "out": None}, env=env, given=GIVEN, here=HERE)
    assert (found.namespace, found.context, found.color, found.output, found.out) == (
        "flag", "stage", "always", "json", None)  # fmt: skip
    assert found.max == 3600 * NS
    assert origins(shown) == {
        "namespace": "--namespace", "context": "SOAKGATE_CONTEXT", "color": "ci.yaml:3",
        "output": "soakgate.yaml:2", "max": "soakgate.yaml:4", "out": "default",
        "kubeconfig": "default", "scenario": "default", "waivers": "default", "rate": "default",
    }  # fmt: skip


def test_every_value_is_shown_as_text() -> None:
    _, shown = resolve({}, env={"SOAKGATE_RATE": "20", "SOAKGATE_MAX": "90m"})
    values = {item.name: item.value for item in shown}
    assert (values["rate"], values["max"], values["color"]) == (20.0, "1h30m", "auto")


def test_empty_variable_is_unset_and_empty_file_is_fine() -> None:
    found, shown = resolve({}, env={"SOAKGATE_COLOR": ""}, here=SettingsFile("soakgate.yaml", b""))
    assert found.color == "auto"
    assert set(origins(shown).values()) == {"default"}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"env": {"SOAKGATE_COLOR": "red"}}, "environment: color: must be 'auto', 'always' or"),
        ({"env": {"SOAKGATE_MAX": "6"}}, "environment: max: a duration needs its unit: 6s?"),
        ({"flags": {"output": "xml"}}, "command line: output: must be 'text' or 'json'"),
        ({"here": SettingsFile("soakgate.yaml", b"a: 1\n\ncolour: auto")},
         "soakgate.yaml:1: a: unknown key"),
        ({"here": SettingsFile("soakgate.yaml", b"colour: auto")},
         'soakgate.yaml:1: colour: unknown key; did you mean "color"?'),
        ({"here": SettingsFile("soakgate.yaml", b"- 1")}, "soakgate.yaml:1: a mapping of keys"),
        ({"here": SettingsFile("soakgate.yaml", b"a: [")}, "soakgate.yaml:1: not valid YAML"),
    ],
)  # fmt: skip
def test_errors_name_their_place(given: dict[str, object], line: str) -> None:
    with pytest.raises(FileError) as caught:
        resolve(**{"flags": {}, "env": {}, **given})  # type: ignore[arg-type]
    assert caught.value.lines[0].startswith(line)


def test_a_weaker_place_is_checked_all_the_same() -> None:
    with pytest.raises(FileError, match=r"soakgate\.yaml:1: color"):
        resolve({"color": "auto"}, env={}, here=SettingsFile("soakgate.yaml", b"color: red"))


def test_variables_that_set_nothing() -> None:
    env = {
        "SOAKGATE_COLOUR": "x",
        "SOAKGATE_SHOP_TOKEN_OF_OURS": "hunter2",
        "SOAKGATE_COLOR": "auto",
    }
    assert unknown_variables(env) == (
        'SOAKGATE_COLOUR sets nothing; did you mean "SOAKGATE_COLOR"?',
        "SOAKGATE_SHOP_TOKEN_OF_OURS sets nothing",
    )
