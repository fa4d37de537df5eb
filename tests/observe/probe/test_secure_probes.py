"""TLS as the real child sees it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.certs import HAVE_OPENSSL, Certificate, make_certificate
from tests.helpers.faults import FaultHost, FaultServer
from tests.helpers.prober import NS, ChildProber

pytestmark = pytest.mark.skipif(not HAVE_OPENSSL, reason="makes certificates with openssl")

OUTCOMES = {
    "good": "served",
    "own-name": "served",
    "big": "served",
    "key-file": "served",
    "key-in-memory": "served",
    "redirected": "redirect",
    "closed": "closed",
    "reset": "reset",
    "truncated": "truncated",
    "hole": "answer-timeout",
    "no-trust": "tls",
    "wrong-name": "tls",
    "no-client-cert": "closed",  # this server says so by closing, without an alert
    "plain-server": "tls",
    "silent-server": "tls",
    "closing-server": "closed",
    "refusing-server": "refused",
}


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildProber]:
    folder = tmp_path_factory.mktemp("secure")
    ours = make_certificate(folder / "ours", "IP:127.0.0.1", "DNS:shop.internal")
    named = make_certificate(folder / "named", "DNS:shop.internal")
    client = make_certificate(folder / "client", "DNS:client")
    with contextlib.ExitStack() as stack:
        host = FaultHost().start()
        stack.callback(host.stop)

        def serve(mode: str = "ok", cert: Certificate | None = ours, **more: Certificate) -> str:
            tls = cert.server(**more) if cert is not None else None
            server = stack.enter_context(FaultServer(mode=mode, host=host, tls=tls))
            return server.url.replace("http:", "https:")

        guarded = serve(clients=client)
        trust = {"ca": str(ours.cert)}
        mine = {**trust, "client_cert": str(client.cert)}
        settings: dict[str, dict[str, object]] = {
            "good": {"url": serve(), **trust},
            "own-name": {
                "url": serve(cert=named),
                "ca": str(named.cert),
                "server_name": "shop.internal",
            },
            "big": {"url": serve("bigbody:5000000"), **trust},
            "key-file": {"url": guarded, **mine, "client_key": str(client.key)},
            "key-in-memory": {"url": guarded, **mine, "client_key_pem": client.key.read_text()},
            "redirected": {"url": serve("redirect"), **trust},
            "closed": {"url": serve("closed"), **trust},
            "reset": {"url": serve("reset"), **trust},
            "truncated": {"url": serve("truncated"), **trust},
            "hole": {"url": serve("blackhole"), **trust},
            "no-trust": {"url": serve()},
            "wrong-name": {"url": serve(cert=named), "ca": str(named.cert)},
            "no-client-cert": {"url": guarded, **trust},
            "plain-server": {"url": serve("garbage", cert=None)},
            "silent-server": {"url": serve("blackhole", cert=None)},
            "closing-server": {"url": serve("closed", cert=None)},
            "refusing-server": {"url": serve("refuse", cert=None)},
        }
        limits = {"tls_limit": NS // 2, "answer_limit": NS}
        targets = [
            {"name": name, "expect_body": "ready", "rate": 3, **limits, **settings[name]}
            for name in OUTCOMES
        ]
        for target in targets:
            if target["name"] == "big":
                target["answer_limit"] = 20 * NS
        made = stack.enter_context(ChildProber(folder / "probe", targets))
        made.start(2)
        assert made.wait(60) == 0
        yield made


@pytest.mark.parametrize("connection", ["new", "reused"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome(child: ChildProber, name: str, connection: str) -> None:
    outcomes = child.outcomes(name, connection)
    assert set(outcomes) == {OUTCOMES[name]}, [
        (r["outcome"], r["detail"], r["sent"] - r["intended"], r["done"] - r["intended"])
        for r in child.rows(name)
    ]
    assert outcomes.total() >= 4


def test_why_is_told(child: ChildProber) -> None:
    def details(name: str) -> set[str]:
        return {row["detail"] for row in child.rows(name)}

    assert details("no-trust") == {"certificate: self-signed certificate"}
    assert details("wrong-name") == {
        "certificate: IP address mismatch, certificate is not valid for '127.0.0.1'."
    }
    assert details("silent-server") == {"handshake not done within 0.5 s"}
    assert details("closing-server") == {"during the TLS handshake"}


def test_keys_are_on_no_disk(child: ChildProber, tmp_path: Path) -> None:
    for path in child.folder.rglob("*"):
        assert b"PRIVATE KEY" not in path.read_bytes()
    assert child.log == ""
