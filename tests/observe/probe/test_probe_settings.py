import json

import pytest

from soakgate.errors import UsageError
from soakgate.model.samples import Connection
from soakgate.model.times import MS, NS
from soakgate.observe.probe.settings import Settings, period, read_settings, series_of


def read(*targets: object, **more: object) -> Settings:
    return read_settings(
        json.dumps({"run": "r", "folder": "f", "targets": targets, **more}).encode()
    )


SHOP = {"name": "shop", "url": "http://shop/"}


def test_defaults_are_those_of_the_contract() -> None:
    target = read(SHOP).targets[0]
    assert target.connections == (Connection.NEW, Connection.REUSED)
    assert (target.connect_limit, target.tls_limit, target.answer_limit) == (NS, NS, 4 * NS)
    assert target.rate == 10
    assert target.expect_status is None


def test_periods_do_not_alias_with_each_other_or_with_round_times() -> None:
    assert period(Connection.NEW, 10) == 97 * MS
    assert period(Connection.REUSED, 10) == 75_700_000


def test_series_are_numbered_target_by_target() -> None:
    settings = read(SHOP, {**SHOP, "name": "b", "connections": ["reused"]})
    assert [s.name for s in series_of(settings.targets)] == ["shop/new", "shop/reused", "b/reused"]


@pytest.mark.parametrize(
    "target",
    [
        {**SHOP, "rate": 0},
        {**SHOP, "rate": -1},
        {**SHOP, "rate": "fast"},
        {**SHOP, "answer_limit": 0},
        {**SHOP, "connections": []},
        {**SHOP, "connections": ["new", "new"]},
        {**SHOP, "connections": ["old"]},
        {**SHOP, "tpyo": 1},
        {**SHOP, "name": "@control"},
        {**SHOP, "name": ""},
        {"name": "shop"},
        [],
        None,
    ],
)
def test_a_target_that_cannot_be_probed_is_one_clear_line(target: object) -> None:
    with pytest.raises(UsageError) as caught:
        read(target)
    assert "\n" not in str(caught.value)


def test_names_are_unique() -> None:
    with pytest.raises(UsageError, match="taken"):
        read(SHOP, SHOP)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"\xff", b'{"run": ""}', b"[" * 100_000])
def test_a_first_line_that_is_no_settings(line: bytes) -> None:
    with pytest.raises(UsageError):
        read_settings(line)


def test_secrets_are_not_shown() -> None:
    settings = read({**SHOP, "headers": {"Authorization": "s3cret"}, "client_key_pem": "s3cret"})
    assert "s3cret" not in repr(settings)
