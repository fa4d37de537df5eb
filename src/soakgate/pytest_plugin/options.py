"""The plugin's options, each under a short name and under `--soakgate-NAME`.

The plugin is loaded in every pytest run of everyone who has soakgate installed, and the short names
are common words. So they come last: once all plugins and conftest.py files have added theirs, ours
get the short names that are left. A name that somebody else claims is theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["GROUP", "Options", "add_options", "add_short_names", "read_early", "read_options"]

GROUP = "soakgate"


@dataclass(frozen=True, slots=True)
class _Flag:
    name: str  # without dashes
    help: str
    metavar: str | None = None  # None: takes no value
    many: bool = False

    @property
    def dest(self) -> str:
        return f"soakgate_{self.name.replace('-', '_')}"

    @property
    def long(self) -> str:
        return f"--soakgate-{self.name}"


JUDGING = (
    _Flag("run-dir", "judge this recorded run; record nothing", "DIR"),
    _Flag("scenario", "scenario, by path or name; with --run-dir: what if", "FILE"),
    _Flag("waivers", "further waivers", "FILE"),
)
RECORDING = (
    _Flag("target", "what to probe; may be given many times", "NAME=URL", many=True),
    _Flag("expect-status", "statuses that count as served: 200,204", "LIST"),
    _Flag("expect-body", "text that a served answer holds", "TEXT"),
    _Flag("rate", "probes per second and series, at most 200", "HZ"),
    _Flag("for", "from the first to the last probe", "DURATION"),
    _Flag("max", "cut the run there (6h)", "DURATION"),
    _Flag("phases", "baseline=2m,settle=1m,soak=5m", "LIST"),
    _Flag("no-cluster", "watch no cluster"),
    _Flag("upgrade-command", "what performs the upgrade", "CMD"),
    _Flag("soak-only", "no upgrade; needs --for"),
    _Flag("no-load", "leave the scenario's load out"),
    _Flag("out", "run directory to record, new or empty (runs/TIME-NAME)", "DIR"),
)
FLAGS = (*JUDGING, *RECORDING)


@dataclass(frozen=True, slots=True)
class Options:
    """Values as given: None, False and () where not. `recording`: flags that only a new run has."""

    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Give the value of one flag by its name without dashes."""
        return self.values[name]

    @property
    def recording(self) -> list[str]:
        """Names of the given flags that make sense only for a new run."""
        return [f"--{flag.name}" for flag in RECORDING if self.values[flag.name]]


def read_options(config: pytest.Config) -> Options:
    """Collect the values of all flags."""
    return Options({flag.name: config.getoption(flag.dest) for flag in FLAGS})


def add_options(parser: pytest.Parser) -> None:
    """Add all options in one group, under the long names that are nobody else's."""
    group = parser.getgroup(GROUP, "soakgate: judge or record a run")
    for flag in FLAGS:
        group.addoption(flag.long, dest=flag.dest, help=flag.help, **_kind(flag))


def _kind(flag: _Flag) -> dict[str, Any]:
    if flag.metavar is None:
        return {"action": "store_true", "default": False}
    if flag.many:
        return {"action": "append", "default": [], "metavar": flag.metavar}
    return {"default": None, "metavar": flag.metavar}


def _all_options(parser: pytest.Parser) -> list[Any]:
    """Give all registered options. pytest has no public list of them."""
    groups = [getattr(parser, "_anonymous", None), *getattr(parser, "_groups", ())]
    return [option for group in groups if group is not None for option in group.options]


def add_short_names(parser: pytest.Parser) -> list[tuple[Any, str]]:
    """Add the short names that nobody has taken; give each with its option."""
    taken = {name for option in _all_options(parser) for name in option.names()}
    added = []
    for option in parser.getgroup(GROUP).options:
        short = option.names()[0].replace(f"--{GROUP}-", "--")
        if short not in taken:
            _names(option).insert(0, short)
            _index(parser, option)[short] = getattr(option, "_action", None)
            added.append((option, short))
    return added


def read_early(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Read the command line again with our short names, before conftest.py files are looked for.

    Else the value of `--run-dir DIR` would count as a path with tests, and a conftest.py in a run
    directory that came from elsewhere would be executed.
    """
    with _short_names(parser):
        read = parser.parse_known_args(args, copy(config.option))
    config.known_args_namespace.file_or_dir = read.file_or_dir


@contextmanager
def _short_names(parser: pytest.Parser) -> Iterator[None]:
    added = add_short_names(parser)
    try:
        yield
    finally:
        for option, short in added:
            _names(option).remove(short)
            _index(parser, option).pop(short, None)


def _names(option: Any) -> list[str]:
    """Give the list of names that can be changed: pytest 9 has argparse's, pytest 8 its own."""
    action = getattr(option, "_action", None)
    names: list[str] = option._long_opts if action is None else action.option_strings  # noqa: SLF001
    return names


def _index(parser: pytest.Parser, option: Any) -> dict[str, Any]:
    """Give argparse's index of names; pytest 8 makes it anew for each parse, from the lists."""
    if getattr(option, "_action", None) is None:
        return dict.fromkeys(option.names())
    index: dict[str, Any] = parser.optparser._option_string_actions  # noqa: SLF001
    return index
