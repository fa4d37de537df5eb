import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.model.samples import Outcome
from soakgate.observe.probe.answer import (
    HEADER_LIMIT,
    SEARCH_LIMIT,
    Answer,
    Expectation,
    judge,
)

ANY_GOOD = Expectation(None, b"")
READY = Expectation(None, b"ready")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nready\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x=y\r\nrea\r\n3\r\ndy\n\r\n0\r\nTrailer: v\r\n\r\n"
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"

WHOLE = {
    "length": (OK, True),
    "chunked": (CHUNKED, True),
    "interim": (INTERIM + OK, True),
    "close": (OK.replace(b"Cont", b"Connection: close\r\nCont"), False),
    "http10": (OK.replace(b"1.1", b"1.0"), False),
    "http10-keep": (OK.replace(b"1.1 200 OK", b"1.0 200 OK\r\nConnection: keep-alive"), True),
    "extra-bytes": (OK + b"more", False),
    "second-answer": (OK + OK, False),
    "close-extra": (OK.replace(b"Cont", b"Connection: close\r\nCont") + b"more", False),
    "leading-line": (b"\r\n" + OK, True),
}
UNTIL_END = {
    "plain": b"HTTP/1.1 200 OK\r\n\r\nready\n",
    "coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nready\n",
    "http10": b"HTTP/1.0 200 OK\r\n\r\nready\n",
    "interim": INTERIM + b"HTTP/1.1 200 OK\r\n\r\nready\n",
    "close": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nready\n",
}
BROKEN = {
    "garbage": b"\x00\xff this is no HTTP\r\n\r\n",
    "http2": b"HTTP/2.0 200 OK\r\n\r\n",
    "http09": b"HTTP/0.9 200 OK\r\n\r\n",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nready\n",
    "negative-length": b"HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\nready\n",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "tls-alert": b"\x15\x03\x01\x00\x02\x02\x46",
}


def fed(*pieces: bytes, expect: Expectation = READY) -> Answer:
    answer = Answer(expect)
    for piece in pieces:
        answer.feed(piece)
    return answer


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_answer_is_served_however_it_is_cut(name: str) -> None:
    data, reusable = WHOLE[name]
    for cut in range(1, len(data)):
        answer = fed(data[:cut], data[cut:])
        assert answer.complete, cut
        assert answer.fault is None, cut
        assert answer.status == 200
        assert answer.reusable is reusable, cut
        assert judge(answer, READY) == (Outcome.SERVED, None), cut


@pytest.mark.parametrize("name", ["length", "chunked", "interim", "close"])
def test_an_answer_is_complete_with_its_last_byte_and_not_before(name: str) -> None:
    data, _ = WHOLE[name]
    answer = Answer(READY)
    for byte in data[:-1]:
        answer.feed(bytes([byte]))
        assert not answer.complete
    assert not answer.end()  # cut here it is truncated
    answer = fed(*(bytes([byte]) for byte in data))
    assert answer.complete


@pytest.mark.parametrize("name", UNTIL_END)
def test_without_a_length_the_end_of_the_connection_completes(name: str) -> None:
    data = UNTIL_END[name]
    for cut in range(1, len(data)):
        answer = fed(data[:cut], data[cut:])
        assert not answer.complete
        assert answer.end()
        assert not answer.reusable
        assert judge(answer, READY) == (Outcome.SERVED, None)


@pytest.mark.parametrize("cut", range(1, len(UNTIL_END["plain"]) - 6))
def test_an_end_inside_the_header_completes_nothing(cut: int) -> None:
    assert not fed(UNTIL_END["plain"][:cut]).end()


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_http_is_told_as_such_however_it_is_cut(name: str) -> None:
    data = BROKEN[name]
    for cut in range(1, len(data)):
        answer = fed(data[:cut], data[cut:])
        assert answer.fault, cut
        assert not answer.complete, cut


def test_an_interim_answer_alone_completes_nothing() -> None:
    answer = fed(INTERIM)
    assert answer.started
    assert not answer.complete
    assert not answer.end()


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_ends_with_its_header(status: int) -> None:
    data = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status
    answer = fed(data, expect=ANY_GOOD)
    assert answer.complete
    assert answer.reusable
    outcome = Outcome.SERVED if status == 204 else Outcome.REDIRECT
    assert judge(answer, ANY_GOOD)[0] is outcome


