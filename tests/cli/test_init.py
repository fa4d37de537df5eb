"""`init`: what it writes is right as it stands, and nothing is overwritten."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import yaml

from soakgate.cli.init import FILES
from tests.helpers.cli import call, refused, tree
from tests.helpers.rundirs import ROOT, Made


def test_init_writes_everything_once(here: Path) -> None:
    done = call("init", "-o", "json")
    assert (done.code, done.err) == (0, "")
    assert done.json == {"schema": "soakgate.init/1", "written": list(FILES), "kept": []}
    first = tree(here)
    assert set(first) == set(FILES)
    again = call("init", "-o", "json")
    assert (again.code, again.json["written"], again.json["kept"]) == (0, [], list(FILES))
    assert tree(here) == first


def test_what_is_there_is_kept_and_listed(here: Path) -> None:
    (here / "suites").mkdir()
    (here / "suites" / "test_soak.py").write_text("mine")
    (here / "scenarios").mkdir()
    (here / "scenarios" / "first.yaml").symlink_to("nowhere")
    done = call("init")
    assert done.code == 0
    assert "  wrote  soakgate.yaml\n" in done.out
    assert "  kept   suites/test_soak.py (was there)\n" in done.out
    assert "  kept   scenarios/first.yaml (was there)\n" in done.out
    assert (here / "suites" / "test_soak.py").read_text() == "mine"
    assert not (here / "scenarios" / "nowhere").exists()


def test_a_file_in_the_way_of_a_folder_is_told(here: Path) -> None:
    (here / "scenarios").write_text("mine")
    assert "scenarios: is no folder" in refused("init")
    assert (here / "scenarios").read_text() == "mine"


def test_what_is_written_runs_as_it_stands(here: Path) -> None:
    call("init")
    plan = call("run", "--no-cluster", "--plan", "-o", "json")
    assert (plan.code, plan.err) == (0, ""), plan
    assert plan.json["name"] == "first"
    assert [phase["name"] for phase in plan.json["phases"]] == ["settle", "soak"]


def commented_keys(text: str) -> str:
    """Switch on what a file has only as comments with a key."""
    return re.sub(r"^( *)# ((?: *)(?:- \{|[a-z_]+:|  [a-z]+:))", r"\1\2", text, flags=re.MULTILINE)


def test_what_is_commented_out_is_right_too(here: Path) -> None:
    call("init")
    for name in ("soakgate.yaml", "scenarios/first.yaml"):
        path = here / name
        before = path.read_text()
        path.write_text(commented_keys(before))
        assert len(yaml.safe_load(path.read_text())) > len(yaml.safe_load(before)), name
    (here / "waivers.yaml").write_text("waivers: []\n")
    plan = call("run", "--no-cluster", "--plan", "-o", "json")
    assert plan.code == 0, plan
    assert plan.json["upgrade"] == "command"
    assert plan.json["load"]["rate"] == 50
    assert "errors" in {rule["id"] for rule in plan.json["criteria"]}


def test_the_suite_judges_a_run(here: Path) -> None:
    call("init")
    criteria = "[{id: downtime}, {id: longest-outage}, {id: brown-out}, {id: observer}]"
    Made(criteria=criteria).write(here / "r")
    (here / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (here / "pytest.ini").write_text("[pytest]\n")
    suite = (here / "suites" / "test_soak.py").read_text()
    assert ast.get_docstring(ast.parse(suite))
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "suites", "--run-dir", "r"]
    done = subprocess.run(argv, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{suite.count('def test_')} passed" in done.stdout


def test_the_workflow_is_yaml_with_steps(here: Path) -> None:
    call("init")
    text = (here / ".github/workflows/soakgate.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["soak"]["steps"]
    assert any(step.get("run", "").startswith("soakgate run --no-cluster") for step in steps)
    azure = text.partition("# The same as steps of Azure Pipelines:\n#\n")[2]
    plain = "\n".join(line.removeprefix("# ") for line in azure.splitlines())
    assert len(yaml.safe_load(plain)["steps"]) == 6
