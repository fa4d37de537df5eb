"""A run directory judged: result.json and the reports replaced, the exit code worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from soakgate import __version__
from soakgate.adapters.evidence import read_evidence, read_scenario_text
from soakgate.adapters.rundir import full_disk, is_run, replace
from soakgate.analysis.timeline import Timeline, build
from soakgate.config.checks import HAPPENED
from soakgate.config.load import read_scenario
from soakgate.config.merge import RunFlags, what_if_conflicts
from soakgate.config.rules import Waiver
from soakgate.config.scenario import Scenario
from soakgate.errors import EvidenceError, Exit, UsageError, printable
from soakgate.model.evidence import Evidence
from soakgate.model.result import RunResult
from soakgate.orchestrate import plugins
from soakgate.verdict import selftest
from soakgate.verdict.criterion import Criterion, facts_of
from soakgate.verdict.judge import judge, unreadable
from soakgate.verdict.view import View

__all__ = [
    "Judged",
    "as_it_ran",
    "draw",
    "exit_code",
    "judge_folder",
    "read_recorded",
    "was_interrupted",
    "write_outputs",
]

UNJUDGEABLE = "the evidence cannot be judged"
"""Of damaged or unsealed runs only; of a whole one it would be a fault of the judge."""

CODES = {
    "pass": Exit.PASS,
    "warn": Exit.PASS,
    "inconclusive": Exit.INCONCLUSIVE,
    "fail": Exit.FAIL,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what the reports are drawn from."""

    folder: Path
    result: RunResult
    timeline: Timeline
    interrupted: bool


def exit_code(judged: Judged) -> Exit:
    """Give the exit code of a verdict, also of a run that was interrupted when it was recorded."""
    counting = [row for row in judged.result.criteria if row.level != "info"]
    readable = judged.result.run.started is not None
    if readable and not counting and judged.result.run.sealed:
        return Exit.NOTHING
    return CODES[judged.result.verdict]


def read_recorded(folder: Path, criteria: Mapping[str, Criterion]) -> tuple[Evidence, Scenario]:
    """Read a run and the scenario it was recorded with. Raises EvidenceError."""
    evidence = read_evidence(folder)
    text = read_scenario_text(folder)
    try:
        scenario = read_scenario(
            text.encode(),
            source="scenario.yaml",
            criteria=facts_of(criteria),
            flags=RunFlags(no_cluster=True),
        )
    except UsageError as error:
        raise EvidenceError(f"the recorded scenario cannot be used: {error}") from error
    return evidence, scenario


def judge_folder(
    folder: Path, *, waivers: Sequence[Waiver] = (), what_if: Scenario | None = None
) -> Judged:
    """Judge a run directory without writing. Raises UsageError if it is none, HarnessError if the
    judge fails its self-test; evidence that cannot be read is an INCONCLUSIVE result."""
    if not is_run(folder):
        raise UsageError(
            "is no run directory",
            where=str(folder),
            expected="run.json, seal.json or collect/",
            hint="give the --out folder of a run",
        )
    criteria = plugins.criteria()
    selftest.check(criteria)
    try:
        evidence, recorded = read_recorded(folder, criteria)
    except EvidenceError as error:
        return _unreadable(folder, str(error))
    scenario = recorded if what_if is None else _same_targets(what_if, recorded)
    try:
        result = judge(evidence, scenario, criteria=criteria, extra_waivers=waivers)
        timeline = draw(evidence, scenario)
    except Exception as error:
        if evidence.sealed and not evidence.damage:
            raise  # a fault of ours, and no excuse in the files
        return _unreadable(folder, f"{UNJUDGEABLE}: {error!r}")
    return Judged(folder, result, timeline, was_interrupted(evidence))


def draw(evidence: Evidence, scenario: Scenario) -> Timeline:
    """Give what the reports draw, with the objectives of the scenario."""
    view = View(evidence, scenario)
    wanted = {t: view.objective(t).ns for t in view.targets}
    return build(evidence, objectives={t: ns for t, ns in wanted.items() if ns is not None})


def was_interrupted(evidence: Evidence) -> bool:
    """Tell whether a signal ended the run."""
    return any(e.source == "run" and e.name == "signal" for e in evidence.events)


def _unreadable(folder: Path, why: str) -> Judged:
    """Give the result of a run that cannot be judged, under the best name left for it."""
    name = printable(folder.absolute().name, 80)
    result = unreadable(printable(why, 1000), run=name, soakgate=__version__)
    return Judged(folder, result, Timeline(), interrupted=False)


def _same_targets(what_if: Scenario, recorded: Scenario) -> Scenario:
    """Refuse a what-if about other targets or expectations: the samples cannot answer it."""
    conflicts = what_if_conflicts(recorded, what_if)
    if conflicts:
        raise UsageError(
            conflicts[0], where="--scenario", hint="start from the run's own scenario.yaml"
        )
    return as_it_ran(what_if, recorded)


def as_it_ran(what_if: Scenario, recorded: Scenario) -> Scenario:
    """Give a what-if the load and the upgrade that the run had: they are facts, no question.

    Whether the upgrade happened is judged there too; else leaving it out would hide that.
    """
    rules = what_if.criteria or ()
    listed = recorded.upgrade is None or any(rule.id == HAPPENED for rule in rules)
    kept = () if listed else tuple(r for r in recorded.criteria or () if r.id == HAPPENED)
    facts = {"load": recorded.load, "upgrade": recorded.upgrade}
    return what_if.model_copy(update={**facts, "criteria": (*rules, *kept)})


def write_outputs(judged: Judged, *, what_if: bool = False) -> None:
    """Write result.json and every report; a what-if goes beside them and replaces nothing.

    Raises HarnessError if the disk is full.
    """
    result = judged.result
    try:
        if what_if:
            html = plugins.writers()["html"]
            replace(judged.folder / "result.WHATIF.json", result.to_json())
            body = html.write(result, judged.timeline)
            replace(judged.folder / "report.WHATIF.html", body)
            return
        replace(judged.folder / "result.json", result.to_json())
        for writer in plugins.writers().values():
            replace(judged.folder / writer.FILENAME, writer.write(result, judged.timeline))
    except OSError as error:
        raise full_disk(error, where=str(judged.folder)) from error
