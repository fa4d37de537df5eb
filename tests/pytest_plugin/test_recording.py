"""A suite records its run once, whatever the number of workers, and ends as the verbs do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soakgate.errors import Exit
from soakgate.pytest_plugin.once import Once
from tests.helpers import suites
from tests.pytest_plugin.conftest import Pytester

PLUGIN = ("-p", "no:soakgate", "-p", "soakgate.pytest_plugin.plugin", "-p", "no:cacheprovider")


def _command(*args: object) -> list[str]:
    return [sys.executable, "-m", "pytest", *PLUGIN, *map(str, args)]


def _env() -> dict[str, str]:
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(suites.SUITE)
    return tmp_path


def test_a_run_is_recorded_judged_and_told(run_pytest: Pytester) -> None:
    with suites.Web() as web:
        result = run_pytest(
            "--target", f"shop={web.url}/", "--no-cluster", "--for", "2s", "--rate", "50",
            "--out", "mine",
        )  # fmt: skip
    assert result.ret == Exit.PASS, result.stdout.str()
    run = run_pytest.box.path / "mine"
    assert (run / "seal.json").is_file()
    assert (run / "result.json").is_file()
    result.stdout.fnmatch_lines(
        ["soakgate *Z recording * into mine", "soakgate *Z soak began (2*s)", "run     mine",
         "again   soakgate judge mine"]
    )  # fmt: skip
    again = run_pytest("--target", "shop=http://127.0.0.1:9/", "--no-cluster", "--for", "2s",
                       "--rate", "50", "--out", "mine")  # fmt: skip
    assert again.ret == Exit.USAGE
    assert "mine: is in use" in again.stdout.str()


def test_a_name_that_does_not_resolve_is_usage(run_pytest: Pytester) -> None:
    result = run_pytest("--target", "shop=http://shop.invalid/", "--no-cluster", "--for", "2s",
                        "--rate", "50")  # fmt: skip
    assert result.ret == Exit.USAGE
    lines = {line for line in result.outlines if line.startswith("soakgate: ")}
    assert len(lines) == 1
    assert "name does not resolve" in lines.pop()


def test_two_workers_record_once(here: Path) -> None:
    with suites.Web() as web:
        done = subprocess.run(
            _command("-p", "xdist", "-n", "2", "--target", f"shop={web.url}/503", "--no-cluster",
                     "--for", "2s", "--rate", "50", "--out", "mine", "--junit-xml", "j.xml"),
            cwd=here, env=_env(), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == Exit.FAIL, done.stdout + done.stderr
    assert "1 failed, 1 inconclusive" in done.stdout
    assert sorted(p.name for p in here.iterdir() if p.is_dir() and p.name[0] not in "_.") == [
        "mine"
    ]
    xml = (here / "j.xml").read_text()
    assert xml.count('type="inconclusive"') == 1
    assert xml.count('type="fail"') == 1
    assert 'message="FAIL downtime shop: ' in xml
    assert 'name="downtime/shop.limit"' in xml


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((), Exit.USAGE),
        (("--run-dir", "nowhere"), Exit.USAGE),
        (("--run-dir", "RUN"), Exit.PASS),
        (("--run-dir", "RUN", "-k", "neither"), Exit.NOTHING),
        (("--run-dir", "CUT"), Exit.INCONCLUSIVE),
    ],
)
def test_exit_codes_with_two_workers(
    healthy: Path, here: Path, args: tuple[str, ...], code: Exit
) -> None:
    places = {"RUN": str(healthy)}
    if "CUT" in args:
        places["CUT"] = str(suites.unseal(suites.copy(healthy, here / "cut")))
    words = [places.get(word, word) for word in args]
    done = subprocess.run(
        _command("-p", "xdist", "-n", "2", "test_it.py", *words),
        cwd=here, env=_env(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout
    if code is Exit.USAGE:
        assert done.stdout.count("ERROR: soakgate: ") == 1


def test_a_signal_ends_the_run_which_is_judged_and_exits_2(here: Path) -> None:
    with suites.Web() as web:
        child = subprocess.Popen(
            _command("--target", f"shop={web.url}/", "--no-cluster", "--for", "60s", "--rate",
                     "50", "--out", "mine"),
            cwd=here, env=_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        _await(here / "mine" / "collect" / "probe" / "heartbeat")
        _await_samples(web)
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=30)
    assert child.returncode == Exit.INTERRUPTED, out
    assert "SIGINT: stopping, then judging" in out
    assert "1 passed, 1 inconclusive" in out
    assert (here / "mine" / "seal.json").is_file()


def _await(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _await_samples(web: suites.Web) -> None:
    deadline = time.monotonic() + 30
    while web.total < 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestOnce:
    """The state file beside the lock."""

    def test_an_error_is_told_to_all_with_its_code(self, tmp_path: Path) -> None:
        from soakgate.errors import SoakgateError, UsageError

        def broken(claim: object) -> None:
            raise UsageError("no good", where="--out")

        once = Once(tmp_path, name="x")
        told = []
        for record in (broken, _never):
            with pytest.raises(SoakgateError) as caught:
                once.get(record)
            told.append((str(caught.value), caught.value.exit_code))
        assert told == [("--out: no good", Exit.USAGE)] * 2

    def test_a_worker_that_died_is_told(self, tmp_path: Path) -> None:
        from soakgate.errors import HarnessError

        def dies(claim: object) -> None:
            claim(tmp_path / "run")  # type: ignore[operator]
            raise KeyboardInterrupt

        once = Once(tmp_path, name="x")
        with pytest.raises(KeyboardInterrupt):
            once.get(dies)
        with pytest.raises(HarnessError, match="the worker that recorded the run died"):
            once.get(_never)

    def test_the_second_reads_what_the_first_recorded(self, healthy: Path, tmp_path: Path) -> None:
        once = Once(tmp_path, name="x")

        def record(claim: object) -> str:
            claim(healthy)  # type: ignore[operator]
            return "judged"

        assert once.get(record) == "judged"
        assert once.get(_never).result.verdict == "pass"


def _never(claim: object) -> None:
    raise AssertionError("recorded twice")
