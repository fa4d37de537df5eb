"""Scenarios for tests: facts of criteria as registered ones have them, and short readers."""

import pytest

from soakgate.config.load import read_scenario
from soakgate.config.merge import RunFlags
from soakgate.config.problems import FileError
from soakgate.config.scenario import Scenario
from soakgate.model.criteria import CriterionFacts

FACTS = {
    facts.id: facts
    for facts in (
        CriterionFacts("downtime", "Downtime", "s", "1s"),
        CriterionFacts("longest-outage", "Longest outage", "s", "1s"),
        CriterionFacts("brown-out", "Brown-out", "s", "5s"),
        CriterionFacts("observer", "Observer", "ratio", "10%", takes_target=False),
        CriterionFacts("errors", "Errors", "ratio", "0.01%"),
        CriterionFacts("latency-p99", "p99", "s", "2s"),
        CriterionFacts("latency-regression", "p", "ratio", "+10%", takes_quantile=True),
        CriterionFacts(
            "upgrade-happened", "Upgrade", "count", ">= 1", takes_target=False, takes_phase=False
        ),
        CriterionFacts("promql", "Query", "count", "0", options={"query": "what is asked"}),
    )
}

SHOP = "soakgate: 1\ntargets: {shop: {url: 'https://shop.example/'}}\n"


def read(text: str, **more: object) -> Scenario:
    """Read a scenario from text as file `f.yaml`."""
    given = {"criteria": FACTS, "drivers": {}, "source": "f.yaml", **more}
    return read_scenario(text.encode(), **given)  # type: ignore[arg-type]


def problems(text: str, **more: object) -> tuple[str, ...]:
    """Give the lines of what is wrong with a scenario."""
    with pytest.raises(FileError) as caught:
        read(text, **more)
    assert all("\n" not in line for line in caught.value.lines)
    return caught.value.lines


def flags(**given: object) -> RunFlags:
    """Make flags of a run without a cluster unless told otherwise."""
    return RunFlags(**{"no_cluster": True, **given})  # type: ignore[arg-type]
