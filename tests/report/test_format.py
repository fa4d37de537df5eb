"""Words and rounding for people: no printed comparison may read false."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soakgate.model.result import CriterionRow, Interval
from soakgate.report import format as words
from tests.helpers import results
from tests.helpers.printed import base, numbers, sign

UNITS = st.sampled_from(["s", "ratio", "count"])
SIZES = st.floats(min_value=-1e18, max_value=1e18, allow_subnormal=False) | st.floats(-2, 2)


def row(
    value: float | None,
    low: float | None,
    high: float | None,
    limit: tuple[str, float, str] = ("<=", 1.0, "s"),
    **more: Any,
) -> CriterionRow:
    id_ = more.pop("id", "downtime")
    return CriterionRow.model_validate(
        results.criterion(id_, "fail", (value, low, high), limit, **more)
    )


@st.composite
def rows(draw: st.DrawFn) -> CriterionRow:
    """Give rows whose numbers often lie a rounding away from the limit."""
    limit = draw(SIZES)
    near = st.sampled_from([limit * (1 + k * 10.0**-e) for k in (-1, 0, 1) for e in range(1, 16)])
    low, value, high = sorted(draw(st.lists(near | SIZES, min_size=3, max_size=3)))
    id_ = draw(st.sampled_from(["downtime", "latency-regression"]))
    return row(value, low, high, ("<=", limit, draw(UNITS)), margin=limit - high, id=id_)


@settings(max_examples=400, deadline=None)
@given(rows())
@example(row(75.0000001, 74.9999999, 75.0000001, ("<", 75.0, "s")))
@example(row(0.00569999, 0.0056, 0.0058, ("<=", 0.005699999999999999, "ratio")))
@example(row(0.0019, 0.0018, 0.002, ("<=", 1.0, "s")))
@example(row(6.0, 5.9, 6.1, ("<=", 1800.0, "s")))
@example(row(1e-300, 0.0, 1e300, ("<=", 1.0, "s")))
def test_value_and_bounds_stand_to_the_limit_as_in_truth(seen: CriterionRow) -> None:
    (limit,) = base(words.limit(seen))
    (value,) = base(words.observed(seen))
    true = seen.observed
    assert sign(value, limit) == sign(true.value, seen.limit.value)
    span = words.bounds(seen)
    if span:
        low, high = base(span.replace(" - ", " "), like=words.observed(seen))
        assert sign(low, limit) == sign(true.low, seen.limit.value)
        assert sign(high, limit) == sign(true.high, seen.limit.value)
        assert low <= value <= high


@settings(max_examples=200, deadline=None)
@given(rows())
def test_a_margin_keeps_its_sign_and_is_zero_only_if_it_is(seen: CriterionRow) -> None:
    (margin,) = numbers(words.margin(seen))
    assert sign(margin, 0) == sign(seen.margin, 0)


@settings(max_examples=200, deadline=None)
@given(rows())
def test_no_infinity_nan_or_ragged_digits(seen: CriterionRow) -> None:
    printed = " ".join([words.observed(seen), words.bounds(seen), words.limit(seen)])
    assert "inf" not in printed.lower()
    assert "nan" not in printed.lower()
    assert len(printed) < 150


@pytest.mark.parametrize(
    ("seen", "printed"),
    [
        (row(4.2, 4.1, 4.3, margin=-3.1), "4.2 s (4.1 - 4.3) <= 1 s -3.1 s"),
        (
            row(0.00021, 0.00006, 0.00053, ("<", 0.0001, "ratio"), margin=-0.00043),
            "0.021 % (0.006 - 0.053) < 0.01 % -0.043",
        ),
        (
            row(0.031, 0.019, 0.044, ("<=", 0.1, "ratio"), margin=0.056, id="latency-regression"),
            "+3.1 % (+1.9 - +4.4) <= 10 % +5.6",
        ),
        (
            row(-0.002, -0.02, 0.01, ("<=", 0.1, "ratio"), id="latency-regression"),
            "-0.2 % (-2.0 - +1.0) <= 10 %",
        ),
        (row(18.0, 17.6, 18.2, (">=", 30.0, "s")), "18.0 s (17.6 - 18.2) >= 30 s"),
        (row(2.0, 2.0, 2.0, (">=", 2.0, "count"), margin=0.0), "2 >= 2 0"),
        (row(0.0, 0.0, 0.369, margin=0.631), "0 s (0 - 0.37) <= 1 s +0.63 s"),
        (
            row(74.9999, 74.9999, 74.9999, ("<", 75.0, "s"), margin=1e-4),
            "74.9999 s < 75 s +0.0001 s",
        ),
        (row(None, None, None), "not judged <= 1 s"),
        (row(0.0019, 0.00182, 0.0021, margin=0.9979), "1.9 ms (1.8 - 2.1) <= 1 s +0.998 s"),
        (row(0.0019, 0.0018, None, ("<=", 2.0, "s")), "1.9 ms (at least 1.8) <= 2 s"),
        (row(0.0, 0.0, 0.09, ("<=", 5.0, "s")), "0 ms (0 - 90) <= 5 s"),
        (row(0.15, 0.14, 0.16, ("<=", 2.0, "s")), "0.15 s (0.14 - 0.16) <= 2 s"),
        (row(1.0, 1.0, 1.0, ("=", 1.0, "count"), margin=0.0, id="upgrade-happened"), "yes = yes"),
        (row(0.0, 0.0, 0.0, ("=", 1.0, "count"), margin=-1.0, id="upgrade-happened"), "no = yes"),
        (row(0.8, 0.7, None), "0.8 s (at least 0.7) <= 1 s"),
        (row(None, None, 0.7), "no data (at most 0.7) <= 1 s"),
        (
            row(0.041, 0.04, 0.0432, ("<=", 0.25, "s"), margin=0.2),
            "41 ms (40 - 43) <= 250 ms +200 ms",
        ),
        (row(9000.0, 8999.0, 9001.0, ("<=", 14_400.0, "s")), "2.5000 h (2.4997 - 2.5003) <= 4 h"),
        (row(3.0, 2.9, 3.1, ("<=", 14_400.0, "s")), "3.0 s (2.9 - 3.1) <= 4 h"),
        (row(0.001, 0.001, 0.001, ("<=", 0.57 / 100, "ratio")), "0.1 % <= 0.57 %"),
        (row(1234567.0, 1234567.0, 1234567.0, ("<=", 2e6, "count")), "1,234,567 <= 2,000,000"),
    ],
)
def test_rows_read_like_this(seen: CriterionRow, printed: str) -> None:
    parts = (words.observed(seen), words.bounds(seen), words.limit(seen), words.margin(seen))
    assert " ".join(part for part in parts if part) == printed


def test_html_has_typographic_signs() -> None:
    seen = row(-0.031, -0.05, 0.01, ("<=", 0.1, "ratio"), margin=-0.1, id="latency-regression")
    assert words.observed(seen, html=True) == "−3.1 %"
    assert words.bounds(seen, html=True) == "(−5.0 – +1.0)"
    assert words.limit(seen, html=True) == "≤ 10 %"
    assert words.margin(seen, html=True) == "−10"


@pytest.mark.parametrize(
    ("seconds", "printed"),
    [
        (0, "0 s"), (0.0004, "0.4 ms"), (0.041, "41 ms"), (4.2, "4.2 s"), (-4.2, "-4.2 s"),
        (0.9999, "1 s"), (59.96, "1m00s"), (161, "2m41s"),
        (3599.6, "1h00m"), (3900, "1h05m"), (1e7, "2,777h46m"),
    ],
)  # fmt: skip
def test_durations(seconds: float, printed: str) -> None:
    assert words.duration(seconds) == printed


def test_intervals_of_incidents() -> None:
    assert words.interval(Interval(value=4.2, low=4.1, high=4.3)) == "4.2 s (4.1 - 4.3)"
    assert words.interval(Interval(value=0.9, low=0.9, high=0.9), unit="ratio") == "90 %"
    assert words.interval(Interval(value=None, low=None, high=None)) == "no data"


def test_info_rows_have_a_word_of_their_own_and_say_what_was_found() -> None:
    seen = row(2.0, 1.9, 2.1, level="info", effective="pass", reason="too short")
    assert (words.word(words.shown(seen)), words.mark(words.shown(seen))) == ("INFO", "i")
    assert words.evidence(seen) == "9,640 probes; for information: found FAIL; too short"


def test_info_rows_come_last_and_are_counted_apart() -> None:
    info = row(2.0, 1.9, 2.1, level="info", effective="pass")
    held = row(0.1, 0.0, 0.2).model_copy(update={"verdict": "pass", "effective": "pass"})
    broken = row(2.0, 1.9, 2.1)
    assert words.worst_first([info, held, broken]) == [broken, held, info]
    assert words.tally([info, held, broken]) == "1 fail · 1 pass · 1 for information"
    assert words.headline(results.result(reason="", criteria=[info.model_dump()])) == (
        "nothing was judged"
    )


def test_a_reason_that_only_repeats_the_numbers_is_left_to_them() -> None:
    seen = row(2.0, 1.9, 2.1, reason="shop was not served for 2 s in sum (limit 1 s)")
    assert words.why(seen, said="another sentence") == ""
    assert words.why(seen) == seen.reason
    more = row(2.0, 1.9, 2.1, reason="12 % failed (100 of 851; limit 1 %)")
    assert words.why(more, said="another sentence") == more.reason
    assert words.why(more, said=f"{more.reason}; interrupted by SIGINT") == ""
    unsure = row(2.0, 0.9, 2.1, reason="it may be down (limit 1 s)", effective="inconclusive")
    assert words.why(unsure, said="another sentence") == unsure.reason


@pytest.mark.parametrize(
    ("id_", "target", "printed"),
    [
        ("observer", None, "9,640 probes, our own control included"),
        ("errors", "shop", "9,640 probes"),
        ("errors", None, "9,640 requests"),
        ("latency-p99", None, "9,640 requests served"),
        ("brown-out", "shop", "9,640 probes served"),
    ],
)
def test_samples_say_what_was_counted(id_: str, target: str | None, printed: str) -> None:
    assert words.samples(row(0.0, 0.0, 0.0, id=id_, target=target)) == printed


def test_waived_rows_show_what_they_count_as() -> None:
    seen = row(2.0, 1.9, 2.1, effective="warn")
    assert words.shown(seen) == "warn"
    assert words.note(seen) == "found FAIL, counts as WARN"


def test_finding_ids_tell_target_phase_and_quantile_apart() -> None:
    ids = {
        words.finding_id(row(1.0, 1.0, 1.0, target=t, phase=p, quantile=q))
        for t in (None, "upgrade")
        for p in (None, "upgrade")
        for q in (None, "p99")
    }
    assert len(ids) == 8


def test_worst_first_keeps_the_order_of_the_file_among_equals() -> None:
    order = [words.finding_id(r) for r in words.worst_first(results.failed().criteria)]
    assert order[:3] == ["longest-outage/shop", "errors", "brown-out/shop"]
    assert order[-1] == "observer"


def test_evidence_says_nothing_twice() -> None:
    seen = row(
        1.0, 0.9, 1.1, reason="needs 3 more requests", needed={"requests": 3, "seconds": 348.0}
    )
    assert words.evidence(seen) == "9,640 probes; needs 3 more requests"
    bare = seen.model_copy(update={"reason": "said"})
    assert words.evidence(bare, said="said") == "9,640 probes; needs 3 more requests, 5m48s"


def test_the_sandbox_never_pretends() -> None:
    cluster = {"kind": "sandbox", "context": "sandbox", "uid": "", "from": "1.35", "to": "1.36"}
    seen = results.result(run={"cluster": cluster})
    assert words.place(seen) == "sandbox, not Kubernetes 1.35 → 1.36"


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**12))
def test_counts_have_separators(number: int) -> None:
    printed = words.count(number)
    assert int(printed.replace(",", "")) == number
    assert all(len(part) == 3 for part in printed.split(",")[1:])


def test_a_headline_is_never_empty() -> None:
    assert words.headline(results.result()) == "nothing was judged"
    assert (
        words.headline(results.failed().model_copy(update={"reason": ""})) == "5 of 8 criteria held"
    )


@pytest.mark.parametrize(
    ("fraction", "printed"), [(0.00021, "0.021 %"), (1.0, "100 %"), (0, "0 %")]
)
def test_ratios(fraction: float, printed: str) -> None:
    assert words.ratio(fraction) == printed


def test_clock_is_cut_not_rounded() -> None:
    assert words.clock("2026-11-24T05:02:11.999999Z") == "05:02:11Z"
    assert words.clock("2026-11-24T05:02:11.999999Z", digits=3) == "05:02:11.999Z"
    assert words.clock(None) == "?"
