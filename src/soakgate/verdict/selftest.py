"""Before each judging: a synthetic outage through the same pipeline must be found, and placed.

A judge that cannot see a known outage refuses to judge: its PASS would mean nothing.
"""

from collections.abc import Mapping

import numpy as np

from soakgate.config.rules import CriterionRule
from soakgate.config.scenario import Scenario
from soakgate.config.target import Target
from soakgate.errors import HarnessError
from soakgate.model.evidence import SERVED, Evidence, Identity, Series
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome
from soakgate.model.times import MS, NS, Anchor, Window
from soakgate.verdict.criterion import Criterion
from soakgate.verdict.judge import judge

__all__ = ["check"]

PERIOD = 97 * MS
LENGTH = 60 * NS
FROM, TO = 20 * NS, 23 * NS  # the outage: 3 s against limits of 1 s
NEEDED = ("downtime", "longest-outage")


def _series(target: str, *, down: bool) -> Series:
    intended = np.arange(NS, LENGTH, PERIOD, dtype=np.int64)
    bad = (intended >= FROM) & (intended < TO) & down
    outcome = np.where(bad, OUTCOMES.index(Outcome.REFUSED), SERVED).astype(np.int8)
    status = np.where(bad, 0, 200).astype(np.int16)
    done = intended + 5 * MS
    return Series(target, "new", PERIOD, intended, intended, done, done, outcome, status)


def _evidence(*, down: bool) -> Evidence:
    return Evidence(
        identity=Identity(run="self-test", name="self-test", soakgate="", anchor=Anchor(0, 0)),
        window=Window(NS, LENGTH),
        series=(_series("synthetic", down=down),),
        control=(_series(CONTROL, down=False),),
        sealed=True,
    )


def _scenario() -> Scenario:
    return Scenario(
        soakgate=1,
        name="self-test",
        targets={"synthetic": Target(url="http://127.0.0.1:9/", connections=("new",))},
        criteria=tuple(
            CriterionRule.model_validate({"id": name, "limit": "1s"}) for name in NEEDED
        ),
    )


def check(criteria: Mapping[str, Criterion]) -> None:
    """Judge a run with an outage of 3 s and one without. Raises HarnessError if either is wrong."""
    missing = [name for name in NEEDED if name not in criteria]
    if missing:
        raise HarnessError(f"self-test: criterion {missing[0]} is not registered")
    sick = judge(_evidence(down=True), _scenario(), criteria=criteria)
    well = judge(_evidence(down=False), _scenario(), criteria=criteria)
    verdicts = [row.verdict for row in (*sick.criteria, *well.criteria)]
    lengths = [row.seconds for row in sick.outages]
    found = len(lengths) == 1 and lengths[0].low <= 3.0 <= (lengths[0].high or 0)  # type: ignore[operator]
    if verdicts != ["fail", "fail", "pass", "pass"] or not found or well.outages:
        raise HarnessError(
            "the judge failed its self-test and refuses to judge",
            expected="a synthetic outage of 3 s found, a healthy run passed",
            found=f"{', '.join(verdicts)}; {len(lengths)} outages",
            hint="reinstall soakgate",
        )
