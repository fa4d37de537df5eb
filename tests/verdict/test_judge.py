from collections.abc import Sequence
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.config.rules import CriterionRule, Waiver
from soakgate.model.evidence import Cluster, Damage, Identity, UpgradeRecord
from soakgate.model.findings import ORDER, Verdict
from soakgate.model.result import RunResult
from soakgate.verdict.judge import unreadable
from tests.helpers.recorded import (
    ANCHOR,
    SCHEMA,
    at,
    both,
    evidence,
    judged,
    load,
    probes,
    row,
    scenario,
    window,
)

DOWN, SLOW, SELF = {"id": "downtime"}, {"id": "brown-out"}, {"id": "observer"}
BROKEN = Damage("probe", "collect/probe/samples-0.arrows", "was changed after the seal")


def run(
    *rules: dict[str, Any], down: Sequence[tuple[float, float]] = (), **fields: Any
) -> RunResult:
    return judged(evidence(*both(down=down), **fields), scenario(*(rules or (DOWN, SLOW, SELF))))


def test_a_healthy_run_passes() -> None:
    found = run()
    assert (found.verdict, found.reason) == ("pass", "all 3 criteria hold")
    assert run(DOWN).reason == "the one criterion holds"
    assert found.run.started == "2026-11-24T05:00:00.000000Z"
    assert found.run.ended == "2026-11-24T05:01:00.000000Z"
    assert [p.name for p in found.phases] == ["soak"]


def test_the_worst_criterion_is_the_verdict_and_gives_its_reason() -> None:
    found = run(down=[(20, 24)])
    assert found.verdict == "fail"
    assert found.reason == row(found).reason
    assert [o.connection for o in found.outages] == ["new", "reused"]
    assert all(abs((o.seconds.value or 0) - 4) < 0.2 for o in found.outages)
    assert found.outages[0].kinds == {"refused": 41}


def test_no_criterion_is_no_pass() -> None:
    found = judged(evidence(*both()), scenario())
    assert (found.verdict, found.criteria) == ("inconclusive", [])
    assert found.reason == "nothing was judged: no criterion counts"


def test_information_alone_is_no_pass_and_never_counts() -> None:
    info = {**DOWN, "level": "info"}
    assert run(info).verdict == "inconclusive"
    found = run(info, SELF, down=[(20, 24)])
    assert (found.verdict, row(found).verdict, row(found).effective) == ("pass", "fail", "pass")


def test_a_warning_caps() -> None:
    found = run({**DOWN, "level": "warn"}, SELF, down=[(20, 24)])
    assert (found.verdict, row(found).effective) == ("warn", "warn")
    assert found.reason == row(found).reason


@pytest.mark.parametrize("down", [(), [(20, 20.8)]])
def test_a_halt_takes_every_pass(down: Sequence[tuple[float, float]]) -> None:
    found = run(DOWN, down=down, halts=("interrupted by SIGINT",))
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("interrupted by SIGINT")


def test_a_halt_leaves_a_fail_and_is_named() -> None:
    found = run(DOWN, down=[(20, 24)], halts=("interrupted by SIGTERM",))
    assert found.verdict == "fail"
    assert found.reason == f"{row(found).reason}; interrupted by SIGTERM"


def test_nothing_judged_and_interrupted_says_both() -> None:
    found = judged(evidence(*both(), halts=("interrupted by SIGHUP",)), scenario())
    assert found.reason == "interrupted by SIGHUP; nothing was judged: no criterion counts"


def test_damage_takes_whatever_rests_on_it_even_a_fail() -> None:
    found = run(down=[(20, 24)], damage=(BROKEN,))
    assert [c.verdict for c in found.criteria] == ["inconclusive"] * 3
    assert all("was changed after the seal" in c.reason for c in found.criteria)
    assert all(c.margin is None for c in found.criteria)
    assert found.verdict == "inconclusive"


def test_damage_on_which_nothing_rests_still_takes_the_pass() -> None:
    harm = Damage("chaos", "chaos/journal.ndjson", "is missing")
    found = run(damage=(harm,))
    assert [c.verdict for c in found.criteria] == ["pass"] * 3
    assert (found.verdict, found.reason) == (
        "inconclusive",
        "evidence: chaos/journal.ndjson is missing",
    )


def test_damage_of_the_run_itself_takes_all() -> None:
    found = run(damage=(Damage("run", "run.json", "differs"),))
    assert {c.verdict for c in found.criteria} == {"inconclusive"}


