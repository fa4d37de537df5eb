import pytest

from soakgate.errors import UsageError
from soakgate.model.samples import Connection
from soakgate.observe.probe.route import request
from soakgate.observe.probe.settings import Target


def lines(connection: Connection = Connection.NEW, **fields: object) -> list[str]:
    target = Target(name="shop", **{"url": "http://shop:81/a?b", **fields})  # type: ignore[arg-type]
    text = request(target, connection).decode()
    assert text.endswith("\r\n\r\n")
    return text.removesuffix("\r\n\r\n").split("\r\n")


def test_a_request_over_a_new_connection_says_that_it_is_the_last() -> None:
    first, *rest = lines()
    assert first == "GET /a?b HTTP/1.1"
    assert "Host: shop:81" in rest
    assert "Connection: close" in rest
    assert not any("encoding" in line.lower() for line in rest)


def test_a_request_over_a_kept_connection_does_not() -> None:
    assert not any(line.startswith("Connection") for line in lines(Connection.REUSED))


def test_headers_replace_ours_whatever_their_case() -> None:
    got = lines(headers={"HOST": "other", "X-Key": "ü"})
    assert "HOST: other" in got
    assert "X-Key: ü" in got
    assert sum(line.lower().startswith("host:") for line in got) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Bad Name": "x"},
        {"": "x"},
        {"X": "s3cret\r\nY: z"},
        {"X": "s3cret\0"},
        {"X": "s3cret\x7f"},
        {"Connection": "keep-alive"},
        {"content-length": "5"},
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_headers_that_would_break_the_request_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        lines(headers=headers)
    assert "s3cret" not in str(caught.value)
    assert str(caught.value).startswith("shop: ")
