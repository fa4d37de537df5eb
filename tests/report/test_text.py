"""The end of a run on stdout."""

import re

import pytest

from soakgate.report.text import summary
from soakgate.report.width import display_width
from tests.helpers import results

WIDE = 200
EXPECTED = """\
FAIL  shop was not served for 4.2 s (limit 1 s) while node soakgate-worker2 drained

  ✕ FAIL          longest-outage      shop         4.2 s    (4.1 - 4.3)      <= 1 s    -3.1 s   9,640 probes
  ? INCONCLUSIVE  errors                           0.021 %  (0.006 - 0.053)  < 0.01 %  -0.043   19,204 requests; needs 17,700 more requests without an error, 6 min at 50/s
  ! WARN          brown-out           shop         7.0 s    (6.9 - 7.1)      <= 5 s    -1.9 s   9,640 probes served; found FAIL, counts as WARN; waived by platform-team until 2027-01-31
  ✓ PASS          latency-p95         p95          41 ms    (39 - 44)        <= 2 s    +1.96 s  19,204 requests served
  ✓ PASS          latency-regression  p99          +3.1 %   (+1.9 - +4.4)    <= 10 %   +5.6     13,192 requests
  ✓ PASS          errors              shop · soak  0 %      (0 - 0.04)       <= 0.1 %  +0.06    7,400 probes
  ✓ PASS          upgrade-happened                 yes                       = yes
  ✓ PASS          observer                         0.04 %                    <= 10 %   +9.96    19,900 probes, our own control included

  report  runs/shop/report.html
  again   soakgate judge runs/shop
  why     soakgate explain longest-outage
"""  # noqa: E501


def test_a_failed_run_reads_like_this() -> None:
    assert summary(results.failed(), width=WIDE, color=False, folder="runs/shop") == EXPECTED


def test_passes_are_folded_away_and_counted() -> None:
    text = summary(results.crowded(), width=WIDE, color=False, folder="runs/x")
    assert text.count("✓ PASS") == 3
    assert "\n  + 35 more passed\n" in text


def test_failures_beyond_the_most_are_counted_too() -> None:
    rows = [
        results.criterion("errors", "fail", (0.5, 0.4, 0.6), ("<=", 0.1, "ratio"), target=f"t{k}")
        for k in range(50)
    ]
    text = summary(results.result(criteria=rows), width=WIDE, color=False, folder="x")
    assert text.count("✕ FAIL") == 40
    assert "  + 10 more failed" in text


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("make", [results.failed, results.undecided, results.hostile])
def test_evidence_never_runs_over_the_edge(make, width: int) -> None:
    text = summary(make(), width=width, color=False, folder="runs/x")
    body = text.split("\n\n")[1]
    rows = [line for line in body.splitlines() if "probes" in line or "requests" in line]
    assert rows
    assert all(display_width(line) <= width for line in rows)


def test_a_narrow_terminal_loses_no_row() -> None:
    text = summary(results.failed(), width=60, color=False, folder="runs/x")
    for row in results.failed().criteria:
        assert f" {row.id}" in text


def test_what_a_decision_lacks_moves_to_a_line_of_its_own_rather_than_being_cut() -> None:
    lines = summary(results.failed(), width=130, color=False, folder="x").splitlines()
    index = next(k for k, line in enumerate(lines) if "? INCONCLUSIVE" in line)
    assert lines[index].endswith("-0.043")
    whole = "19,204 requests; needs 17,700 more requests without an error, 6 min at 50/s"
    assert lines[index + 1] == f"    {whole}"


def test_colour_adds_nothing_but_escapes() -> None:
    plain = summary(results.failed(), width=WIDE, color=False, folder="x")
    bright = summary(results.failed(), width=WIDE, color=True, folder="x")
    assert bright != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", bright) == plain


def test_hostile_strings_cannot_steer_a_terminal() -> None:
    text = summary(results.hostile(), width=WIDE, color=False, folder="a\x1b[31m\nb")
    assert all(line.isprintable() for line in text.splitlines())
    assert "\\x1b[31m" in text


def test_the_folder_can_be_pasted_into_a_shell() -> None:
    text = summary(results.passed(), width=WIDE, color=False, folder="my runs/1")
    assert "again   soakgate judge 'my runs/1'" in text


def test_a_pass_explains_nothing() -> None:
    assert "explain" not in summary(results.passed(), width=WIDE, color=False, folder="x")


def test_the_sandbox_is_named() -> None:
    cluster = {"kind": "sandbox", "context": "", "uid": "", "from": "", "to": ""}
    text = summary(results.result(run={"cluster": cluster}), width=80, color=False, folder="x")
    assert "sandbox, not Kubernetes" in text


def test_a_result_without_criteria_still_has_its_reason() -> None:
    seen = results.result(verdict="inconclusive", reason="run.json: not readable", files={})
    text = summary(seen, width=80, color=False, folder="x")
    assert text == "INCONCLUSIVE  run.json: not readable\n\n  again   soakgate judge x\n"
