"""Secrets are read late, shown never."""

import copy
import traceback

import pytest

from soakgate.config.secrets import MOST, Secret, resolve_headers, resolve_secret
from soakgate.errors import UsageError

ENV = {"TOKEN": "hunter2", "EMPTY": " \n", "LINES": "a\r\nX: hunter2"}
FILES = {"t": b"hunter2\n", "my t": b"hunter2\r\n", "raw": b"\xffhunter2", "big": b"x" * (MOST + 1)}


def read(path: str) -> bytes:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory")
    return FILES[path]


def headers(**given: str) -> dict[str, Secret]:
    return resolve_headers(given, where="targets.shop.headers", env=ENV.get, read=read)


@pytest.mark.parametrize(
    ("text", "value"),
    [("env:TOKEN", "hunter2"), ("file:t", "hunter2"), ("Bearer env:TOKEN", "Bearer hunter2"),
     ("file:my t", "hunter2"), ("Bearer file:my t", "Bearer hunter2"), ("a b", "a b")],
)  # fmt: skip
def test_headers(text: str, value: str) -> None:
    assert headers(A=text)["A"].reveal() == value


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("env:NONE", "targets.shop.headers.A: the environment variable NONE is not set"),
        ("env:EMPTY", "targets.shop.headers.A: the secret env:EMPTY is empty"),
        ("env:LINES", "targets.shop.headers.A: the secret env:LINES cannot be sent in a header"),
        ("file:none", "targets.shop.headers.A: the file none cannot be read; found No such file"),
        ("file:raw", "targets.shop.headers.A: the file raw is not UTF-8 text"),
        ("file:big", "targets.shop.headers.A: the file big is too large for a secret"),
    ],
)
def test_errors_name_the_place_and_never_the_value(text: str, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        headers(A=text)
    assert str(caught.value).startswith(line)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_key_may_have_many_lines() -> None:
    env = {"KEY": "-----BEGIN-----\nabc\n-----END-----\n"}
    secret = resolve_secret("env:KEY", where="tls", env=env.get, read=read)
    assert secret.reveal().endswith("-----END-----")


def test_a_secret_shows_nothing() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {vars(type(secret))}"
    assert secret == copy.copy(secret)
    assert secret != Secret("other")
