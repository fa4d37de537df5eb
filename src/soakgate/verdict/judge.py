"""Evidence in, result out: the one function that gives verdicts, live and offline alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from soakgate.config.rules import CriterionRule, Waiver
from soakgate.config.scenario import Scenario
from soakgate.errors import printable
from soakgate.model.criteria import Level
from soakgate.model.evidence import Evidence
from soakgate.model.findings import ORDER, Finding, Verdict, cap, worst
from soakgate.model.result import (
    BrownoutRow,
    ClusterRow,
    CriterionRow,
    Lateness,
    LimitRow,
    NeededRow,
    Observed,
    ObserverRow,
    OutageRow,
    PhaseRow,
    RunResult,
    RunRow,
)
from soakgate.verdict import rows, waivers
from soakgate.verdict.criterion import Criterion, sources_of
from soakgate.verdict.view import View

__all__ = ["FILES", "halts_of", "judge", "unreadable"]

FILES = {
    "report": "report.html",
    "junit": "junit.xml",
    "markdown": "summary.md",
    "metrics": "metrics.prom",
}
MOST_REFERENCES = 20
SAME = 0.05  # seconds; closer than half a probe is the same moment
MOST_SAID = 80  # characters of a foreign text in the reason
LOOKING_AT_ROWS = {"downtime": "outages", "longest-outage": "outages", "brown-out": "brownouts"}


def judge(
    evidence: Evidence,
    scenario: Scenario,
    *,
    criteria: Mapping[str, Criterion],
    extra_waivers: Sequence[Waiver] = (),
) -> RunResult:
    """Judge a run. The same evidence, scenario and waivers give the same result."""
    view = View(evidence, scenario)
    found = [f for rule in scenario.criteria or () for f in _judge_rule(rule, view, criteria)]
    day = date.fromisoformat(evidence.identity.anchor.utc(evidence.window.end)[:10])
    waived, waiver_rows = waivers.apply(found, (*scenario.waivers, *extra_waivers), day=day)
    outages = rows.outage_rows(view)
    brownouts = rows.brownout_rows(view)
    listed: Mapping[str, Sequence[OutageRow | BrownoutRow]] = {
        "outages": outages,
        "brownouts": brownouts,
    }
    verdict, reason = _overall(waived, halts_of(evidence, outages), view, outages)
    return RunResult(
        schema_="soakgate.result/1",
        verdict=verdict.value,
        reason=reason,
        run=_run_row(evidence),
        criteria=[_criterion_row(f, view, listed) for f in waived],
        outages=outages,
        episodes=rows.episode_rows(view),
        brownouts=brownouts,
        gaps=rows.gap_rows(view),
        observer=rows.observer_row(view),
        phases=_phase_rows(evidence),
        waivers=waiver_rows,
        experiments=[],
        files=FILES,
    )


def _judge_rule(
    rule: CriterionRule, view: View, criteria: Mapping[str, Criterion]
) -> list[Finding]:
    """Judge one rule; what rests on damaged evidence is INCONCLUSIVE, whatever it seems to show."""
    criterion = criteria[rule.id]
    sources = ("run", *sources_of(criterion, rule, view))
    harmed = [d for d in view.evidence.damage if d.source in sources]
    findings = criterion.judge(rule, view)
    if not harmed:
        return list(findings)
    why = f"rests on evidence that cannot be trusted: {harmed[0].path} {harmed[0].what}"
    return [
        replace(
            finding,
            verdict=Verdict.INCONCLUSIVE,
            effective=cap(Verdict.INCONCLUSIVE, finding.level),
            margin=None,
            reason=why,
        )
        for finding in findings
    ]


def halts_of(evidence: Evidence, outages: Sequence[OutageRow]) -> list[str]:
    """Give the reasons for which a run as a whole cannot pass, whatever its criteria say."""
    halts = [*evidence.halts, *(f"evidence: {d.path} {d.what}" for d in evidence.damage)]
    if not evidence.sealed and not halts:
        halts.append("the run was not sealed: it did not end by itself")
    names = dict.fromkeys(o.target for o in outages if o.open)
    still = (f"{name} was still not served when the run ended" for name in names)
    return list(dict.fromkeys((*halts, *still)))


def _overall(
    findings: Sequence[Finding], halts: Sequence[str], view: View, outages: Sequence[OutageRow]
) -> tuple[Verdict, str]:
    """Give the verdict of the run and the sentence that says why."""
    counting = [f for f in findings if f.level is not Level.INFO]
    verdict = worst(f.effective for f in counting) or Verdict.INCONCLUSIVE
    if halts and ORDER.index(verdict) < ORDER.index(Verdict.INCONCLUSIVE):
        return Verdict.INCONCLUSIVE, halts[0]
    told = _told(counting, verdict) + _near(counting, verdict, view, outages)
    if not halts:
        return verdict, told
    # What broke the limit comes first; what is open may be so because of the halt.
    return verdict, "; ".join((told, halts[0]) if verdict is Verdict.FAIL else (halts[0], told))


def _told(counting: Sequence[Finding], verdict: Verdict) -> str:
    """Say what the findings that count give the verdict for."""
    if not counting:
        return "nothing was judged: no criterion counts"
    if verdict is Verdict.PASS:
        count = len(counting)
        return "the one criterion holds" if count == 1 else f"all {count} criteria hold"
    first = next(f for f in counting if f.effective is verdict)
    return first.reason or f"{first.id} is {verdict.upper()}"


def _near(
    counting: Sequence[Finding], verdict: Verdict, view: View, outages: Sequence[OutageRow]
) -> str:
    """Say what the longest outage of the deciding target coincided with; empty for nothing."""
    first = next((f for f in counting if f.effective is verdict), None)
    if first is None or verdict is Verdict.PASS or LOOKING_AT_ROWS.get(first.id) != "outages":
        return ""
    rows = [outages[i] for i in _places(first, view, outages)]
    longest = max(rows, key=lambda o: o.seconds.value or 0.0, default=None)
    if longest is None or not longest.coincided:
        return ""
    nearest = longest.coincided[0]
    what = printable(nearest.message or f"{nearest.what} {nearest.object}", MOST_SAID)
    return f'; coincided with "{what}", {_when(nearest.offset)}'


def _places(finding: Finding, view: View, listed: Sequence[OutageRow | BrownoutRow]) -> list[int]:
    """Give the places of the rows that a finding looked at: of its target, in its phase."""
    window = view.part(finding.phase)
    if window is None:
        return []
    utc = view.evidence.identity.anchor.utc
    start, end = utc(window.start), utc(window.end)  # as text they sort as moments do
    return [
        place
        for place, row in enumerate(listed)
        if row.target == finding.target and row.start < end and (row.end is None or row.end > start)
    ]


def _when(offset: float) -> str:
    """Say where a moment lies, given its offset in seconds from the start of an outage."""
    if abs(offset) < SAME:
        return "at its start"
    return f"{abs(offset):.1f} s {'before it' if offset < 0 else 'after its start'}"


def _run_row(evidence: Evidence) -> RunRow:
    identity, window = evidence.identity, evidence.window
    cluster = identity.cluster
    return RunRow(
        id=identity.run,
        name=identity.name,
        started=identity.anchor.utc(window.start),
        ended=identity.anchor.utc(window.end),
        soakgate=identity.soakgate,
        cluster=None
        if cluster is None
        else ClusterRow(
            kind=cluster.kind,
            context=cluster.context,
            uid=cluster.uid,
            version_from=cluster.version_from,
            version_to=cluster.version_to,
        ),
        sealed=evidence.sealed,
        cut=evidence.cut,
    )


def _phase_rows(evidence: Evidence) -> list[PhaseRow]:
    utc = evidence.identity.anchor.utc
    return [
        PhaseRow(
            name=p.name, start=utc(p.start), end=None if p.end is None else utc(p.end), node=p.node
        )
        for p in evidence.phases
    ]


def _kept(value: float | None) -> float | None:
    return None if value is None else round(value, 9) + 0.0  # no -0.0


def _criterion_row(
    finding: Finding,
    view: View,
    listed: Mapping[str, Sequence[OutageRow | BrownoutRow]],
) -> CriterionRow:
    seen, limit = finding.observed, finding.limit
    section = LOOKING_AT_ROWS.get(finding.id, "")
    places = _places(finding, view, listed.get(section, ()))
    return CriterionRow(
        id=finding.id,
        target=finding.target,
        phase=finding.phase,
        quantile=finding.quantile,
        truth=finding.truth.value,
        observed=Observed(
            value=None if seen is None else _kept(seen.value),
            low=None if seen is None else _kept(seen.low),
            high=None if seen is None else _kept(seen.high),
            unit=limit.unit,
        ),
        limit=LimitRow(op=limit.op.value, value=limit.value, unit=limit.unit),
        margin=_kept(finding.margin),
        level=finding.level.value,
        verdict=finding.verdict.value,
        effective=finding.effective.value,
        samples=finding.samples,
        needed=NeededRow(requests=finding.needed.requests, seconds=_kept(finding.needed.seconds)),
        reason=finding.reason,
        evidence=[*finding.evidence, *(f"{section}[{i}]" for i in places[:MOST_REFERENCES])],
    )


def unreadable(reason: str, *, run: str, soakgate: str) -> RunResult:
    """Give the result of a run that cannot be read at all: INCONCLUSIVE, with that reason."""

    return RunResult(
        schema_="soakgate.result/1",
        verdict=Verdict.INCONCLUSIVE.value,
        reason=reason,
        run=RunRow(
            id=run,
            name="",
            started=None,
            ended=None,
            soakgate=soakgate,
            cluster=None,
            sealed=False,
        ),
        criteria=[],
        outages=[],
        episodes=[],
        brownouts=[],
        gaps=[],
        observer=ObserverRow(lateness=Lateness(p50=None, p99=None, max=None), skipped=0, blind=0.0),
        phases=[],
        waivers=[],
        experiments=[],
        files=FILES,
    )
