"""The command line: verbs are imported only when called, errors are one line each."""

import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence

import click

from soakgate.cli.options import note
from soakgate.errors import Exit, SoakgateError, printable

__all__ = ["VERBS", "Cli", "cli", "main"]

VERBS = {
    "run": "Measure a service while it is changed, and judge.",
    "judge": "Judge a recorded run again, offline.",
    "report": "Write the reports of a judged run again.",
    "compare": "Hold two runs against each other.",
    "history": "Show many runs as a table of criteria.",
    "mark": "Write a mark into a run that is going on.",
    "explain": "Explain a criterion or the exit codes.",
    "init": "Write a first scenario, suite and CI snippet here.",
    "doctor": "Check this machine, and show effective settings.",
    "schema": "Print the JSON Schemas of scenario and result.",
}


class Cli(click.Group):
    """A group whose verbs are modules of soakgate.cli, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the verbs in the order of their use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"soakgate.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest verb for one that does not exist."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            from soakgate.errors import UsageError, suggestion

            near = suggestion(args[0], VERBS) or f"there are: {', '.join(VERBS)}"
            raise UsageError(f'there is no verb "{args[0]}"', hint=near)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Cli,
    no_args_is_help=False,  # no verb is an error of one line, like any other
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="soakgate", prog_name="soakgate")
def cli() -> None:
    """Measure a service through a Kubernetes upgrade and give a verdict with bounds.

    Exit codes: 0 pass or warn, 1 fail, 2 interrupted, 3 harness error, 4 usage, 5 nothing
    evaluated, 10 inconclusive, 11 cluster unreachable, 12 stopped by a safety rule.
    """


def _wants_traceback(argv: Sequence[str]) -> bool:
    return any(word in ("-vv", "-vvv") for word in argv) or list(argv).count("-v") > 1


def _failed(error: BaseException, argv: Sequence[str]) -> int:
    """Say in one line what went wrong and give the exit code."""
    if _wants_traceback(argv):
        traceback.print_exception(error)
    if isinstance(error, SoakgateError):
        for line in error.lines:
            note(line)
        return int(error.exit_code)
    if isinstance(error, click.ClickException):
        where = "command line" if isinstance(error, click.UsageError) else "soakgate"
        note(f"{where}: {printable(error.format_message()).rstrip('.')}; see --help")
        return int(Exit.USAGE)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        note("interrupted before there was anything to judge")
        return int(Exit.INTERRUPTED)
    what = str(error) or type(error).__name__
    if isinstance(error, OSError):
        what = f"{error.strerror or what}{f': {error.filename}' if error.filename else ''}"
        note(f"harness error: {printable(what)}; free what is used up and try again")
    else:
        what = f"{type(error).__name__}: {what}"
        note(f"harness error: {printable(what)}; try again with -vv and report it")
    return int(Exit.HARNESS)


def run(argv: Sequence[str]) -> int:
    """Run a command line and give its exit code; never raises."""
    try:
        code = cli.main(args=list(argv), prog_name="soakgate", standalone_mode=False)
        return int(code) if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return int(done.exit_code)
    except BaseException as error:
        return _failed(error, argv)


def _open_streams() -> None:
    """Give every closed standard stream the null device, and none a letter that it cannot write.

    Otherwise the next file opened would get its number, and what is printed would go there.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest free number comes first
        pass
    os.close(handle)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _heed_signals() -> None:
    """Let TERM and HUP end a command as Ctrl-C does; a run that measures takes them over."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def main() -> None:
    """Entry point of the script."""
    _heed_signals()
    _open_streams()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:  # a closed stdout changes nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
