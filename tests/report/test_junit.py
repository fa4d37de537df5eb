"""junit.xml: well-formed, in the shape that Jenkins checks, with stable names."""

import re
from xml.etree import ElementTree as ET

import pytest

from soakgate.report import junit
from tests.helpers import results

# what the schema of Jenkins' xUnit plugin lets each element have
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "system-out"},
    "property": set(),
    "failure": set(),
    "system-out": set(),
}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp"},
    "properties": set(),
    "testcase": {"name", "classname", "time"},
    "property": {"name", "value"},
    "failure": {"type", "message"},
    "system-out": set(),
}
MAKERS = [results.failed, results.passed, results.undecided, results.hostile, results.crowded]


def parsed(result) -> ET.Element:
    return ET.fromstring(junit.write(result))


def cases(result) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in parsed(result).iter("testcase")}


@pytest.mark.parametrize("make", MAKERS)
def test_the_shape_is_that_of_the_schema(make) -> None:
    for element in parsed(make()).iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert re.fullmatch(r"\d*(\.\d{3})?", element.get("time", ""))


@pytest.mark.parametrize("make", MAKERS)
def test_counts_are_those_of_the_cases(make) -> None:
    root = parsed(make())
    suite = root[0]
    failures = len(list(root.iter("failure")))
    for element in (root, suite):
        assert int(element.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(element.attrib["failures"]) == failures
        assert element.attrib["errors"] == "0"


def test_fail_and_inconclusive_are_failures_and_warn_has_passed() -> None:
    found = cases(results.failed())
    assert found["longest-outage/shop"].find("failure").get("type") == "fail"
    assert found["errors"].find("failure").get("type") == "inconclusive"
    assert found["brown-out/shop"].find("failure") is None
    assert "found FAIL, counts as WARN" in found["brown-out/shop"].findtext("system-out")


def test_a_failure_tells_what_happened() -> None:
    failure = cases(results.failed())["longest-outage/shop"].find("failure")
    assert failure.get("message", "").startswith(
        "observed 4.2 s (4.1 - 4.3), limit <= 1 s, margin -3.1 s, 9,640 probes; shop was not"
    )
    assert "refused × 31, reset × 2; coincided with drain node/soakgate-worker2" in failure.text


def test_an_informational_failure_has_passed() -> None:
    row = results.criterion(
        "errors", "fail", (0.5, 0.4, 0.6), ("<=", 0.1, "ratio"), level="info", effective="pass"
    )
    case = cases(results.result(criteria=[row]))["errors/shop"]
    assert case.find("failure") is None
    assert case.findtext("system-out", "").startswith("INFO: observed 50 %")


def test_properties_carry_observed_and_limit() -> None:
    found = {p.get("name"): p.get("value") for p in parsed(results.failed()).iter("property")}
    assert found["errors.observed"] == "0.021 % (0.006 - 0.053)"
    assert found["errors.limit"] == "< 0.01 %"
    assert found["verdict"] == "fail"


def test_names_carry_no_measured_numbers() -> None:
    first = results.failed()
    other = first.model_copy(
        update={
            "criteria": [
                row.model_copy(update={"observed": row.observed.model_copy(update={"value": 7.77})})
                for row in first.criteria
            ]
        }
    )
    assert list(cases(first)) == list(cases(other))


@pytest.mark.parametrize("verdict", ["inconclusive", "fail"])
def test_a_run_worse_than_its_criteria_has_a_case_of_its_own(verdict: str) -> None:
    result = results.passed().model_copy(update={"verdict": verdict, "reason": "SIGTERM"})
    failure = cases(result)["run"].find("failure")
    assert (failure.get("type"), failure.get("message")) == (verdict, "SIGTERM")


def test_a_run_no_worse_than_its_criteria_has_none() -> None:
    assert "run" not in cases(results.failed())
    assert "run" not in cases(results.passed())


def test_nothing_judged_is_not_a_pass() -> None:
    result = results.result(verdict="inconclusive", reason="run.json: not readable")
    assert list(cases(result)) == ["run"]


def test_an_unreadable_run_has_no_times() -> None:
    result = results.result(verdict="inconclusive", run={"started": None, "ended": None})
    suite = parsed(result)[0]
    assert "time" not in suite.attrib
    assert "timestamp" not in suite.attrib
