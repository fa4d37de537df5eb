"""A measured quantity with what it can be at least and at most."""

from dataclasses import dataclass

__all__ = ["Bounds"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """`low <= value <= high`, in seconds or as a ratio; `high` None means unbounded.

    The bounds are two-sided 95 %: the truth is above or below in at most 2.5 % of cases each.
    """

    value: float
    low: float
    high: float | None
