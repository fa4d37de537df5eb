"""The configuration line: what is wrong is said in one line."""

import json

import pytest

from soakgate.errors import UsageError
from soakgate.observe.load.settings import read_settings, split_address, split_url

GOOD = {"run": "r", "folder": "f", "profile": "p.py", "host": "http://shop.example"}


def test_defaults():
    found = read_settings(json.dumps(GOOD).encode())
    assert (found.workers, found.distributed, found.answer_limit) == (1, False, 4_000_000_000)
    assert read_settings(json.dumps({**GOOD, "workers": 3}).encode()).distributed


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 0}, {"rate": -1}, {"users": 0}, {"workers": -1}, {"workers": 0},
        {"expect_workers": 2}, {"listen": "here"}, {"answer_limit": 0}, {"host": "ftp://x"},
        {"host": "http://user:hunter2@x"}, {"host": "http://x:99999"}, {"surprise": 1}, {"run": 3},
    ],
)  # fmt: skip
def test_what_cannot_be_used(change):
    with pytest.raises(UsageError) as caught:
        read_settings(json.dumps({**GOOD, **change}).encode())
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"\xff"])
def test_lines_that_are_no_configuration(line):
    with pytest.raises(UsageError):
        read_settings(line)


def test_urls():
    plain = split_url("https://shop.example/base/")
    assert (plain.port, plain.path, plain.authority) == (443, "/base", "shop.example")
    literal = split_url("http://[::1]:8080")
    assert (literal.host, literal.authority) == ("::1", "[::1]:8080")
    assert split_url("http://bücher.example").host == "xn--bcher-kva.example"
    assert split_address("[::1]:5557") == ("::1", 5557)
