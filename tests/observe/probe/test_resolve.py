import asyncio
import socket
import threading

from soakgate.observe.probe.resolve import Address, Resolver, literal

HERE = [Address(socket.AF_INET, ("127.0.0.1", 80))]
Answers = list[list[Address] | Exception]


def test_numeric_hosts_need_no_resolver() -> None:
    found = literal("127.0.0.1", 80)
    assert found == HERE
    found = literal("::1", 80)
    assert found is not None
    assert found[0].family == socket.AF_INET6
    assert str(found[0]) == "::1"
    assert literal("shop", 80) is None


async def until(condition: threading.Event) -> None:
    await asyncio.to_thread(condition.wait, 5)
    await asyncio.sleep(0)


def test_a_hanging_look_up_does_not_hold_up_the_next() -> None:
    hang, first = threading.Event(), threading.Event()

    def ask(host: str, port: int) -> list[Address]:
        if not first.is_set():
            first.set()
            hang.wait(5)
        return HERE

    async def run() -> None:
        loop = asyncio.get_running_loop()
        resolver = Resolver("shop", 80, loop=loop, rate=10, ask=ask)
        answers: Answers = []
        slow = loop.create_future()
        resolver.look_up(slow.set_result)
        await until(first)
        fast = loop.create_future()
        resolver.look_up(fast.set_result)
        answers.append(await asyncio.wait_for(fast, 5))
        assert not slow.done()
        hang.set()
        answers.append(await asyncio.wait_for(slow, 5))
        assert answers == [HERE, HERE]

    asyncio.run(run())


def test_an_error_comes_back_as_a_value() -> None:
    def ask(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async def run() -> None:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        Resolver("shop", 80, loop=loop, rate=10, ask=ask).look_up(answer.set_result)
        assert isinstance(await asyncio.wait_for(answer, 5), socket.gaierror)

    asyncio.run(run())


def test_threads_are_bounded_and_a_dropped_look_up_is_never_made() -> None:
    hang, asked = threading.Event(), []

    def ask(host: str, port: int) -> list[Address]:
        asked.append(threading.current_thread())
        hang.wait(5)
        return HERE

    async def run() -> None:
        loop = asyncio.get_running_loop()
        resolver = Resolver("shop", 80, loop=loop, rate=0.1, ask=ask)  # four threads
        done = []
        items = [resolver.look_up(done.append) for _ in range(8)]
        for item in items[:7]:
            item.cancel()
        hang.set()
        while not done:
            await asyncio.sleep(0)
        assert done == [HERE]
        assert len(set(asked)) <= 4
        assert len(asked) <= 5  # those that four threads had taken, and the last one

    asyncio.run(run())
