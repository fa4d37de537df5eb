"""What a run is judged by: criteria with limits, and waivers that somebody signed for."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, field_validator, model_validator

from soakgate.config.fields import LimitText, Model, Name, Note, Word
from soakgate.model.criteria import Level

__all__ = ["CriterionRule", "Waiver"]


def _quantile(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"p[0-9]{2}(\.[0-9])?", value, re.ASCII):
        raise ValueError("not a quantile; write it like p50, p95, p99 or p99.9")
    return value


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("not a day; write it like 2027-01-31 (UTC, itself included)")


class CriterionRule(Model):
    """One criterion with its limit; the same id once per target, phase and quantile."""

    id: Annotated[Name, Field(description="the criterion; `soakgate explain ID` tells more")]
    target: Annotated[Name | None, Field(description="without it, each target")] = None
    phase: Annotated[Word | None, Field(description="without it, the criterion's own window")] = (
        None
    )
    quantile: Annotated[
        Annotated[str, BeforeValidator(_quantile)] | None,
        Field(description="of criteria that take one", examples=["p95", "p99"]),
    ] = None
    limit: Annotated[LimitText | None, Field(description="1s, 0.01%, +10%, >= 2; <= if bare")] = (
        None
    )
    level: Annotated[Level, Field(description="warn caps at WARN, info counts for nothing")] = (
        Level.FAIL
    )
    requests: Annotated[
        int | None, Field(ge=1, strict=True, description="least requests for a limit of zero")
    ] = None
    truth: Annotated[
        Literal["window", "process"] | None, Field(description="what happened, or what is behind")
    ] = None
    options: dict[str, JsonValue] = Field(
        default_factory=dict, description="keys of this criterion's own"
    )


class Waiver(Model):
    """A signed-off exception: turns FAIL into WARN until the end of a day in UTC."""

    criterion: Annotated[Name | None, Field(description="id of a criterion")] = None
    check: Annotated[Word | None, Field(description="id of an audit's check")] = None
    target: Annotated[Name | None, Field(description="without it, each target")] = None
    object: Annotated[Word | None, Field(description="kind/namespace/name of an object")] = None
    owner: Annotated[Word, Field(description="who signed for it")]
    reason: Annotated[Note, Field(description="why it is accepted")]
    expires: Annotated[
        date, BeforeValidator(_day), Field(description="last day, UTC, itself included")
    ]
    digest: Annotated[str | None, Field(description="sha256:... of the object as signed")] = None

    @field_validator("digest")
    @classmethod
    def _check_digest(cls, digest: str | None) -> str | None:
        if digest is not None and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise ValueError("not a digest; write it like sha256: and 64 hex digits")
        return digest

    @model_validator(mode="before")
    @classmethod
    def _check_parts(cls, data: Any) -> Any:
        if isinstance(data, dict) and ("criterion" in data) == ("check" in data):
            raise ValueError("a waiver names either a criterion or a check")
        return data

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if self.criterion is not None and self.object is not None:
            raise ValueError("a criterion is waived for a target; object belongs to a check")
        if self.check is not None and self.target is not None:
            raise ValueError("a check is waived for an object; target belongs to a criterion")
        if self.digest is not None and self.object is None:
            raise ValueError("a digest needs its object")
        return self