def test_a_rule_on_load_does_not_rest_on_the_prober() -> None:
    rules = ({"id": "errors", "limit": "0"}, {"id": "errors", "limit": "0", "target": "shop"})
    found = evidence(*both(), load=load(60, failed={3: 9}), damage=(BROKEN,))
    result = judged(found, scenario(*rules, loaded=True))
    assert [c.verdict for c in result.criteria] == ["fail", "inconclusive"]
    harm = Damage("load", "collect/load", "is missing")
    without = judged(evidence(*both(), damage=(harm,)), scenario(*rules[:1], loaded=True))
    assert row(without).reason.endswith("collect/load is missing")


def test_an_unsealed_run_shows_its_findings_and_cannot_pass() -> None:
    found = run(sealed=False)
    assert [c.verdict for c in found.criteria] == ["pass"] * 3
    assert (found.verdict, found.run.sealed) == ("inconclusive", False)
    assert run(down=[(20, 24)], sealed=False).verdict == "fail"


def test_an_open_outage_cannot_pass_even_if_nobody_judges_it() -> None:
    found = run(SELF, down=[(58, 61)])
    assert found.verdict == "inconclusive"
    assert found.reason == "shop was still not served when the run ended"
    assert [(o.open, o.end, o.seconds.high) for o in found.outages] == [(True, None, None)] * 2


def test_the_cluster_is_written_down() -> None:
    identity = Identity("r1", "n", "0.1.0", ANCHOR, Cluster("kind", "ctx", "u", "1.35.4", "1.36.3"))
    text = run(identity=identity).to_json().decode()
    assert '"from": "1.35.4"' in text
    assert '"to": "1.36.3"' in text


def test_evidence_that_cannot_be_read_is_a_result_too() -> None:
    found = unreadable("run.json is empty", run="x", soakgate="0.1.0")
    assert (found.verdict, found.reason) == ("inconclusive", "run.json is empty")
    jsonschema.validate(found.model_dump(mode="json", by_alias=True), SCHEMA)
    assert RunResult.model_validate_json(found.to_json()) == found


def test_no_number_is_written_as_minus_zero() -> None:
    text = run({"id": "errors", "limit": "0"}, DOWN, SELF).to_json()
    assert b"-0.0" not in text.replace(b"-0.00", b"")
    assert b"NaN" not in text
    assert b"Infinity" not in text


ids = ["downtime", "longest-outage", "brown-out", "observer", "errors", "http-5xx", "load",
       "latency-p95", "latency-p99", "latency-regression", "upgrade-happened",
       "upgrade-duration"]  # fmt: skip
stretches = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    rules=st.lists(st.sampled_from(ids), min_size=1, max_size=6, unique=True),
    down=stretches,
    void=stretches,
    stalls=stretches,
    failed=st.dictionaries(st.integers(0, 59), st.integers(0, 50), max_size=4),
    recorded=st.integers(0, 60),
    parts=st.sampled_from(
        [{"soak": 60}, {"baseline": 60}, {"baseline": 20, "upgrade": 20, "soak": 20}, {}]
    ),
    loaded=st.booleans(),
    halted=st.booleans(),
    dead=st.sampled_from([(), ("probe",), ("load",)]),
    happened=st.sampled_from([True, False, None]),
)
def test_whatever_was_recorded_is_judged_and_fits_the_schema(
    rules: list[str],
    down: list[tuple[int, int]],
    void: list[tuple[int, int]],
    stalls: list[tuple[int, int]],
    failed: dict[int, int],
    recorded: int,
    parts: dict[str, float],
    loaded: bool,
    halted: bool,
    dead: tuple[str, ...],
    happened: bool | None,
) -> None:
    found = evidence(
        probes(down=down, void=void),
        parts=parts,
        load=load(60, failed=failed, recorded=recorded) if loaded else None,
        stalls=tuple(window(a, b) for a, b in stalls if a < b),
        halts=("interrupted by SIGINT",) if halted else (),
        dead=dead,
        upgrade=UpgradeRecord("command", at(20), at(40), happened, ""),
    )
    result = judged(found, scenario(*({"id": i} for i in rules), loaded=loaded))
    worst = max((c.effective for c in result.criteria if c.level != "info"),
                key=lambda v: ORDER.index(Verdict(v)), default="inconclusive")  # fmt: skip
    if result.verdict == "pass":
        assert worst == "pass"
        assert not halted
        assert not any(o.open for o in result.outages)
    if worst == "fail":
        assert result.verdict == "fail"
    assert result.reason
    assert {c.id for c in result.criteria} == set(rules)
    for criterion in result.criteria:
        assert criterion.verdict == "pass" or criterion.reason
        seen = criterion.observed
        if seen.value is not None:
            assert seen.low is not None
            assert seen.low <= seen.value
            assert seen.high is None or seen.value <= seen.high


