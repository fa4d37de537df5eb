"""Geometry of charts: places, ticks, boxes and labels that keep apart."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.analysis.timeline import Look, Span
from soakgate.model.times import NS
from soakgate.report._html.frame import Frame, Shelf, boxes, ticks

FRAME = Frame(1160, 150, 40, 0, 970 * NS)  # a pixel a second


def spans(*pairs):
    return [Span(round(a * NS), round(b * NS), Look.BAD, f"{a}") for a, b in pairs]


def test_moments_lie_on_their_second_and_stay_inside():
    assert FRAME.x(0) == 150
    assert FRAME.x(485 * NS) == 635
    assert FRAME.x(9_999 * NS) == FRAME.edge == 1120
    assert FRAME.span(971 * NS, 980 * NS) is None


def test_small_neighbours_share_a_box_and_wide_ones_keep_their_words():
    assert [b.text for b in boxes(FRAME, spans((10, 10.2), (11, 11.2), (12.5, 13)))] == [""]
    assert [b.text for b in boxes(FRAME, spans((10, 40), (40, 70)))] == ["10", "40"]
    assert [(b.x, b.width) for b in boxes(FRAME, spans((10, 40), (20, 70)))] == [(160, 60)]


def test_ticks_are_round_and_keep_their_room():
    found = list(ticks(FRAME))
    assert found[0] == (0, "+0")
    assert [text for _, text in found[1:4]] == ["+2m", "+4m", "+6m"]
    assert all(b - a >= 74 * NS for (a, _), (b, _) in pairwise(found))


def test_ticks_of_a_short_slice_have_fractions_and_those_of_days_have_hours():
    short = [text for _, text in ticks(Frame(1160, 150, 40, 60 * NS, 61 * NS))]
    assert short[:2] == ["+1m0s", "+1m0.1s"]
    long = [text for _, text in ticks(Frame(360, 0, 30, 0, 400 * 3600 * NS))]
    assert all(text.endswith("h") for text in long[1:])
    assert len(long) <= 7


@settings(max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 1000), st.integers(1, 30)), max_size=40))
def test_labels_on_a_shelf_never_overlap(wanted):
    shelf = Shelf(150, 1160)
    for middle, length in wanted:
        shelf.around(middle, "x" * length, size=10)
        shelf.beside(middle, middle + 5, "x" * length, size=10)
    taken = sorted(shelf.taken)
    assert all(a[1] <= b[0] for a, b in pairwise(taken))
    assert all(a >= 149.9 and b <= 1160.1 for a, b in taken)
