"""junit.xml: the criteria as test cases, in the shape that pytest writes and Jenkins checks.

One test case per criterion, target, phase and quantile. Names carry no measured numbers, so that
pass rates can be gathered over many runs. FAIL and INCONCLUSIVE are `<failure>` of type `fail` and
`inconclusive`; WARN has passed, with its row in `<system-out>`. Observed values, bounds and limits
are properties of the suite (`NAME.observed`), since test cases may not have any. If the run itself
is worse than all its criteria (interrupted, damaged evidence), a test case `run` says why.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from soakgate.errors import printable
from soakgate.model.findings import ORDER, Verdict
from soakgate.model.result import CriterionRow, RunResult, Word
from soakgate.report import details
from soakgate.report import format as words

if TYPE_CHECKING:
    from soakgate.analysis.timeline import Timeline

__all__ = ["FILENAME", "write"]

FILENAME = "junit.xml"
FAILURES = ("inconclusive", "fail")
MOST = 4000  # characters of one foreign text


def _clean(text: str) -> str:
    """Make a foreign text fit for XML: what XML forbids is not printable either."""
    return printable(text, MOST)


def _length(result: RunResult) -> dict[str, str]:
    length = words.length(result.run)
    return {} if length is None else {"time": f"{length:.3f}"}


def _row_text(row: CriterionRow) -> str:
    seen = f"observed {words.observed(row)} {words.bounds(row)}".rstrip()
    far = f"margin {words.margin(row)}" if row.margin is not None else ""
    facts = [seen, f"limit {words.limit(row)}", far, words.evidence(row)]
    return _clean(", ".join(part for part in facts if part))


def _facts(result: RunResult) -> Iterator[tuple[str, str]]:
    yield "run", result.run.id
    yield "scenario", result.run.name
    yield "verdict", result.verdict
    yield "reason", words.headline(result)
    yield "place", words.place(result)
    yield "soakgate", result.run.soakgate
    for row in result.criteria:
        name = words.finding_id(row)
        yield f"{name}.verdict", row.verdict
        yield f"{name}.effective", row.effective
        yield f"{name}.observed", f"{words.observed(row)} {words.bounds(row)}".strip()
        yield f"{name}.limit", words.limit(row)


def _case(suite: Element, name: str, *, group: str) -> Element:
    return SubElement(suite, "testcase", classname=f"soakgate.{_clean(group)}", name=name, time="0")


def _fail(case: Element, verdict: Word, *, message: str, lines: list[str]) -> None:
    failure = SubElement(case, "failure", type=verdict, message=message)
    failure.text = "\n".join([f"{words.word(verdict)}: {message}", *map(_clean, lines)])


def _criterion(suite: Element, row: CriterionRow, *, result: RunResult) -> None:
    case = _case(suite, words.finding_id(row), group=row.id)
    if row.effective in FAILURES:
        lines = details.lines(result, row)
        _fail(case, row.effective, message=_row_text(row), lines=lines)
    else:
        out = SubElement(case, "system-out")
        out.text = f"{words.word(words.shown(row))}: {_row_text(row)}"


def _run_is_worse(result: RunResult) -> bool:
    rank = ORDER.index
    worst = max((rank(Verdict(row.effective)) for row in result.criteria), default=0)
    return rank(Verdict(result.verdict)) > worst and result.verdict in FAILURES


def write(result: RunResult, timeline: "Timeline | None" = None) -> bytes:
    """Give the bytes of junit.xml; they depend on nothing but the result."""
    failures = sum(row.effective in FAILURES for row in result.criteria) + _run_is_worse(result)
    tests = str(len(result.criteria) + _run_is_worse(result))
    counts = {"tests": tests, "failures": str(failures), "errors": "0"}
    counts |= {"name": "soakgate", **_length(result)}
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {**counts, "skipped": "0"})
    if result.run.started is not None:
        suite.set("timestamp", result.run.started[:19])
    properties = SubElement(suite, "properties")
    for name, value in _facts(result):
        SubElement(properties, "property", name=_clean(name), value=_clean(value))
    for row in result.criteria:
        _criterion(suite, row, result=result)
    if _run_is_worse(result):
        case = _case(suite, "run", group="run")
        _fail(case, result.verdict, message=_clean(words.headline(result)), lines=[])
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
