"""The one rule of rounding: what is printed compares with the limit as the truth does.

A number gets two significant digits, more if its bounds are closer together, and then as many
as it takes until value and bounds stand to the limit on paper as they do in truth: never
"75 < 75". One row is written in one unit with one number of decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from soakgate.model.result import UnitName

__all__ = [
    "MOST_DECIMALS",
    "PERCENT",
    "Scale",
    "Scaled",
    "plain",
    "scale_of",
    "scales_of",
    "settle",
]

PRECISION = 60  # far beyond the 17 digits of a float, so that scaling loses nothing
SMALL, LARGE = Decimal("1e-9"), Decimal("1e15")  # outside: exact, with an exponent
LIMIT_DIGITS = 12  # 0.57 % read into a float and back is 0.5699999999999999 %
CLOSE = 4  # decimals that close bounds may add to those of the value
FAINT = 0.1  # seconds; numbers of a row below it need zeros before their first digit
FAR = 0.1  # of a limit; numbers below it may have a unit of their own
WHOLE = 0.9995  # seconds; from here on milliseconds would be rounded to 1,000
LONG = 600.0  # seconds; from here on limits read better in minutes or hours
MOST_DECIMALS = 40  # two floats between SMALL and LARGE differ long before


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit is shown: shown number = base number * `times` / `over`, then `word`."""

    word: str
    times: int = 1
    over: int = 1

    def apply(self, number: float) -> Decimal:
        """Give the shown number, without loss."""
        with localcontext(prec=PRECISION):
            return Decimal(repr(float(number))) * self.times / self.over + 0


PERCENT, NUMBER = Scale("%", times=100), Scale("")
MILLIS, SECONDS = Scale("ms", times=1000), Scale("s")
MINUTES, HOURS = Scale("min", over=60), Scale("h", over=3600)


def scale_of(unit: UnitName, numbers: Sequence[float], *, limit: float | None = None) -> Scale:
    """Choose the scale of a row from its unit, numbers and limit (base units)."""
    if unit == "ratio":
        return PERCENT
    if unit == "count":
        return NUMBER
    top = max((abs(n) for n in (*numbers, limit or 0.0)), default=0.0)
    if 0 < top < WHOLE:
        return MILLIS
    return SECONDS if limit is None else _longest(numbers, limit=limit)


def scales_of(unit: UnitName, numbers: Sequence[float], *, limit: float) -> tuple[Scale, Scale]:
    """Choose the scales of the numbers of a row and of its limit: one for both, or the better two.

    Numbers far below a limit compare truly in any unit: `1.9 ms, limit 1 s`, `6 s, limit 30 min`.
    """
    both = scale_of(unit, numbers, limit=limit)
    top = max((abs(n) for n in numbers), default=0.0)
    if both is not SECONDS or not 0 < top < FAR * limit:
        return both, both
    return (MILLIS if top < FAINT else SECONDS), _longest((), limit=limit)


def _longest(numbers: Sequence[float], *, limit: float) -> Scale:
    suited = (s for s in (HOURS, MINUTES) if _suits(s, numbers, limit=limit))
    return next(suited, SECONDS)


def _suits(scale: Scale, numbers: Sequence[float], *, limit: float) -> bool:
    """Tell whether a long limit stays short and exact in a long unit, and the numbers above 1."""
    if not LONG <= limit < 1e9 or limit < 2 * scale.over or scale.apply(limit * 4) % 1:
        return False
    return all(scale.over <= abs(n) < 1e9 for n in numbers if n)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Numbers of one row, rounded alike. `texts` follow the order given; None stays None."""

    texts: tuple[str | None, ...]
    limit: str
    decimals: int


def _rounded(number: Decimal, decimals: int) -> Decimal:
    with localcontext(prec=PRECISION):
        return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def _sign(a: Decimal, b: Decimal) -> int:
    return (a > b) - (a < b)


def _significant(number: Decimal, digits: int) -> int:
    """Give the decimals that show `digits` significant digits; 0 at least."""
    return max(0, digits - 1 - number.adjusted()) if number else 0


def _first_decimals(numbers: Sequence[Decimal]) -> int:
    """Give the decimals to begin with; the first number is the value, if there is one."""
    lead = next((n for n in numbers if n), Decimal(0))
    decimals = _significant(lead, 2)
    width = max(numbers) - min(numbers)
    return max(decimals, min(_significant(width, 1), decimals + CLOSE))


def plain(number: Decimal, decimals: int) -> str:
    """Write a number with thousands separators and a fixed number of decimals."""
    if _wild(number):
        return _exact(number)
    rounded = _rounded(number, decimals)
    return f"{rounded if rounded else abs(rounded):,.{decimals}f}"


def _exact(number: Decimal) -> str:
    return f"{number.normalize():,f}" if not _wild(number) else str(number.normalize())


def _wild(number: Decimal) -> bool:
    return bool(number) and not SMALL <= abs(number) < LARGE


def _short_limit(limit: Decimal) -> Decimal:
    with localcontext(prec=LIMIT_DIGITS):
        return (+limit).normalize()


def _trimmed(texts: list[str]) -> list[str]:
    """Take away the zeros that all texts end with after the point."""
    while texts and all("." in t and t.endswith("0") for t in texts):
        texts = [t[:-1] for t in texts]
    return [t.rstrip(".") for t in texts]


def _decide(
    numbers: Sequence[Decimal], limit: Decimal | None, shown: Decimal | None, least: int
) -> int | None:
    """Give the fewest decimals at which the comparisons read true, or None."""
    for decimals in range(max(least, _first_decimals(numbers)), MOST_DECIMALS):
        if limit is None or shown is None:
            return decimals
        if all(_sign(_rounded(n, decimals), shown) == _sign(n, limit) for n in numbers):
            return decimals
    return None


def settle(
    numbers: Sequence[float | None], *, scale: Scale, limit: float | None = None, least: int = 0
) -> Scaled:
    """Round the numbers of one row (base units) so that none compares falsely with the limit.

    `least` asks for so many decimals at least; zeros that all numbers end with are not printed.
    """
    exact = [None if n is None else scale.apply(n) for n in numbers]
    known = [n for n in exact if n is not None]
    bar = None if limit is None else scale.apply(limit)
    if any(map(_wild, known if bar is None else [*known, bar])):
        texts = tuple(None if n is None else _exact(n) for n in exact)
        return Scaled(texts, "" if bar is None else _exact(bar), 0)
    for shown in (None if bar is None else _short_limit(bar), bar):
        decimals = _decide(known, bar, shown, least) if known else 0
        if decimals is not None:
            break
    decimals = MOST_DECIMALS if decimals is None else decimals
    short = iter(_trimmed([plain(n, decimals) for n in known if n]))
    texts = tuple(None if n is None else next(short) if n else "0" for n in exact)
    return Scaled(texts, "" if shown is None else _exact(shown), decimals)
