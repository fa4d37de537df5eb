"""Errors are one harmless line, however hostile what they tell of."""

import pytest

from soakgate.errors import Exit, HarnessError, UsageError, printable, suggestion


def test_line_says_what_where_expected_found_and_next() -> None:
    error = UsageError("not a list", where="--x", expected="200,204", found="abc", hint="quote it")
    assert str(error) == "--x: not a list; expected 200,204; found abc; quote it"
    assert error.lines == (str(error),)
    assert (error.exit_code, HarnessError("x").exit_code) == (Exit.USAGE, Exit.HARNESS)


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31mred", "\u202eevil", "tab\there", "\x00"])
def test_foreign_text_cannot_leave_its_line(text: str) -> None:
    assert printable(text).isprintable()
    assert str(UsageError("x", found=text)).isprintable()


def test_foreign_text_is_bounded() -> None:
    assert printable("x" * 300) == "x" * 300
    assert printable("x" * 301) == "x" * 299 + "…"
    assert len(str(UsageError("x" * 10_000))) == 1000


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [("shpo", ["shop"], "shop"), ("Shop", ["shop"], "shop"),
     ("ab-c", ["Ab-C"], "Ab-C"), ("zzz", ["shop"], None), ("", ["shop"], None), ("x", [], None),
     ("shop" * 9999, ["shop"], None)],
)  # fmt: skip
def test_suggestions(word: str, known: list[str], near: str | None) -> None:
    assert suggestion(word, known) == (f'did you mean "{near}"?' if near else None)
