import numpy as np

from soakgate.analysis.histograms import from_load, summarise
from soakgate.analysis.named import by_name
from tests.helpers.recorded import load, window

NAMES = {"GET /": 20.0, "GET /cart": 40.0, "POST /order": 80.0}


def test_each_name_has_the_table_that_it_would_have_alone() -> None:
    table = load(40, rate=7, names=NAMES, failed={12: 3})
    blind = [window(20.2, 21.5)]
    part = window(5.5, 35)
    found = by_name(table, window=part, blind=blind)
    assert list(found) == list(NAMES)
    for name, own in found.items():
        alone = from_load(table, window=part, name=name, blind=blind)
        assert (own.length, own.left_out) == (alone.length, alone.left_out) == (27, 2)
        assert np.array_equal(summarise(own).cumulative, summarise(alone).cumulative)
        assert np.array_equal(summarise(own).per_second, summarise(alone).per_second)


def test_a_name_without_a_served_request_is_there_and_empty() -> None:
    table = load(10, rate=5, failed=dict.fromkeys(range(10), 5), names=NAMES)
    found = by_name(table, window=window(0, 10))
    assert found["GET /"].length == 10
    assert summarise(found["GET /"]).requests == 0
    assert summarise(found["GET /cart"]).requests == 50


def test_names_outside_the_window_are_left_out() -> None:
    assert by_name(load(10), window=window(20, 30)) == {}
    assert by_name(load(10, recorded=0), window=window(0, 10)) == {}
