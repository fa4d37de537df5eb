"""The scenario: targets, load, phases, upgrade, criteria and waivers of a run."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator

from soakgate.config.fields import DurationOrZero, Model, Name, Note, Rate, Word
from soakgate.config.rules import CriterionRule, Waiver
from soakgate.config.target import Target, check_url
from soakgate.config.upgrade import Upgrade

__all__ = ["Load", "Phases", "Scenario"]


class Load(Model):
    """Locust load beside the probes."""

    profile: Annotated[
        Word, Field(description="a name of loadprofiles/ or a path ending in .py")
    ] = "steady"
    host: Annotated[Word | None, Field(description="http(s)://HOST[:PORT] the load goes to")] = None
    rate: Annotated[Rate | None, Field(description="requests per second, all users together")] = (
        None
    )
    users: Annotated[int, Field(ge=1, le=100_000, strict=True, description="concurrent users")] = 50
    workers: Annotated[int, Field(ge=1, le=256, strict=True, description="local processes")] = 1
    listen: Annotated[Word | None, Field(description="HOST:PORT for workers elsewhere")] = None
    expect_workers: Annotated[
        int, Field(ge=0, le=1000, strict=True, description="workers elsewhere to wait for")
    ] = 0

    @field_validator("host")
    @classmethod
    def _check_host(cls, host: str | None) -> str | None:
        return host if host is None else check_url(host)


class Phases(Model):
    """Lengths of the phases around the upgrade (ns); None is the default, zero leaves one out."""

    baseline: Annotated[DurationOrZero | None, Field(description="before the upgrade; 2m")] = None
    settle: Annotated[DurationOrZero | None, Field(description="after the upgrade; 1m")] = None
    soak: Annotated[DurationOrZero | None, Field(description="at the end; 5m")] = None


class Scenario(Model):
    """A scenario: what is measured through an upgrade, and what it is judged by."""

    soakgate: Annotated[Literal[1], Field(description="version of this format")]
    name: Annotated[Note, Field(max_length=200, description="for people")] = "run"
    targets: dict[Name, Target] = Field(
        default_factory=dict, max_length=500, description="what users reach, by name"
    )
    load: Annotated[Load | None, Field(description="without it, probes are the only load")] = None
    phases: Annotated[Phases, Field(description="lengths; zero leaves one out")] = Phases()
    upgrade: Annotated[Upgrade | None, Field(description="how the upgrade comes about")] = None
    experiments: Annotated[
        tuple[JsonValue, ...], Field(description="chaos; cannot be run yet, so leave it empty")
    ] = ()
    criteria: Annotated[
        tuple[CriterionRule, ...] | None,
        Field(max_length=1000, description="without it: downtime 1s, brown-out 5s, observer"),
    ] = None
    """Complete, and never None, in a scenario from `config.load`."""
    waivers: Annotated[tuple[Waiver, ...], Field(description="signed-off exceptions")] = ()
