"""The plugin's options, each under a short name and under `--soakgate-NAME`.

The plugin is loaded in every pytest run of everyone who has soakgate installed, and the short names
are common words. So they give way: one that another plugin or a conftest.py claims is theirs, and
ours keeps its long name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["GROUP", "Options", "add_options", "read_options", "short_names_yield"]

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
    """Add all options in one group; a short name that is taken already is left to its owner."""
    group = parser.getgroup(GROUP, "soakgate: judge or record a run")
    taken = {name for option in _all_options(parser) for name in option.names()}
    for flag in FLAGS:
        names = [f"--{flag.name}", f"--soakgate-{flag.name}"]
        free = [name for name in names if name not in taken]
        group.addoption(*free, dest=flag.dest, help=flag.help, **_kind(flag))


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


@contextmanager
def short_names_yield(parser: pytest.Parser) -> Iterator[None]:
    """Withdraw our short names while conftest.py files are loaded; take back those still free."""
    ours = parser.getgroup(GROUP).options
    try:
        withdrawn = [(option, name) for option in ours for name in _withdraw(parser, option)]
    except AttributeError:  # a pytest that keeps its options elsewhere: names stay as they are
        yield
        return
    yield
    taken = {name for option in _all_options(parser) for name in option.names()}
    for option, name in withdrawn:
        if name not in taken:
            _restore(parser, option, name)


def _names(option: Any) -> list[str]:
    """Give the list of names that can be changed: pytest 9 has argparse's, pytest 8 its own."""
    action = getattr(option, "_action", None)
    names: list[str] = option._long_opts if action is None else action.option_strings  # noqa: SLF001
    return names


def _registry(parser: pytest.Parser) -> dict[str, Any]:
    """Give argparse's index of names, which pytest 8 makes anew for each parse."""
    found: dict[str, Any] = getattr(getattr(parser, "optparser", None), _INDEX, {})
    return found


_INDEX = "_option_string_actions"


def _withdraw(parser: pytest.Parser, option: Any) -> list[str]:
    names = _names(option)
    short = [name for name in names if not name.startswith("--soakgate-")]
    for name in short:
        names.remove(name)
        _registry(parser).pop(name, None)
    return short


def _restore(parser: pytest.Parser, option: Any, name: str) -> None:
    _names(option).insert(0, name)
    if hasattr(option, "_action"):
        _registry(parser)[name] = option._action  # noqa: SLF001
