"""Workers: clocks, losses and returns, at made-up times."""

from hypothesis import given
from hypothesis import strategies as st

from soakgate.model.times import MS, NS
from soakgate.observe.load.roster import SILENCE, Roster


def two(now: int) -> Roster:
    roster = Roster("boot-a")
    roster.join("x", boot="boot-a", host="here", pid=1, now=now)
    roster.join("y", boot="boot-b", host="there", pid=1, now=now)
    roster.silent(now)
    return roster


def test_the_same_boot_is_the_same_clock():
    near, far = two(0)
    assert (near.name, near.local, near.bound, near.share) == ("w1", True, 0, 0)
    assert (far.name, far.local, far.bound, far.share) == ("w2", False, -1, 1)
    near.pong(0, 99 * NS, 2)
    assert near.offset == 0


def test_a_worker_that_joins_again_is_the_same():
    roster = two(0)
    again = roster.join("x", boot="boot-a", host="here", pid=1, now=9)
    assert again is next(iter(roster))
    assert len(roster) == 2


@given(st.integers(-(10**15), 10**15), st.lists(st.tuples(st.integers(0, NS), st.integers(0, NS))))
def test_the_offset_is_within_its_bound(offset, trips):
    far = list(two(0))[1]
    now = NS
    for out, back in trips:
        far.pong(now, now + out + offset, now + out + back)
        now += NS
    if trips:
        assert abs(far.offset - offset) <= far.bound + 1
        assert far.bound == min((out + back + 1) // 2 for out, back in trips)


def walk(roster: Roster, start: int, end: int, *, alive: tuple[str, ...]) -> list[str]:
    found = []
    for now in range(start, end, 200 * MS):
        for name in alive:
            worker = roster.get(name)
            assert worker is not None
            roster.heard(worker, now)
        found += [w.name for w in roster.silent(now)]
    return found


def test_silence_is_a_loss_once_and_a_report_ends_it():
    roster = two(0)
    assert walk(roster, 0, SILENCE, alive=("x",)) == []
    assert walk(roster, SILENCE, 4 * SILENCE, alive=("x",)) == ["w2"]
    assert [w.name for w in roster.living] == ["w1"]
    worker = roster.get("y")
    assert worker is not None
    assert roster.heard(worker, 4 * SILENCE)
    assert len(roster.living) == 2


def test_our_own_freeze_is_nobody_elses_loss():
    roster = two(0)
    assert walk(roster, 0, NS, alive=("x", "y")) == []
    assert walk(roster, 60 * NS, 62 * NS, alive=("x", "y")) == []
    assert roster.silent(200 * NS) == []


def test_a_worker_that_has_finished_is_not_missed():
    roster = two(0)
    for worker in roster:
        worker.final = True
    assert walk(roster, 0, 9 * NS, alive=()) == []
