import pytest

from soakgate.model.criteria import Limit, Op
from soakgate.verdict.words import compared, joined, lasting


def test_a_comparison_never_reads_false() -> None:
    assert compared(0.00010001, Limit(Op.AT_MOST, 0.0001, "ratio")) == ("0.010001 %", "0.01 %")
    assert compared(0.94999, Limit(Op.AT_LEAST, 0.95, "ratio")) == ("94.999 %", "95 %")
    assert compared(0.0019, Limit(Op.AT_MOST, 1.0, "s")) == ("1.9 ms", "1 s")
    assert compared(0.19, Limit(Op.AT_MOST, 1.0, "s")) == ("0.19 s", "1 s")
    assert compared(6.0, Limit(Op.AT_MOST, 1800.0, "s")) == ("6 s", "30 min")


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_joined_as_in_a_sentence(names: list[str], text: str) -> None:
    assert joined(names) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (120, "120 s"), (121, "3 min"), (348, "6 min"), (7200, "120 min"),
     (7201, "2.1 h"), (3.6e6, "1,000 h")],
)  # fmt: skip
def test_what_is_still_needed_is_rounded_up(seconds: float, text: str) -> None:
    assert lasting(seconds) == text
