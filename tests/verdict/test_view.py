from soakgate.model.evidence import Phase
from soakgate.model.times import MS
from soakgate.verdict.view import View
from tests.helpers.recorded import at, both, evidence, phases, probes, scenario, window


def test_phases_by_name_parts_and_all_of_the_upgrade() -> None:
    parts = (
        Phase("baseline", at(0), at(10)),
        Phase("upgrade/control-plane", at(10), at(20)),
        Phase("upgrade/node", at(20), at(30), "n1"),
        Phase("upgrade/node", at(32), at(40), "n2"),
        Phase("soak", at(45), None),
    )
    view = View(evidence(*both(), phases=parts), scenario())
    assert view.part(None) == window(0, 60)
    assert view.part("upgrade") == window(10, 40)
    assert view.part("upgrade/node") == window(20, 40)
    assert view.part("soak") == window(45, 60)  # it ended inside, without a word
    assert view.part("settle") is None
    assert view.judged == window(10, 60)


def test_only_the_baseline_leaves_nothing_to_judge() -> None:
    view = View(evidence(phases=phases(baseline=60)), scenario())
    assert view.judged is None


def test_a_phase_beyond_the_end_is_cut() -> None:
    view = View(evidence(phases=phases(upgrade=40, soak=90)), scenario())
    assert view.part("soak") == window(40, 60)
    assert View(evidence(phases=phases(upgrade=60, soak=9)), scenario()).part("soak") is None


def test_series_are_those_that_were_planned() -> None:
    wanted = scenario(targets={"shop": {"rate": 5}, "cart": {"connections": ["reused"]}})
    found = evidence(probes(rate=5), probes("stranger"))
    view = View(found, wanted)
    assert view.targets == ("shop", "cart")
    new, reused = view.series("shop")
    assert new is found.series[0]
    assert (reused.connection, reused.intended.size, reused.period) == ("reused", 0, 151_400_000)
    assert [s.connection for s in view.series("cart")] == ["reused"]


def test_an_objective_in_seconds_or_from_the_baseline() -> None:
    fixed = View(evidence(*both()), scenario())
    assert fixed.objective("shop").ns == 2_000 * MS
    wanted = scenario(targets={"shop": {"objective": "2x baseline p95"}})
    parts = phases(baseline=30, soak=30)
    ns = View(evidence(*both(ms=100), phases=parts), wanted).objective("shop").ns
    assert ns is not None
    assert 2 * 100 * MS <= ns <= 2 * 130 * MS
    assert "no baseline" in View(evidence(*both()), wanted).objective("shop").problem


def test_analyses_are_made_once() -> None:
    view = View(evidence(*both(down=[(20, 22)])), scenario())
    (series, _), whole = view.series("shop"), window(0, 60)
    assert view.down(series, whole) is view.down(series, whole)
    assert view.slow(series, whole, objective=MS) is view.slow(series, whole, objective=MS)
    assert view.down(series, window(0, 10)) is not view.down(series, whole)
