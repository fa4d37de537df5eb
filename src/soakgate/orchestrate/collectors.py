"""What each collector is told; secrets travel by pipe, never by disk."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from soakgate.config.scenario import Scenario
from soakgate.config.target import Target
from soakgate.errors import UsageError

__all__ = ["Secrets", "load_settings", "probe_settings"]

Secrets = Callable[[str], str]
"""Turns a value that names a secret (`env:NAME`, `file:PATH`) into what it stands for."""


def _target(
    name: str, target: Target, *, base: Path, secret: Secrets, header: Secrets
) -> dict[str, Any]:
    tls = target.tls
    client = tls.client if tls else None
    return {
        "name": name,
        "url": target.url,
        "expect_status": list(target.expect.status) if target.expect.status else None,
        "expect_body": target.expect.body,
        "connections": [c.value for c in target.connections],
        "rate": target.rate,
        "headers": {key: header(value) for key, value in target.headers.items()},
        "connect_limit": target.limits.connect,
        "tls_limit": target.limits.tls,
        "answer_limit": target.limits.answer,
        "protocol": target.protocol,
        "options": dict(target.options),
        "ca": str(base / tls.ca) if tls and tls.ca else None,
        "server_name": tls.server_name if tls else None,
        "client_cert": str(base / client.cert) if client else None,
        "client_key_pem": secret(client.key) if client else None,
    }


def probe_settings(
    scenario: Scenario, *, base: Path, secret: Secrets, header: Secrets
) -> dict[str, Any]:
    """Tell the prober its targets. Raises UsageError for a secret that is not there."""
    for name, target in scenario.targets.items():
        if target.url is None:
            raise UsageError(
                "a service needs a cluster",
                where=f"targets.{name}.service",
                expected="url",
                hint="give url, or use soakgate rehearse",
            )
    targets = [
        _target(name, target, base=base, secret=secret, header=header)
        for name, target in scenario.targets.items()
    ]
    return {"targets": targets, "control": True}


def load_settings(
    scenario: Scenario, *, profile: Callable[[str], Path], answer_limit: int
) -> dict[str, Any] | None:
    """Tell the load child what to do; None without load. Raises UsageError without a host."""
    load = scenario.load
    if load is None:
        return None
    host = load.host
    if host is None:
        raise UsageError("names no host", where="load.host", expected="http(s)://HOST[:PORT]")
    facts: Mapping[str, Any] = {
        "profile": str(profile(load.profile)),
        "host": host,
        "rate": load.rate,
        "users": load.users,
        "workers": load.workers,
        "listen": load.listen,
        "expect_workers": load.expect_workers,
        "answer_limit": answer_limit,
    }
    return dict(facts)
