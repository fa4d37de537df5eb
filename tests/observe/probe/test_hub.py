import socket
from typing import Any

import pytest

from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import MS, NS
from soakgate.observe.probe.hub import STALL, SWEEP, Flight, Hub, Row

T0 = 50 * NS


class World:
    """A hub with a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = T0
        self.rows: list[Row] = []
        self.events: list[dict[str, Any]] = []
        nothing: Any = None  # no loop is needed as long as nothing is sent
        self.hub = Hub(
            loop=nothing,
            poller=nothing,
            record=self.rows.append,
            note=self.events.append,
            clock=lambda: self.now,
        )
        self.hub.alive()

    def fly(self, limit: int = 4 * NS) -> Flight:
        flight = self.hub.begin(0, intended=self.now, answer_limit=limit)
        flight.stage = Waiting(self, flight)
        return flight

    @property
    def outcomes(self) -> list[Outcome]:
        return [OUTCOMES[row[5]] for row in self.rows]


class Waiting:
    def __init__(self, world: World, flight: Flight) -> None:
        self.world, self.flight, self.abandoned = world, flight, 0

    def expire(self, now: int) -> None:
        self.world.hub.end(self.flight, Outcome.ANSWER_TIMEOUT, now)

    def abandon(self) -> None:
        self.abandoned += 1


@pytest.fixture
def world() -> World:
    return World()


def test_a_flight_is_recorded_once(world: World) -> None:
    flight = world.fly()
    flight.first_byte = T0 + 1
    world.hub.end(flight, Outcome.SERVED, T0 + 2, status=200)
    world.hub.end(flight, Outcome.RESET, T0 + 3)
    assert world.rows == [(0, T0, T0, T0 + 1, T0 + 2, 0, 200, None)]
    assert not world.hub.flights


def test_details_are_short_and_printable(world: World) -> None:
    world.hub.end(world.fly(), Outcome.PROTOCOL, T0, detail="\x1b[31m\n" + "x" * 1000)
    detail = world.rows[0][7]
    assert detail is not None
    assert len(detail) <= 200
    assert detail.isprintable()


def test_a_silence_of_250_ms_is_none_of_ours(world: World) -> None:
    world.fly()
    world.now += STALL
    world.hub.alive()
    assert world.rows == world.events == []


def test_the_time_before_the_loop_runs_is_no_silence(world: World) -> None:
    nothing: Any = None
    hub = Hub(
        loop=nothing,
        poller=nothing,
        record=world.rows.append,
        note=world.events.append,
        clock=lambda: world.now,
    )
    world.now += NS
    hub.alive()
    assert world.events == []


def test_a_longer_silence_voids_what_was_in_flight(world: World) -> None:
    flights = [world.fly(), world.fly()]
    stages = [flight.stage for flight in flights]
    world.now += STALL + 1
    assert world.hub.alive() == world.now
    assert world.outcomes == [Outcome.VOID, Outcome.VOID]
    assert world.events == [{"event": "stall", "from": T0, "to": world.now}]
    assert [stage.abandoned for stage in stages if isinstance(stage, Waiting)] == [1, 1]


def test_what_begins_after_the_silence_is_not_void(world: World) -> None:
    world.now += NS
    world.hub.alive()
    flight = world.fly()
    world.now += MS
    world.hub.alive()
    assert flight in world.hub.flights


def test_the_sweep_ends_only_what_is_overdue(world: World) -> None:
    short, long = world.fly(NS), world.fly(4 * NS)
    world.hub.sweep(T0 + NS)
    assert world.rows == []
    world.hub.sweep(T0 + NS + 1)
    assert world.outcomes == [Outcome.ANSWER_TIMEOUT]
    assert world.hub.flights == {long}
    assert short not in world.hub.flights


def test_a_stage_has_no_deadline_after_that_of_the_answer() -> None:
    flight = Flight(0, intended=T0, sent=T0, answer_limit=NS)
    flight.limit(T0 + 5 * NS)
    assert flight.deadline == T0 + NS
    flight.limit(T0 + MS)
    assert flight.deadline == T0 + MS


def test_a_retired_connection_is_closed_a_little_later(world: World) -> None:
    ours, peer = socket.socketpair()
    with ours, peer:
        world.hub.retire(ours)
        assert world.hub.busy
        world.hub.sweep(T0 + SWEEP - 1)
        assert ours.fileno() >= 0
        world.hub.sweep(T0 + SWEEP)
        assert ours.fileno() < 0
        assert not world.hub.busy
