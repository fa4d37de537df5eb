"""Paths that cannot be what they should be: one line and exit 4 from every verb."""

from pathlib import Path

import pytest

from tests.helpers.cli import refused
from tests.helpers.results import passed
from tests.helpers.rundirs import Made

EVIL = {
    "missing": "missing",
    "long": "a" * 5000,
    "deep": "a/" * 3000,
    "forbidden": "/proc/1/root/x",
    "device": "/dev/zero",
    "bytes": "\udcff",
    "control": "a\x1b[31m\nb",
    "root": "/",
}
VERBS = {
    "judge": ("judge",),
    "report": ("report",),
    "compare": ("compare", "made"),
    "history": ("history", "made"),
    "mark": ("mark", "x", "--run"),
    "run": ("run", "--no-cluster", "--plan"),
    "waivers": ("run", "--target", "a=http://127.0.0.1:9/", "--no-cluster", "--for", "9s",
                "--plan", "--waivers"),
    "what-if": ("judge", "made", "--scenario"),
}  # fmt: skip


@pytest.mark.parametrize("kind", EVIL)
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_path_is_one_line(here: Path, verb: str, kind: str) -> None:
    made = Made().write(here / "made")
    (made / "result.json").write_bytes(passed().to_json())
    line = refused(*VERBS[verb], EVIL[kind])
    assert line.isprintable()
    assert len(line) < 1200
