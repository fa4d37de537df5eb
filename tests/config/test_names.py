"""A run that nobody named is named after its targets."""

from soakgate.config.load import flags_scenario, read_scenario
from soakgate.config.merge import RunFlags
from soakgate.model.criteria import CriterionFacts

FACTS = {
    id_: CriterionFacts(id=id_, title=id_, unit="s", default_limit="1s")
    for id_ in ("downtime", "brown-out", "observer")
}


def named(*targets: str) -> str:
    flags = RunFlags(targets=tuple(f"{t}=http://127.0.0.1:1/" for t in targets), no_cluster=True)
    return flags_scenario(flags, criteria=FACTS).name


def test_flags_alone_name_a_run_after_its_targets() -> None:
    assert named("shop") == "shop"
    assert named("shop", "cart") == "shop, cart"
    assert named("a", "b", "c", "d", "e") == "a, b, c + 2 more"


def test_the_longest_names_still_fit_a_scenario() -> None:
    name = named(*(f"{k}{'x' * 62}" for k in range(5)))
    assert len(name) <= 200
    assert name.endswith(" + 2 more")


def test_a_name_that_was_given_stays() -> None:
    text = b"soakgate: 1\nname: run\ntargets: {shop: {url: 'http://127.0.0.1:1/'}}\n"
    flags = RunFlags(no_cluster=True)
    assert read_scenario(text, source="s.yaml", criteria=FACTS, flags=flags).name == "run"
