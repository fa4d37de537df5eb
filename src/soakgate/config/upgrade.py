"""How a cluster's upgrade comes about; each driver has keys of its own."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from soakgate.config.fields import Duration, Model, Script, Word
from soakgate.model.times import NS

__all__ = ["BUILT_IN", "CommandUpgrade", "ExternalUpgrade", "OtherUpgrade", "Upgrade"]

BUILT_IN = ("external", "command")


class ExternalUpgrade(Model):
    """Somebody else upgrades; it is only watched."""

    model_config = ConfigDict(json_schema_extra={"required": ["driver"]})

    driver: Annotated[Literal["external"], Field(description="watch, and do nothing")] = "external"


class CommandUpgrade(Model):
    """A command of the user's, which must exit with 0 in time."""

    model_config = ConfigDict(json_schema_extra={"required": ["driver", "command"]})

    driver: Annotated[Literal["command"], Field(description="run a command")] = "command"
    command: Annotated[Script, Field(description="run by /bin/sh -c in a process group of its own")]
    timeout: Annotated[Duration, Field(description="after it TERM, 10 s later KILL")] = 1800 * NS


class OtherUpgrade(Model):
    """A registered driver, whose own model says which keys it takes."""

    model_config = ConfigDict(extra="allow")

    driver: Annotated[
        Word,
        Field(
            description="a registered driver; it has keys of its own",
            json_schema_extra={"not": {"enum": [*BUILT_IN]}},
        ),
    ]

    @property
    def options(self) -> dict[str, Any]:
        """Give the driver's own keys as plain data."""
        return dict(self.model_extra or {})


def _tag(value: object) -> str:
    driver = value.get("driver") if isinstance(value, dict) else getattr(value, "driver", None)
    return str(driver) if driver in BUILT_IN else "other"


Upgrade = Annotated[
    Annotated[ExternalUpgrade, Tag("external")]
    | Annotated[CommandUpgrade, Tag("command")]
    | Annotated[OtherUpgrade, Tag("other")],
    Discriminator(_tag),
]
