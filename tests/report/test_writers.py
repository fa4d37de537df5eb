"""All writers tell of the same findings, the same way each time, whatever the strings."""

import html
import re
from xml.etree import ElementTree as ET

import pytest

from soakgate.analysis.timeline import Timeline
from soakgate.report import format as words
from soakgate.report import html as page
from soakgate.report import junit, markdown, openmetrics, text
from tests.helpers import results
from tests.helpers.openmetrics import read

MAKERS = [results.failed, results.passed, results.undecided, results.hostile, results.crowded]
WRITERS = [page, junit, markdown, openmetrics]
EMPTY = Timeline()


def in_junit(result) -> list[str]:
    names = [c.get("name", "") for c in ET.fromstring(junit.write(result)).iter("testcase")]
    return [name for name in names if name != "run"]


def in_markdown(result) -> list[str]:
    lines = markdown.render(result).splitlines()
    cells = [line.split(" | ")[1] for line in lines if line.startswith("| ")][1:]
    return [html.unescape(cell).replace("\u200b", "") for cell in cells]


def in_openmetrics(result) -> list[str]:
    family = read(openmetrics.render(result))["soakgate_criterion_limit"]
    return [dict(key)["finding"] for key in family.samples]


def test_the_page_has_a_row_for_every_finding() -> None:
    for make in MAKERS:
        result = make()
        written = page.write(result, EMPTY).decode()
        cells = re.findall(r'<td class="id">(.*?)</td>', written, re.DOTALL)
        ids = [re.sub(r"<small.*|<[^>]*>", "", cell, flags=re.DOTALL).strip() for cell in cells]
        assert ids == [row.id for row in words.worst_first(result.criteria)]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("found", [in_junit, in_markdown, in_openmetrics])
def test_every_format_has_the_same_findings(make, found) -> None:
    result = make()
    assert sorted(found(result)) == sorted(map(words.finding_id, result.criteria))


def test_the_text_counts_every_finding() -> None:
    for make in MAKERS:
        result = make()
        said = text.summary(result, width=200, color=False, folder="x")
        rows = len(re.findall(r"^  [✓!?✕] (?:PASS|WARN|INCONCLUSIVE|FAIL)\b", said, re.MULTILINE))
        folded = sum(int(n) for n in re.findall(r"(\d+) more (?:passed|failed)", said))
        assert rows + folded == len(result.criteria)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_the_same_result_gives_the_same_bytes(make, writer) -> None:
    assert writer.write(make(), EMPTY) == writer.write(make(), EMPTY)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_names_its_file_and_documents_itself(writer) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+", writer.FILENAME)
    assert len(writer.__doc__) > 200


@pytest.mark.parametrize("writer", WRITERS)
def test_hostile_strings_leave_only_printable_text(writer) -> None:
    written = writer.write(results.hostile(), EMPTY).decode()
    assert all(c.isprintable() or c == "\n" for c in written)


@pytest.mark.parametrize("writer", WRITERS)
def test_the_verdict_is_in_every_format(writer) -> None:
    for make in MAKERS:
        assert make().verdict in writer.write(make(), EMPTY).decode().lower()
