"""The fixture `criterion`: judges one criterion of the run and raises unless it holds."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from soakgate.errors import UsageError, suggestion
from soakgate.pytest_plugin.outcome import Note, NotHeld
from soakgate.pytest_plugin.subject import Subject

if TYPE_CHECKING:
    from soakgate.config.rules import CriterionRule
    from soakgate.model.result import CriterionRow, RunResult
    from soakgate.pytest_plugin.judged import JudgedRun

__all__ = ["Ask"]

RUN = "run"
"""Asks about the run itself: whole, sealed, not cut short, nothing left open."""


class Ask:
    """`criterion("errors")`, `criterion("downtime", target="shop", limit="2s")`."""

    def __init__(self, run: "JudgedRun", *, note: Callable[[], Note]) -> None:
        self._run, self._note = run, note

    def __call__(
        self,
        subject: str | Subject,
        *,
        target: str | None = None,
        phase: str | None = None,
        quantile: str | None = None,
        **rule: Any,
    ) -> tuple["CriterionRow", ...]:
        """Give the findings of a criterion; raise NotHeld for FAIL and INCONCLUSIVE.

        What the scenario says of the criterion holds. With keys of its own (`limit`, `level`,
        `requests`, `options`), or if the scenario does not name it, it is judged now, on the same
        evidence; without a limit by its default. Raises UsageError for what does not exist.
        """
        exact = isinstance(subject, Subject)
        asked = subject if isinstance(subject, Subject) else Subject(subject, target, phase,
                                                                     quantile)  # fmt: skip
        if asked.id == RUN:
            self._whole()
            return ()
        self._check(asked.id)
        rows = () if rule else self._rows(asked, exact=exact)
        result = self._run.result
        if not rows and not exact:
            result = self._run.judge(_rule(asked, rule))
            rows = tuple(result.criteria)
        self._settle(result, rows, asked)
        return rows

    def _check(self, name: str) -> None:
        from soakgate.orchestrate import plugins

        known = plugins.criteria()
        if name not in known:
            near = suggestion(name, known) or f"there are: {', '.join(sorted(known))}"
            raise UsageError(f'there is no criterion "{name}"', hint=near)
        if not self._run.readable:
            raise NotHeld("inconclusive", f"INCONCLUSIVE {name}: {self._run.result.reason}")

    def _rows(self, asked: Subject, *, exact: bool) -> tuple["CriterionRow", ...]:
        """Give the scenario's rows. What was not named takes in all; `exact`: only what is none."""

        def fits(row: "CriterionRow") -> bool:
            pairs = ((row.phase, asked.phase), (row.quantile, asked.quantile))
            same = all(has == want or (want is None and not exact) for has, want in pairs)
            return row.id == asked.id and same

        rows = tuple(row for row in self._run.result.criteria if fits(row))
        mine = tuple(row for row in rows if asked.target in (None, row.target))
        # A criterion may give one row for all targets where the scenario names none.
        return mine or tuple(row for row in rows if exact and row.target is None)

    def _settle(
        self, result: "RunResult", rows: tuple["CriterionRow", ...], asked: Subject
    ) -> None:
        from soakgate.pytest_plugin import wording
        from soakgate.report import format as words

        if not rows:
            raise UsageError(f"{asked.id} judged nothing", hint="there is nothing it applies to")
        note = self._note()
        counting = [row for row in rows if row.level != "info"]
        note.counts = bool(counting) or bool(note.properties and note.counts)
        for row in rows:
            note.properties += wording.properties(row)
            if words.shown(row) == "warn" or (row.level == "info" and row.verdict != "pass"):
                note.lines.append(wording.told(row))
        worst = next((row.effective for row in words.worst_first(counting)), "pass")
        if worst in ("inconclusive", "fail"):
            raise NotHeld(worst, wording.block(result, rows, folder=str(self._run.folder)))
        note.worsen(worst)

    def _whole(self) -> None:
        note = self._note()
        note.counts = bool(note.properties and note.counts)
        halt = self._run.halt
        if halt is not None:
            text = f"INCONCLUSIVE the run itself: {halt}\n  run: {self._run.folder}"
            raise NotHeld("inconclusive", text)
        note.worsen("pass")


def _rule(asked: Subject, more: dict[str, Any]) -> "CriterionRule":
    """Make a rule as a scenario would have it. Raises FileError with one line per problem."""
    from pydantic import ValidationError

    from soakgate.config.explain import note_errors
    from soakgate.config.problems import Problems
    from soakgate.config.rules import CriterionRule

    keys = {"target": asked.target, "phase": asked.phase, "quantile": asked.quantile, **more}
    data = {"id": asked.id, **{key: value for key, value in keys.items() if value is not None}}
    try:
        return CriterionRule.model_validate(data)
    except ValidationError as error:
        problems = Problems(f'criterion("{asked.id}")')
        note_errors(error, model=CriterionRule, problems=problems)
        raise problems.error() from None
