"""summary.md: cut by itself, worst first, and harmless whatever the strings."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.report import format as words
from soakgate.report import markdown
from tests.helpers import results


def many(number: int):
    """Give a result of so many criteria with long reasons, every third one failed."""
    rows = [
        results.criterion(
            "errors",
            "pass" if k % 3 else "fail",
            (0.5, 0.4, 0.6),
            ("<=", 0.1 if k % 3 == 0 else 0.9, "ratio"),
            target=f"service-{k:05d}",
            reason="漢" * 290,
        )
        for k in range(number)
    ]
    return results.result(verdict="fail", reason="many failed", criteria=rows)


def table(text: str) -> list[list[str]]:
    """Give the cells of the body of the table."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def test_a_failed_run_reads_like_this() -> None:
    text = markdown.render(results.failed())
    assert text.startswith(
        "## ✕ FAIL: shop was not served for 4.2 s (limit 1 s) while node soakgate-worker2 drained\n"
        "\n"
        "**shop through an AKS upgrade** · kind kind-soakgate 1.35.4 → 1.36.3 · "
        "2026-11-24 05:02:11Z, 26m00s · run 2026-11-24T05-02-11-shop · soakgate 0.1.0\n"
    )
    row = (
        "| ✕ **FAIL** | longest-outage/shop | 4.2 s | (4.1 – 4.3) | ≤ 1 s | −3.1 s | 9,640 probes |"
    )
    assert row in text
    assert "| ? **INCONCLUSIVE** | errors | 0.021 % | (0.006 – 0.053) | &lt; 0.01 % |" in text
    assert "  - outage shop/new at 05:14:19.123Z for 4.2 s (4.1 - 4.3), refused × 31" in text


@pytest.mark.parametrize("limit", [markdown.COMMENT, markdown.SUMMARY, 20_000])
def test_it_cuts_itself_and_says_how_many_it_left_out(limit: int) -> None:
    result = many(3000)
    text = markdown.render(result, limit=limit)
    assert len(text.encode()) <= limit
    kept = len(table(text))
    assert f"\n{words.count(3000 - kept)} more left out here (" in text
    assert len(text.encode()) > limit - 3000  # no more than a row and the reserve is wasted
    verdicts = [cells[0] for cells in table(text)]
    assert verdicts == sorted(verdicts, key=lambda v: "FAIL" not in v)


def test_a_default_document_fits_a_step_summary() -> None:
    assert len(markdown.write(many(3000))) < 1024 * 1024


def test_left_out_rows_are_counted_by_verdict() -> None:
    result = many(3000)
    text = markdown.render(result, limit=20_000)
    shown = len(table(text))
    left = f"({words.count(1000 - shown)} fail · 2,000 pass)"
    assert left in text


def test_a_table_has_the_same_cells_in_every_row() -> None:
    for make in (results.failed, results.undecided, results.hostile, results.crowded):
        widths = {
            len(re.split(r"(?<!\\)\|", line))
            for line in markdown.render(make()).splitlines()
            if line.startswith("|")
        }
        assert widths == {9}


def test_hostile_strings_become_neither_markup_nor_links_nor_mentions() -> None:
    text = markdown.render(results.hostile())
    assert "<" not in text.replace("&lt;", "")
    for forbidden in ("@everyone", "](", "://", "`code`", "\x1b", "\u202e", "\x00", "{% x %}|"):
        assert forbidden not in text
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert len(titles) == 2


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_escaped_text_reads_as_it_was_and_has_no_special_characters(text: str) -> None:
    escaped = markdown.escape(text)
    bare = re.sub(r"&(?:#\d+|[a-z]+);", "", escaped)
    assert not set(bare) & set('\\`*_[]<>|~$@"\n\r#!')
    read = html.unescape(escaped).replace("\u200b", "")
    assert read == words.printable(text).replace("\u200b", "")


@pytest.mark.parametrize("text", ["http://evil.example", "www.evil.example", "HTTPS://x", "WWW.x"])
def test_addresses_are_not_linked(text: str) -> None:
    assert not re.search(r"://|www\.", markdown.escape(text), re.IGNORECASE)


def test_an_unreadable_run_is_told_too() -> None:
    run = {"started": None, "ended": None}
    text = markdown.render(results.result(verdict="inconclusive", reason="no evidence", run=run))
    assert "## ? INCONCLUSIVE: no evidence" in text
    assert "start unknown" in text
    assert "| Verdict" not in text
