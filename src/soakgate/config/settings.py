"""Settings of the tool itself, each with where it comes from.

Precedence: flag, then environment (`SOAKGATE_NAME`), then the file given, then `./soakgate.yaml`,
then the default. Pure: environment and files' bytes are parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from soakgate.config.explain import note_errors
from soakgate.config.fields import Duration, Model, Rate, Word
from soakgate.config.problems import Problems
from soakgate.config.yamlfile import read_yaml
from soakgate.errors import suggestion

__all__ = [
    "HERE",
    "PREFIX",
    "Effective",
    "Settings",
    "SettingsFile",
    "effective",
    "resolve",
    "unknown_variables",
]

HERE = "soakgate.yaml"
"""Name of the settings file that is read from the current folder if it is there."""

PREFIX = "SOAKGATE_"

Layer = tuple["Settings", Callable[[str], str]]
"""What one place says, and how that place is named for a key."""


class Settings(Model):
    """What `soakgate.yaml` may hold; every key has a flag and an environment variable."""

    kubeconfig: Annotated[Word | None, Field(description="--kubeconfig")] = None
    context: Annotated[Word | None, Field(description="--context; never taken for granted")] = None
    namespace: Annotated[Word | None, Field(description="-n")] = None
    output: Annotated[Literal["text", "json"], Field(description="-o")] = "text"
    color: Annotated[Literal["auto", "always", "never"], Field(description="--color")] = "auto"
    scenario: Annotated[Word | None, Field(description="scenario of run, by path or name")] = None
    waivers: Annotated[Word | None, Field(description="--waivers: file of waivers")] = None
    out: Annotated[Word | None, Field(description="--out: run directory")] = None
    rate: Annotated[Rate | None, Field(description="--rate: Hz, for all targets")] = None
    max: Annotated[Duration | None, Field(description="--max: a run is cut there")] = None


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file as found: its name for messages, and its bytes."""

    source: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Effective:
    """One value in force; origin is `--flag`, `SOAKGATE_X`, `file:line` or `default`."""

    name: str
    value: Any
    origin: str


def resolve(
    flags: Mapping[str, object],
    *,
    env: Mapping[str, str],
    given: SettingsFile | None = None,
    here: SettingsFile | None = None,
) -> tuple[Settings, tuple[Effective, ...]]:
    """Give the settings in force, and each with its origin. None among `flags` is not given.

    Every place is checked, also where a stronger one wins. Raises FileError.
    """
    files = [_file(file) for file in (here, given) if file is not None]
    layers = [*files, _environment(env), _flags(flags)]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for model, where in layers:
        for name in model.model_fields_set:
            values[name], origins[name] = getattr(model, name), where(name)
    settings = Settings().model_copy(update=values)
    return settings, effective(settings, origins=origins)


def effective(settings: Settings, *, origins: Mapping[str, str]) -> tuple[Effective, ...]:
    """List every value, as text where it has a unit, with its origin."""
    shown = settings.model_dump(mode="json")
    return tuple(
        Effective(name, shown[name], origins.get(name, "default")) for name in Settings.model_fields
    )


def unknown_variables(env: Mapping[str, str]) -> tuple[str, ...]:
    """Say which SOAKGATE_ variables set nothing; they may hold secrets, so they are no error."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    return tuple(
        "; ".join(filter(None, (f"{name} sets nothing", suggestion(name, known))))
        for name in sorted(env)
        if name.startswith(PREFIX) and name not in known
    )


def _file(file: SettingsFile) -> Layer:
    read = read_yaml(file.data, source=file.source)
    problems = Problems(file.source, read.lines)
    data = {} if read.data is None else read.data
    return _model(data, problems=problems), lambda name: f"{file.source}:{problems.line((name,))}"


def _environment(env: Mapping[str, str]) -> Layer:
    """Read SOAKGATE_ variables; an empty one is as if unset."""
    variables = {name: PREFIX + name.upper() for name in Settings.model_fields}
    data = {name: env[variable] for name, variable in variables.items() if env.get(variable)}
    return _model(data, problems=Problems("environment")), lambda name: PREFIX + name.upper()


def _flags(flags: Mapping[str, object]) -> Layer:
    data = {name: value for name, value in flags.items() if value is not None}
    return _model(data, problems=Problems("command line")), lambda name: f"--{name}"


def _model(data: object, *, problems: Problems) -> Settings:
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        note_errors(error, model=Settings, problems=problems)
    raise problems.error()
