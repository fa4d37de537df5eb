"""Durations, shares, rates, limits: what is read, what is refused, and that text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soakgate.config import units
from soakgate.model.criteria import Limit, Op
from soakgate.model.times import NS

HOUR = 3600 * NS


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("250ms", NS // 4), ("30s", 30 * NS), ("15m", 900 * NS), ("4h", 4 * HOUR),
        ("1h30m", HOUR + 1800 * NS), ("1.5s", 1_500_000_000), ("0.1s", NS // 10),
        (" 2s ", 2 * NS), ("1d", 24 * HOUR), ("1h0m1s", HOUR + NS), ("5us", 5000), ("7ns", 7),
        ("1m500ms", 60 * NS + NS // 2),
    ],
)  # fmt: skip
def test_durations(text: str, ns: int) -> None:
    assert units.parse_duration(text) == ns


@pytest.mark.parametrize(
    "text",
    ["", "s", "5 s", "1m1h", "1s1s", "-1s", "+1s", "1e3s", "1:30", "5sec", "1h30", "0s", "0h0m",
     "0.1ns", "367d", "999999999999999h", "1s\n2s", "٣s", "½s", True, None, [], {}, 1.5, 0, 7],
)  # fmt: skip
def test_no_durations(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        units.parse_duration(text)


@pytest.mark.parametrize("bare", [30, "30", 2.5, "1000"])
def test_bare_number_shows_the_right_form(bare: object) -> None:
    with pytest.raises(ValueError, match=f"unit: {bare}s\\? write it like 250ms"):
        units.parse_duration(bare)


def test_zero_only_where_allowed() -> None:
    assert units.parse_duration("0s", zero=True) == 0
    with pytest.raises(ValueError, match="above zero"):
        units.parse_duration("0s")


@given(st.integers(0, 300 * 24 * HOUR))
def test_durations_come_back(ns: int) -> None:
    assert units.parse_duration(units.duration_text(ns), zero=True) == ns


def test_durations_read_well() -> None:
    texts = [units.duration_text(ns) for ns in (0, NS // 4, 90 * NS, 25 * HOUR, 1800 * NS)]
    assert texts == ["0s", "250ms", "1m30s", "25h", "30m"]


@pytest.mark.parametrize(
    ("text", "share"),
    [("0.01%", 0.0001), ("+10%", 0.1), ("10 %", 0.1), ("-5%", -0.05), ("100%", 1.0), ("0%", 0.0)],
)
def test_shares_are_exact(text: str, share: float) -> None:
    assert units.parse_share(text) == share


@pytest.mark.parametrize("text", ["", "%", "10", "10%%", "1e2%", "ten%", "nan%", "inf%", 10, None])
def test_no_shares(text: object) -> None:
    with pytest.raises(ValueError, match="share needs its %"):
        units.parse_share(text)


@given(st.decimals(0, 500, places=6).map(str))
def test_shares_come_back(text: str) -> None:
    share = units.parse_share(f"{text}%")
    assert units.parse_share(units.share_text(share)) == share


@pytest.mark.parametrize(("text", "hz"), [(10, 10), ("0.5", 0.5), ("10/s", 10), ("3.6 Hz", 3.6)])
def test_rates(text: object, hz: float) -> None:
    assert units.parse_rate(text) == hz


@pytest.mark.parametrize("text", ["", 0, "0.0", -1, "-1", "ten", True, None, "nan", "inf", "10/m"])
def test_no_rates(text: object) -> None:
    with pytest.raises(ValueError, match="rate"):
        units.parse_rate(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("1s", Limit(Op.AT_MOST, 1.0, "s")),
        ("0.01%", Limit(Op.AT_MOST, 0.0001, "ratio")),
        ("+10%", Limit(Op.AT_MOST, 0.1, "ratio")),
        (">= 2", Limit(Op.AT_LEAST, 2.0, "count")),
        ("= 100%", Limit(Op.EXACTLY, 1.0, "ratio")),
        ("< 5", Limit(Op.BELOW, 5.0, "count")),
        ("<=1h30m", Limit(Op.AT_MOST, 5400.0, "s")),
        ("0", Limit(Op.AT_MOST, 0.0, "count")),
        (0, Limit(Op.AT_MOST, 0.0, "count")),
        (">=250ms", Limit(Op.AT_LEAST, 0.25, "s")),
    ],
)
def test_limits(text: object, limit: Limit) -> None:
    assert units.parse_limit(text) == limit


@pytest.mark.parametrize("text", ["", "<", "> 5", "=>5", "-1", "1 s s", "x", True, "<= <= 1", None])
def test_no_limits(text: object) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        units.parse_limit(text)


def test_bare_zero_takes_the_unit_of_its_criterion() -> None:
    assert units.parse_limit("0", unit="ratio") == Limit(Op.AT_MOST, 0.0, "ratio")
    assert units.parse_limit("= 0", unit="s") == Limit(Op.EXACTLY, 0.0, "s")


@pytest.mark.parametrize(
    ("text", "unit", "hint"),
    [("1", "s", "; 1s?"), ("5", "ratio", "; 5%?"), ("1s", "ratio", "a share"),
     ("1%", "count", "a number"), ("1%", "s", "a duration")],
)  # fmt: skip
def test_limit_of_a_wrong_unit(text: str, unit: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint.replace("?", r"\?")):
        units.parse_limit(text, unit=unit)  # type: ignore[arg-type]


@given(st.sampled_from(Op), st.integers(0, 10**13), st.sampled_from(["s", "ratio", "count"]))
def test_limits_come_back(op: Op, number: int, unit: str) -> None:
    value = number / 10**6
    limit = Limit(op, value, unit)  # type: ignore[arg-type]
    assert units.parse_limit(units.limit_text(limit), unit=limit.unit) == limit


def test_objectives() -> None:
    assert units.parse_objective("2s") == units.Objective(2 * NS)
    for text in ("3x baseline p95", "3 x  baseline p95", "1.5x baseline p95"):
        objective = units.parse_objective(text)
        assert objective.ns is None
        assert units.parse_objective(units.objective_text(objective)) == objective


@pytest.mark.parametrize("text", ["3x", "1x baseline p95", "0x baseline p95", "3x baseline p99", 2])
def test_no_objectives(text: object) -> None:
    with pytest.raises(ValueError, match=r"objective|1x|unit"):
        units.parse_objective(text)
