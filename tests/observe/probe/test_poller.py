import asyncio
import socket
from collections.abc import Iterator

import pytest

from soakgate.observe.probe.poller import READ, WRITE, Poller


@pytest.fixture
def poller() -> Iterator[Poller]:
    loop = asyncio.new_event_loop()
    poller = Poller(loop)
    yield poller
    poller.close()
    loop.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, peer = socket.socketpair()
    with ours, peer:
        yield ours, peer


Pair = tuple[socket.socket, socket.socket]


def test_owners_are_called_while_there_is_something_for_them(poller: Poller, pair: Pair) -> None:
    masks: list[int] = []
    poller.watch(pair[0].fileno(), masks.append, READ)
    poller.dispatch()
    assert masks == []
    pair[1].send(b"x")
    poller.dispatch()
    poller.dispatch()
    assert masks == [READ, READ]
    pair[0].recv(1)
    poller.dispatch()
    assert len(masks) == 2


def test_bytes_before_a_reset_are_told_and_then_the_reset(poller: Poller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
        got: list[object] = []

        def take(mask: int) -> None:
            try:
                got.append(ours.recv(100))
            except OSError as error:
                got.append(type(error))
                poller.forget(ours.fileno())

        poller.watch(ours.fileno(), take, READ)
        theirs.send(b"x")
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        theirs.close()
        while len(got) < 2:
            poller.dispatch()
        poller.dispatch()
        ours.close()
    assert got == [b"x", ConnectionResetError]


def test_another_owner_may_take_over(poller: Poller, pair: Pair) -> None:
    first: list[int] = []
    second: list[int] = []
    poller.watch(pair[0].fileno(), first.append, WRITE)
    poller.dispatch()
    poller.change(pair[0].fileno(), second.append, READ)
    poller.dispatch()
    pair[1].send(b"x")
    poller.dispatch()
    assert (first, second) == ([WRITE], [READ])


def test_who_is_forgotten_within_a_round_is_not_called(poller: Poller) -> None:
    pairs = [socket.socketpair() for _ in range(2)]
    numbers = [ours.fileno() for ours, _ in pairs]
    called: list[int] = []

    def watch(mine: int, other: int) -> None:
        def call(mask: int) -> None:
            called.append(mine)
            poller.forget(other)

        poller.watch(mine, call, READ)

    watch(numbers[0], numbers[1])
    watch(numbers[1], numbers[0])
    for _, peer in pairs:
        peer.send(b"x")
    poller.dispatch()
    assert len(called) == 1
    for ours, peer in pairs:
        ours.close()
        peer.close()


def test_a_number_given_to_a_new_socket_within_a_round_waits_for_the_next(poller: Poller) -> None:
    one, two = socket.socketpair(), socket.socketpair()
    called: list[str] = []

    def swap(mine: socket.socket, other: socket.socket) -> None:
        number = other.fileno()
        poller.forget(number)
        other.close()
        fresh, peer = socket.socketpair()
        kept.extend([fresh, peer])
        assert number in (fresh.fileno(), peer.fileno())
        poller.watch(number, lambda mask: called.append("fresh"), WRITE)
        poller.forget(mine.fileno())

    kept: list[socket.socket] = []
    poller.watch(one[0].fileno(), lambda mask: swap(one[0], two[0]), READ)
    poller.watch(two[0].fileno(), lambda mask: swap(two[0], one[0]), READ)
    one[1].send(b"x")
    two[1].send(b"x")
    poller.dispatch()
    assert called == []
    poller.dispatch()
    assert called == ["fresh"]
    for sock in [*one, *two, *kept]:
        sock.close()


def test_the_timer_comes_after_all_sockets_of_its_round(poller: Poller, pair: Pair) -> None:
    clock, setter = socket.socketpair()
    order: list[str] = []
    poller.watch_timer(clock.fileno(), lambda: order.append("tick"))
    poller.watch(pair[0].fileno(), lambda mask: order.append("socket"), READ)
    setter.send(b"x")  # ready first
    pair[1].send(b"x")
    poller.dispatch()
    assert order == ["socket", "tick"]
    clock.close()
    setter.close()
