"""Verbs, errors in one line each, exit codes, and streams that are closed."""

import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from soakgate import __version__, errors
from soakgate.cli.main import VERBS
from soakgate.errors import Exit
from tests.helpers.cli import call, refused

HEAVY = ("numpy", "pydantic", "pyarrow", "scipy", "pandas", "rich", "jinja2", "msgspec", "yaml",
         "locust", "kubernetes", "asyncio")  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    done = call(verb, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: soakgate {verb}")
    for flag in ("--kubeconfig", "--context", "--namespace", "-A", "--output", "-v", "--color"):
        assert flag in done.out


def test_help_lists_every_verb() -> None:
    done = call("--help")
    assert done.code == 0
    assert all(f"  {verb} " in done.out for verb in VERBS)
    assert "10 inconclusive" in done.out
    assert call("-h") == done


def test_version() -> None:
    assert call("--version").out == f"soakgate, version {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from soakgate.cli.main import VERBS, run\n"
        "codes = [run([verb, '--help']) for verb in VERBS]\n"
        f"print([name for name in {HEAVY} if name in sys.modules], set(codes))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] {0}"


@pytest.mark.parametrize(
    ("argv", "fragment"),
    [
        ([], "command line: Missing command; see --help"),
        (["judgee"], 'there is no verb "judgee"; did you mean "judge"?'),
        (["xyzzy"], "there are: run, judge, report"),
        (["judge"], "Missing argument 'DIR'"),
        (["judge", "a", "b"], "unexpected extra argument"),
        (["schema", "--outptu", "json"], "No such option"),
        (["schema", "-o", "yaml"], "'yaml' is not one of"),
        (["run", "--rate", "fast"], "'fast' is not a valid float"),
        (["judge", "no\nsuch\x1b[31m"], "no\\nsuch\\x1b[31m"),
    ],
)
def test_wrong_usage_is_one_line(argv: list[str], fragment: str) -> None:
    assert fragment in refused(*argv)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make `soakgate schema result` end with an error."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(import_module("soakgate.model.schema"), "result_schema", fail)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.HarnessError("h"), Exit.HARNESS, "h"),
        (errors.UsageError("u", where="w", hint="do"), Exit.USAGE, "w: u; do"),
        (errors.InterruptedEarly("i"), Exit.INTERRUPTED, "i"),
        (errors.NothingEvaluated("n"), Exit.NOTHING, "n"),
        (errors.EvidenceError("e"), Exit.INCONCLUSIVE, "e"),
        (errors.Unreachable("r"), Exit.UNREACHABLE, "r"),
        (errors.SafetyStop("s"), Exit.SAFETY, "s"),
        (RuntimeError("one\ntwo"), Exit.HARNESS, "harness error: RuntimeError: one\\ntwo"),
        (MemoryError(), Exit.HARNESS, "harness error: MemoryError"),
        (SystemExit(0), Exit.HARNESS, "harness error: SystemExit: 0"),
        (ImportError("no numpy"), Exit.HARNESS, "ImportError: no numpy"),
        (OSError(28, "No space left on device"), Exit.HARNESS, "No space left on device"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_errors_end_with_their_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: Exit, text: str
) -> None:
    failing(monkeypatch, error)
    assert text in refused("schema", "result", code=int(code))


def test_ctrl_c_before_a_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    done = call("schema", "result")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1].startswith("soakgate: interrupted")


def test_tracebacks_only_with_vv(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("boom"))
    for flags in ([], ["-v"]):
        assert "Traceback" not in call("schema", "result", *flags).err
    for flags in (["-vv"], ["-v", "-v"]):
        lines = call("schema", "result", *flags).err.splitlines()
        assert lines[0].startswith("Traceback")
        assert lines[-1].startswith("soakgate: harness error: RuntimeError: boom")


def shell(line: str, *, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line of shell with `$S` for the command."""
    script = f"S='{sys.executable} -m soakgate'; {line}"
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_closed_streams_change_nothing(here: Path) -> None:
    done = shell("$S explain load >&-; echo $?; $S judge nothing >&- 2>&- <&-; echo $?", cwd=here)
    assert (done.stdout, done.stderr) == ("0\n4\n", "")


def test_what_is_printed_never_lands_in_a_file(here: Path) -> None:
    done = shell("$S init >&- 2>&- <&-; echo $?", cwd=here)
    assert done.stdout == "0\n"
    template = Path(import_module("soakgate.cli.init").__file__ or "").parent / "_init"
    assert (here / "soakgate.yaml").read_bytes() == (template / "soakgate.yaml").read_bytes()


def test_a_reader_that_leaves_changes_nothing(here: Path) -> None:
    done = shell("{ $S schema result; echo $? >&2; } | true", cwd=here)
    assert done.stderr == "0\n"


def test_letters_that_stdout_cannot_write_are_escaped(here: Path) -> None:
    done = shell("PYTHONIOENCODING=ascii $S doctor; echo $?", cwd=here)
    assert done.stderr == ""
    assert done.stdout.endswith("\n0\n")
    assert "\\u2713 python" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_anything_is_recorded_ends_with_2(number: int) -> None:
    script = f"""
import os, time
from soakgate.cli import main
main.cli.main = lambda **_: (os.kill(os.getpid(), {int(number)}), time.sleep(5))
main.main()
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "interrupted" in done.stderr
