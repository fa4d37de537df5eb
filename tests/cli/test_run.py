"""`run` from start to exit code, with real children; few, as each takes its seconds."""

import json
import signal
import subprocess
from pathlib import Path

import jsonschema

from soakgate.model.schema import result_schema
from tests.helpers.cli import call, refused
from tests.helpers.rundirs import command, environment, soakgate
from tests.helpers.web import Web


def test_a_run_gives_one_document_and_leaves_everything(here: Path) -> None:
    with Web() as web:
        done = soakgate("run", "--no-cluster", "--target", f"shop={web.url}/", "--for", "2s",
                        "--expect-body", "ok", "--out", "r", "-o", "json", cwd=here)  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    jsonschema.validate(result, result_schema())
    assert (result["verdict"], result["run"]["sealed"]) == ("pass", True)
    assert done.stdout.encode() == (here / "r" / "result.json").read_bytes()
    names = {path.name for path in (here / "r").iterdir()}
    assert names == {"run.json", "scenario.yaml", "collect", "seal.json", "result.json",
                     "report.html", "junit.xml", "summary.md", "metrics.prom"}  # fmt: skip
    labels = [line.split()[1] for line in done.stderr.splitlines()]
    assert labels[-1] == "run"  # measured; judging
    assert labels.index("run") < labels.index("soak")


def test_a_run_can_be_marked_and_interrupted(here: Path) -> None:
    with Web() as web:
        argv = command("run", "--no-cluster", "--target", f"shop={web.url}/", "--for", "60s")
        with subprocess.Popen(
            argv, cwd=here, env=environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as run:  # fmt: skip
            assert run.stderr is not None
            for line in run.stderr:
                if " soak " in line:
                    break
            marked = call("mark", "draining web1", "-o", "json")
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=30)
    assert run.returncode == 2, err
    assert out.startswith("INCONCLUSIVE  ")
    assert "SIGINT" in out.splitlines()[0]
    (folder,) = (here / "runs").iterdir()
    assert marked.code == 0, marked.err
    assert (folder / "seal.json").exists()
    marks = (folder / "collect" / "marks" / "events.ndjson").read_text().splitlines()
    fact = json.loads(marks[1])
    assert (fact["event"], fact["text"], fact["at"]) == ("mark", "draining web1", marked.json["at"])
    again = call("judge", folder)
    assert again.code == 10
    assert "evidence" not in json.loads((folder / "result.json").read_text())["reason"]
    assert "the run is sealed" in refused("mark", "too late", "--run", folder)
    assert "no run is going on" in refused("mark", "too late")