def test_an_upgrade_nobody_asked_for_is_its_status() -> None:
    data = b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nxyz"
    answer = fed(data)
    assert answer.complete
    assert not answer.reusable
    assert judge(answer, READY) == (Outcome.STATUS, None)
    assert answer.status == 101


def test_one_connection_gives_one_answer_after_the_other() -> None:
    answer = Answer(READY)
    for data, outcome in [
        (OK, Outcome.SERVED),
        (OK.replace(b"200", b"503"), Outcome.STATUS),
        (OK.replace(b"ready", b"wrong"), Outcome.WRONG_BODY),
        (CHUNKED, Outcome.SERVED),
    ]:
        answer.begin()
        answer.feed(data)
        assert answer.complete
        assert answer.reusable
        assert judge(answer, READY)[0] is outcome


@pytest.mark.parametrize(
    ("status", "expected", "outcome"),
    [
        (200, None, Outcome.SERVED),
        (299, None, Outcome.SERVED),
        (199, None, Outcome.STATUS),
        (300, None, Outcome.REDIRECT),
        (399, None, Outcome.REDIRECT),
        (400, None, Outcome.STATUS),
        (503, None, Outcome.STATUS),
        (503, frozenset({503}), Outcome.SERVED),
        (200, frozenset({204}), Outcome.STATUS),
        (302, frozenset({302}), Outcome.SERVED),
    ],
)
def test_the_status_decides_before_the_body(
    status: int, expected: frozenset[int] | None, outcome: Outcome
) -> None:
    answer = Answer(ANY_GOOD)
    answer.complete, answer.status = True, status
    assert judge(answer, Expectation(expected, b""))[0] is outcome


def test_a_redirect_tells_where_it_leads() -> None:
    data = b"HTTP/1.1 302 Found\r\nLocation: http://x/y\r\nContent-Length: 0\r\n\r\n"
    assert judge(fed(data), READY) == (Outcome.REDIRECT, "302 to http://x/y")
    assert judge(fed(data.replace(b"Location", b"Elsewhere")), READY)[1] == "302"


def test_the_expected_text_is_found_across_pieces_and_chunks() -> None:
    assert judge(fed(CHUNKED), READY)[0] is Outcome.SERVED
    assert judge(fed(OK, expect=Expectation(None, b"y")), Expectation(None, b"y"))[0] is (
        Outcome.SERVED
    )


def big(position: int) -> Answer:
    """Feed a body of 9 MiB with the text at `position`, in pieces of 64 KiB."""
    size = 9 << 20
    answer = fed(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    body = bytearray(size)
    body[position : position + 5] = b"ready"
    for start in range(0, size, 1 << 16):
        answer.feed(bytes(body[start : start + (1 << 16)]))
    assert answer.complete
    return answer


def test_the_text_is_looked_for_in_the_first_8_mib_only() -> None:
    assert judge(big(SEARCH_LIMIT - 5), READY)[0] is Outcome.SERVED
    assert judge(big(SEARCH_LIMIT - 4), READY)[0] is Outcome.WRONG_BODY


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
    ],
)
def test_endless_headers_end_the_probe(start: bytes) -> None:
    answer = fed(start)
    line = b"x" * 4000 if start.endswith((b" ", b";")) else b"X-More: " + b"x" * 4000 + b"\r\n"
    fed_bytes = 0
    while answer.fault is None:
        answer.feed(line)
        fed_bytes += len(line)
        assert fed_bytes <= HEADER_LIMIT + 2 * len(line)
    assert "header" in answer.fault


def test_endless_interim_answers_end_the_probe() -> None:
    answer = Answer(READY)
    for _ in range(2 * HEADER_LIMIT // len(INTERIM)):
        answer.feed(INTERIM)
    assert answer.fault is not None


def test_a_long_body_in_tiny_pieces_is_no_header() -> None:
    answer = fed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", expect=ANY_GOOD)
    for _ in range(20_000):
        answer.feed(b"1\r\nx\r\n")
    assert answer.fault is None


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [OK, CHUNKED, INTERIM, b"HTTP/1.1 ", b"200 OK\r\n", b"\r\n", b"0\r\n\r\n"]
            ),
        ),
        max_size=12,
    )
)
def test_no_bytes_whatever_raise(pieces: list[bytes]) -> None:
    answer = Answer(READY)
    for piece in pieces:
        answer.feed(piece)
        if answer.complete:
            assert judge(answer, READY)[0] in Outcome
            answer.begin()
    answer.end()
