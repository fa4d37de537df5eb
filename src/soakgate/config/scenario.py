"""The scenario: targets, load, phases, upgrade, criteria and waivers of a run."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator

from soakgate.config.fields import DurationOrZero, Model, Name, Rate, Word
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
    users: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 50
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
    """A whole scenario file. After `config.load` its criteria are complete, never None."""

    soakgate: Annotated[Literal[1], Field(description="version of this format")]
    name: Annotated[Word, Field(max_length=200)] = "run"
    targets: dict[Name, Target] = Field(default_factory=dict)
    load: Load | None = None
    phases: Phases = Phases()
    upgrade: Upgrade | None = None
    experiments: tuple[JsonValue, ...] = ()
    criteria: tuple[CriterionRule, ...] | None = None
    waivers: tuple[Waiver, ...] = ()
