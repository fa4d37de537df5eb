"""The main job on real parts: three nginx servers behind HAProxy, replaced one after another."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.haproxy import MISSING, Site

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}"),
]
SOFT = 0.6  # seconds; two health checks of 0.3 s
SCENARIO = Path(__file__).parent / "haproxy" / "shop.yaml"


def upgrade(folder: Path, *, careless: bool) -> tuple[int, dict[str, Any], list[float]]:
    """Run the gate over one replacement: exit code, result, when users were served."""
    (folder / "site").mkdir()
    with Site(folder / "site") as site:
        text = SCENARIO.read_text().replace("http://127.0.0.1:1", site.url.rstrip("/"))
        (folder / "shop.yaml").write_text(text)
        command = [sys.executable, "-m", "soakgate", "run", str(folder / "shop.yaml")]
        command += ["--no-cluster", "--out", str(folder / "run")]
        command += ["--upgrade-command", site.replace(careless=careless)]
        code = subprocess.run(command, check=False, timeout=180).returncode
        return code, json.loads((folder / "run" / "result.json").read_text()), site.served()


def rows(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in result["criteria"]}


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_draining_servers_passes(tmp_path: Path) -> None:
    code, result, _ = upgrade(tmp_path, careless=False)
    found = rows(result)
    assert (code, result["verdict"]) == (0, "pass"), result["reason"]
    assert result["outages"] == []
    assert found["upgrade-happened"]["verdict"] == "pass"
    assert found["load"]["observed"]["value"] >= 0.95
    assert found["errors"]["observed"]["value"] == 0
    assert found["errors"]["samples"] > 2_000
    assert found["latency-regression"]["level"] == "info"


def test_killing_servers_fails_with_the_outage_placed(tmp_path: Path) -> None:
    code, result, served = upgrade(tmp_path, careless=True)
    found = rows(result)
    assert (code, result["verdict"]) == (1, "fail")
    assert found["downtime"]["verdict"] == found["longest-outage"]["verdict"] == "fail"
    assert found["http-5xx"]["verdict"] == "fail"
    assert found["observer"]["verdict"] == "pass"
    longest = max(result["outages"], key=lambda row: row["seconds"]["value"])
    assert longest["kinds"].keys() <= {"status-503", "refused", "reset", "closed"}
    assert any("killing web" in c["message"] for c in longest["coincided"])
    agrees_with_the_servers(longest, served)


def agrees_with_the_servers(row: dict[str, Any], served: list[float]) -> None:
    """The servers' own logs show when nobody was served; while the first servers were dead and
    the last was not, some users still were, so the edges are soft by a few checks of HAProxy."""
    middle = moment(row["from"]) + row["seconds"]["value"] / 2
    before = max(t for t in served if t < middle)
    after = min(t for t in served if t > middle)
    assert row["seconds"]["low"] - SOFT <= after - before <= row["seconds"]["high"] + SOFT
    assert abs(before - moment(row["from"])) <= SOFT
    assert abs(after - moment(row["to"])) <= SOFT
