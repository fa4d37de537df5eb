"""The README's first command: the embedded demo passes with care and fails without."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def demo(out: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "soakgate.demo", "--out", str(out), *flags]
    code = subprocess.run(command, check=False, timeout=180, cwd=out.parent).returncode
    return code, json.loads((out / "result.json").read_text())


def test_replacing_with_care_passes(tmp_path: Path) -> None:
    code, result = demo(tmp_path / "run")
    assert (code, result["verdict"]) == (0, "pass"), result["reason"]
    assert result["outages"] == []


def test_killing_fails_and_names_what_it_coincided_with(tmp_path: Path) -> None:
    code, result = demo(tmp_path / "run", "--careless")
    assert (code, result["verdict"]) == (1, "fail")
    longest = max(result["outages"], key=lambda row: row["seconds"]["value"])
    assert 1.0 < longest["seconds"]["low"] < longest["seconds"]["high"] < 4.0
    assert any("killing instance" in near["message"] for near in longest["coincided"])
    assert "killing instance" in result["reason"]
