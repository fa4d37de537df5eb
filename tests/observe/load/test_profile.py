"""Locust files that cannot be used, each told in one line.

Locust patches the interpreter that imports it, so a process of its own reads them all.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LEAN = """
from locust import TaskSet, User, task
from soakgate.observe.load.lean import LeanUser

class Mine(LeanUser):
    @task
    def go(self):
        pass
"""

CASES = {
    "raises": ("1/0", "a.py:1: load: the locust file cannot be loaded; found ZeroDivisionError"),
    "syntax": ("\ndef broken(:", "a.py:2: load: the locust file cannot be loaded"),
    "exits": ("import sys; sys.exit(0)", "found SystemExit: 0"),
    "empty": ("x = 1", "no user class"),
    "idle": ("from locust import User\nclass A(User): pass", "user class A has no tasks"),
    "classes": (LEAN + "    tasks = [TaskSet]\n", "tasks of Mine must be functions"),
    "mixed": (LEAN + "class B(User):\n    tasks = [print]\n", "cannot be mixed"),
    "plan": (LEAN + "def plan(rate, users): return 7", "plan() must give a Plan"),
    "boom": (LEAN + "def plan(rate, users): return 1 / 0", "plan() failed"),
    "rate": (LEAN, "needs a rate"),
    "users": (LEAN + "USERS = 'many'\n", "how many users?"),
    "missing": (None, "a.py: load: no such locust file"),
    "shapes": (
        LEAN + "from locust import LoadTestShape\n"
        "class S(LoadTestShape):\n    def tick(self): return None\n"
        "class T(LoadTestShape):\n    def tick(self): return None\n",
        "more than one LoadTestShape",
    ),
}

READER = """
import json, sys
from pathlib import Path
from soakgate.errors import UsageError
from soakgate.observe.load.profile import load_profile
from soakgate.observe.load.settings import Settings
found = {}
for name in json.loads(sys.argv[1]):
    path = Path(name) / "a.py"
    rate = None if path.parent.name == "rate" else 10
    users = None if path.parent.name == "users" else 2
    settings = Settings(run="r", folder="", profile=str(path), host="http://x", rate=rate,
                        users=users)
    try:
        load_profile(settings)
        found[path.parent.name] = "fine"
    except UsageError as error:
        found[path.parent.name] = str(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("profiles")
    paths: list[Path] = []
    for name, (text, _) in CASES.items():
        paths.append(folder / name)
        paths[-1].mkdir()
        if text is not None:
            (paths[-1] / "a.py").write_text(text)
    names = json.dumps([str(p) for p in paths])
    done = subprocess.run(
        [sys.executable, "-c", READER, names], capture_output=True, check=True, timeout=60
    )
    answers: dict[str, str] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("name", CASES)
def test_one_line_says_why(found, name):
    assert CASES[name][1] in found[name]
    assert "\n" not in found[name]
