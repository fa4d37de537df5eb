import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soakgate.errors import UsageError
from soakgate.observe.probe.address import Place, parse_url


def parsed(url: str) -> Place:
    return parse_url(url, where="shop")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://shop", Place(False, "shop", 80, "shop", "/")),
        ("https://shop/", Place(True, "shop", 443, "shop", "/")),
        ("http://shop:8080/a?b=c", Place(False, "shop", 8080, "shop:8080", "/a?b=c")),
        ("http://shop:80/", Place(False, "shop", 80, "shop", "/")),
        ("https://shop:80/", Place(True, "shop", 80, "shop:80", "/")),
        ("http://SHOP.Example/", Place(False, "shop.example", 80, "shop.example", "/")),
        ("http://shop?q=1", Place(False, "shop", 80, "shop", "/?q=1")),
        ("http://shop/a#part", Place(False, "shop", 80, "shop", "/a")),
        ("http://[::1]:81/", Place(False, "::1", 81, "[::1]:81", "/")),
        ("http://[fe80::1%25eth0]/", Place(False, "fe80::1%eth0", 80, "[fe80::1]", "/")),
        ("http://10.0.0.1/", Place(False, "10.0.0.1", 80, "10.0.0.1", "/")),
        ("http://bücher.example/", Place(False, "xn--bcher-kva.example", 80,
                                         "xn--bcher-kva.example", "/")),
        ("http://b%C3%BCcher.example/", Place(False, "xn--bcher-kva.example", 80,
                                              "xn--bcher-kva.example", "/")),
        ("http://my_svc.ns.svc/", Place(False, "my_svc.ns.svc", 80, "my_svc.ns.svc", "/")),
        ("http://shop/grüße?x=ä", Place(False, "shop", 80, "shop", "/gr%C3%BC%C3%9Fe?x=%C3%A4")),
        ("http://shop/a%20b%2Fc", Place(False, "shop", 80, "shop", "/a%20b%2Fc")),
    ],
)  # fmt: skip
def test_urls(url: str, place: Place) -> None:
    assert parsed(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop",
        "ftp://shop/",
        "http://",
        "http:///path",
        "http://shop:0/",
        "http://shop:99999/",
        "http://shop:x/",
        "http://user:pw@shop/",
        "http://user@shop/",
        "http://shop/a b",
        "http://shop/a\r\nX: y",
        "http://shop\t/",
        "http://sh%0Aop/",
        "http://sh%2Fop/",
        "http://[::1/",
        "http://" + "ü" * 80 + ".example/",
        "http://a..ü/",
    ],
)
def test_bad_urls_are_one_clear_line(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(url)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("shop: not a usable URL")


def test_an_error_never_quotes_the_url() -> None:
    with pytest.raises(UsageError) as caught:
        parsed("http://user:s3cret@shop/?token=s3cret")
    assert "s3cret" not in str(caught.value)


def test_the_checked_name_has_no_zone_and_no_final_dot() -> None:
    assert parsed("https://shop.example./").checked_name == "shop.example"
    assert parsed("https://[fe80::1%25eth0]/").checked_name == "fe80::1"
    assert parsed("https://shop.example./").authority == "shop.example."


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_no_text_gives_a_request_line_with_a_break(text: str) -> None:
    try:
        place = parsed("http://" + text)
    except UsageError:
        return
    assert place.path.isascii()
    assert place.authority.isascii() or ":" in place.host
    assert not any(c.isspace() for c in place.path + place.authority)
