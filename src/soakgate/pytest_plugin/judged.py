"""The judged run of a session, with its evidence at hand for limits that a suite sets itself."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soakgate.config.checks import check_rules, complete_rules
from soakgate.config.problems import Problems
from soakgate.errors import EvidenceError
from soakgate.orchestrate import plugins
from soakgate.orchestrate.judging import Judged, read_recorded
from soakgate.verdict.criterion import facts_of
from soakgate.verdict.judge import halts_of, judge

if TYPE_CHECKING:
    from soakgate.config.rules import CriterionRule, Waiver
    from soakgate.config.scenario import Scenario
    from soakgate.model.evidence import Evidence
    from soakgate.model.result import RunResult

__all__ = ["JudgedRun"]


class JudgedRun:
    """What the fixtures are made of."""

    def __init__(
        self,
        judged: Judged,
        *,
        scenario: "Scenario | None",
        waivers: "Sequence[Waiver]",
        recorded: bool,
    ) -> None:
        self._judged, self._scenario, self.recorded = judged, scenario, recorded
        self._waivers = waivers
        self._criteria = plugins.criteria()

    @property
    def folder(self) -> Path:
        """The run directory."""
        return self._judged.folder

    @property
    def result(self) -> "RunResult":
        """What result.json holds."""
        return self._judged.result

    @property
    def readable(self) -> bool:
        """Whether there is evidence to judge at all."""
        return self.result.run.started is not None

    @cached_property
    def _evidence(self) -> "tuple[Evidence, Scenario]":
        evidence, recorded = read_recorded(self.folder, self._criteria)
        return evidence, self._scenario or recorded

    @property
    def scenario(self) -> "Scenario":
        """The scenario that is judged by. Raises EvidenceError if it cannot be read."""
        if not self.readable:
            raise EvidenceError(self.result.reason)
        return self._evidence[1]

    @cached_property
    def halt(self) -> str | None:
        """Why the run as a whole cannot pass, whatever its criteria say; None if nothing is so."""
        if not self.readable:
            return self.result.reason
        return next(iter(halts_of(self._evidence[0], self.result.outages)), None)

    def judge(self, rule: "CriterionRule") -> "RunResult":
        """Judge one more rule on the same evidence. Raises UsageError for one that cannot be."""
        evidence, scenario = self._evidence
        facts = facts_of(self._criteria)
        problems = Problems(f'criterion("{rule.id}")')
        targets = list(scenario.targets)
        check_rules([((), rule)], targets=targets, criteria=facts, problems=problems)
        problems.raise_any()
        rules = complete_rules((rule,), has_upgrade=False, criteria=facts)
        asked = scenario.model_copy(update={"criteria": rules})
        return judge(evidence, asked, criteria=self._criteria, extra_waivers=self._waivers)

    def facts(self) -> dict[str, Any]:
        """Give what the end of the session tells of the run; plain types."""
        return {
            "folder": str(self.folder),
            "recorded": self.recorded,
            "halt": self.halt,
            "interrupted": self.recorded and self._judged.interrupted,
        }
