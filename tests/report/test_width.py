"""Columns of a terminal: wide, combining and unprintable characters."""

from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.report.width import cut_end, cut_middle, display_width, pad, wrap


def test_wide_and_combining_characters_are_counted_by_columns() -> None:
    assert display_width("漢字") == 4
    assert display_width("e\u0301") == 1
    assert display_width("naïve") == 5


def test_names_are_cut_in_the_middle() -> None:
    assert cut_middle("aks-user-12345678-vmss00000a", 16) == "aks-user…s00000a"
    assert cut_middle("short", 16) == "short"
    assert cut_middle("漢字漢字", 5) == "漢…字"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(0, 40))
def test_nothing_is_wider_than_asked_for_or_unprintable(text: str, width: int) -> None:
    for cut in (cut_middle(text, width), cut_end(text, width)):
        assert display_width(cut) <= width or width == 0
        assert cut.isprintable()


@settings(deadline=None)
@given(st.text(alphabet="aé漢", max_size=20))
def test_padded_text_fills_its_column(text: str) -> None:
    assert display_width(pad(text, 40)) == 40
    assert pad(text, 0) == text


def test_sentences_break_at_spaces_and_only_the_last_line_is_cut() -> None:
    assert wrap("one two three four", 9, most=3) == ["one two", "three", "four"]
    assert wrap("one two three four", 9, most=2) == ["one two", "three fo…"]
    assert wrap("x" * 12 + " y", 9, most=2) == ["xxxxxxxx…", "y"]
    assert wrap("漢字 漢字", 4, most=3) == ["漢字", "漢字"]
    assert wrap("short", 9, most=1) == ["short"]