def test_criteria_of_others_say_what_they_rest_on() -> None:
    from soakgate.verdict.criteria import downtime, errors
    from soakgate.verdict.criterion import facts_of, sources_of
    from soakgate.verdict.view import View

    view = View(evidence(*both()), scenario())
    rule = CriterionRule.model_validate(DOWN)
    assert sources_of(downtime, rule, view) == ("probe",)  # type: ignore[arg-type]
    assert sources_of(errors, rule, view) == ("probe",)  # type: ignore[arg-type]
    loaded = View(evidence(load=load(60)), scenario(loaded=True))
    assert sources_of(errors, rule, loaded) == ("load",)  # type: ignore[arg-type]
    assert facts_of({"errors": errors})["errors"].unit == "ratio"  # type: ignore[dict-item]


def waiver(**fields: Any) -> dict[str, Any]:
    return {"criterion": "downtime", "owner": "team", "reason": "known", "expires": "2026-12-31",
            **fields}  # fmt: skip


def waived(
    *given_: dict[str, Any], extra: Sequence[dict[str, Any]] = (), level: str = "fail"
) -> RunResult:
    targets = {"shop": {}, "cart": {}}
    series = (*both(down=[(20, 24)]), *both("cart"))
    wanted = scenario({**DOWN, "level": level}, targets=targets, waivers=given_)
    more = [Waiver.model_validate(w) for w in extra]
    return judged(evidence(*series), wanted, extra_waivers=more)


def test_a_waiver_turns_fail_into_warn() -> None:
    found = waived(waiver())
    shop = row(found)
    assert (found.verdict, shop.verdict, shop.effective) == ("warn", "fail", "warn")
    assert shop.reason.endswith("; waived until 2026-12-31 (team: known)")
    assert [(w.used, w.note) for w in found.waivers] == [(True, "")]
    assert waived(extra=[waiver(target="shop")]).verdict == "warn"


def test_a_waiver_ends_with_its_day_in_utc() -> None:
    assert waived(waiver(expires="2026-11-24")).verdict == "warn"  # the day of the run's end
    found = waived(waiver(expires="2026-11-23"))
    assert (found.verdict, row(found).effective) == ("fail", "fail")
    assert "; its waiver expired on 2026-11-23 (team: known)" in found.reason
    assert [(w.used, w.note) for w in found.waivers] == [(False, "expired")]


@pytest.mark.parametrize("other", [{"target": "cart"}, {"criterion": "brown-out"}])
def test_a_waiver_of_something_else_waives_nothing(other: dict[str, Any]) -> None:
    found = waived(waiver(**other))
    assert found.verdict == "fail"
    assert [(w.used, w.note) for w in found.waivers] == [(False, "nothing to waive")]


def test_an_expired_waiver_beside_a_valid_one() -> None:
    found = waived(waiver(expires="2026-01-01"), waiver(owner="new"))
    assert found.verdict == "warn"
    assert [w.used for w in found.waivers] == [False, True]


def test_what_cannot_be_decided_cannot_be_waived() -> None:
    wanted = scenario(DOWN, waivers=[waiver()])
    found = judged(evidence(*both(down=[(20, 20.8)])), wanted)
    assert found.verdict == "inconclusive"
    assert [w.note for w in found.waivers] == ["nothing to waive"]


def test_a_waiver_of_a_check_waives_no_criterion() -> None:
    check = {"check": "DIS-01", "owner": "t", "reason": "r", "expires": "2026-12-31"}
    assert waived(check).verdict == "fail"


def test_a_warning_needs_no_waiver() -> None:
    found = waived(waiver(), level="warn")
    assert found.verdict == "warn"
    assert [w.note for w in found.waivers] == ["nothing to waive"]


def test_a_criterion_of_a_phase_points_to_the_rows_of_that_phase_alone() -> None:
    run = evidence(
        *both(down=[(10, 12), (30, 32), (38.5, 41.5)]),
        parts={"baseline": 20, "upgrade": 20, "soak": 20},
    )
    rules = [{"id": "downtime", "phase": p} for p in ("baseline", "upgrade", "soak")]
    result = judged(run, scenario({"id": "downtime"}, *rules))
    starts = [row.start for row in result.outages]
    assert len(starts) == 6
    found = [[int(text[8:-1]) for text in row.evidence] for row in result.criteria]
    assert found == [[0, 1, 2, 3, 4, 5], [0, 3], [1, 2, 4, 5], [2, 5]]
