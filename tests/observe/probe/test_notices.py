import json
import os

import pytest

from soakgate.observe.probe.notices import Notices


@pytest.fixture
def pipe():
    read, write = os.pipe()
    os.set_blocking(read, False)
    yield read, write
    os.close(read)
    os.close(write)


def drained(fd: int) -> bytes:
    data = b""
    try:
        while piece := os.read(fd, 1 << 20):
            data += piece
    except BlockingIOError:
        pass
    return data


def test_notices_are_lines(pipe: tuple[int, int]) -> None:
    notices = Notices(pipe[1])
    notices.say("ready")
    notices.last("error", {"what": "x"})
    lines = drained(pipe[0]).splitlines()
    assert [json.loads(line) for line in lines] == [{"say": "ready"}, {"say": "error", "what": "x"}]


def test_a_parent_that_does_not_read_blocks_nothing_and_gets_whole_lines(
    pipe: tuple[int, int],
) -> None:
    notices = Notices(pipe[1])
    for _ in range(100):
        notices.say("progress", {"text": "x" * 5000})
    data = drained(pipe[0])
    notices.say("after")
    data += drained(pipe[0])
    kinds = [json.loads(line)["say"] for line in data.splitlines()]
    assert 10 < len(kinds) < 60
    assert set(kinds) <= {"progress", "after"}


def test_a_parent_that_is_gone_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    notices = Notices(write)
    notices.say("progress")
    notices.last("done")
    os.close(write)
