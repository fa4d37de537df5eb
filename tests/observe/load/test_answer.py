"""Answers, in every split of their bytes."""

import httptools
import pytest

from soakgate.observe.load.answer import KEPT, Reader

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
UNTIL_END = b"HTTP/1.1 200 OK\r\n\r\nhello"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
OLD = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def read(parts, *, head=False) -> Reader:
    reader = Reader()
    reader.reset(head=head)
    for part in parts:
        reader.feed(part)
    return reader


def splits(data):
    yield [data]
    yield [data[i : i + 1] for i in range(len(data))]
    for i in range(1, len(data)):
        yield [data[:i], data[i:]]


@pytest.mark.parametrize(
    ("data", "status", "body", "reusable"),
    [
        (PLAIN, 200, b"hello", True),
        (CHUNKED, 200, b"hello", True),
        (INTERIM, 200, b"hello", True),
        (EMPTY, 204, b"", True),
        (CLOSING, 200, b"hello", False),
        (OLD, 200, b"hello", False),
    ],
)
def test_whole_answers(data, status, body, reusable):
    for parts in splits(data):
        reader = read(parts)
        assert reader.complete
        assert (reader.answer.status, reader.answer.body) == (status, body)
        assert reader.reusable is reusable


@pytest.mark.parametrize("data", [PLAIN, CHUNKED, INTERIM, CLOSING])
def test_no_prefix_is_an_answer(data):
    for length in range(len(data)):
        reader = read([data[:length]] if length else [])
        assert not reader.complete
        assert not reader.end()
        assert reader.begun is (length > 0)


def test_a_body_until_the_end():
    for parts in splits(UNTIL_END):
        reader = read(parts)
        assert not reader.complete
        assert reader.end()
        assert reader.answer.body == b"hello"
        assert not reader.reusable


def test_head_has_no_body():
    reader = read([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"], head=True)
    assert reader.complete
    assert not reader.reusable


def test_bytes_that_nobody_asked_for_spoil_the_connection():
    assert not read([PLAIN + PLAIN]).reusable


def test_garbage_and_endless_heads():
    with pytest.raises(httptools.HttpParserError):
        read([b"\x00\x01garbage\r\n\r\n"])
    with pytest.raises((ValueError, httptools.HttpParserError)):
        read([b"HTTP/1.1 200 OK\r\n", *[b"X-Filler: " + b"x" * 1000 + b"\r\n"] * 100])


def test_a_big_body_is_counted_whole_and_kept_in_part():
    reader = read([b"HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n", *[bytes(1 << 16)] * 64])
    assert reader.complete
    assert reader.answer.length == 4 << 20
    assert len(reader.answer.body) == KEPT


def test_a_reader_serves_many_answers():
    reader = read([PLAIN])
    reader.reset(head=False)
    reader.feed(CHUNKED)
    assert (reader.answer.body, reader.answer.ok) == (b"hello", True)
    assert reader.answer.header("transfer-encoding") == "chunked"
