"""Where the judged run comes from: a run directory that was given, or one recorded now, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from soakgate.errors import EvidenceError, UsageError
from soakgate.pytest_plugin.options import Options

if TYPE_CHECKING:
    from soakgate.config.scenario import Scenario
    from soakgate.orchestrate.judging import Judged
    from soakgate.orchestrate.prepare import Ready
    from soakgate.orchestrate.progress import Listener
    from soakgate.pytest_plugin.judged import JudgedRun
    from soakgate.pytest_plugin.once import Once
    from soakgate.verdict.criterion import Criterion

__all__ = ["Given", "Live", "Source", "source_of"]

FLAGS = {
    "expect-status": "expect_status",
    "expect-body": "expect_body",
    "rate": "rate",
    "for": "length",
    "max": "longest",
    "phases": "phases",
    "no-cluster": "no_cluster",
    "upgrade-command": "upgrade_command",
    "soak-only": "soak_only",
    "no-load": "no_load",
}
"""Options by their field of RunFlags."""


class Source(Protocol):
    """Gives the scenario when tests are collected, and the judged run when one asks for it."""

    recorded: bool

    def check(self) -> None:
        """Check all that can be checked before the first test. Raises SoakgateError."""

    @property
    def scenario(self) -> "Scenario | None":
        """Scenario to judge by; None if it cannot be read. Raises UsageError."""

    def judged(self) -> "JudgedRun":
        """Judge, and record before if need be. Raises SoakgateError."""


class Given:
    """A recorded run. Nothing is written: several workers, and a read-only folder, are fine."""

    recorded = False

    def __init__(self, options: Options) -> None:
        self._options, self._folder = options, Path(options["run-dir"])

    def check(self) -> None:
        """Refuse a folder that is no run, and files that cannot be read."""
        from soakgate.adapters.rundir import is_run
        from soakgate.orchestrate.prepare import settings_here, waivers_of

        if not is_run(self._folder):
            raise UsageError(
                "is no run directory",
                where=f"--run-dir {self._folder}",
                expected="run.json, seal.json or collect/",
                hint="give the --out folder of a run",
            )
        settings, _ = settings_here({"waivers": self._options["waivers"]})
        self._waivers = waivers_of(settings.waivers, _criteria())
        _ = self.scenario

    @cached_property
    def scenario(self) -> "Scenario | None":
        """Give the scenario asked for, else the recorded one."""
        recorded = self._recorded()
        if self._options["scenario"] is None:
            return recorded
        from soakgate.orchestrate.judging import as_it_ran

        asked = self._asked()
        return asked if recorded is None else as_it_ran(asked, recorded)

    def _recorded(self) -> "Scenario | None":
        from soakgate.adapters.evidence import read_scenario_text
        from soakgate.config.load import load_text
        from soakgate.verdict.criterion import facts_of

        try:
            text = read_scenario_text(self._folder)
            return load_text(text, name="scenario.yaml", criteria=facts_of(_criteria()))
        except (EvidenceError, UsageError):
            return None  # the run is inconclusive, and says why

    def _asked(self) -> "Scenario":
        from soakgate.config.load import read_file, read_scenario
        from soakgate.orchestrate.prepare import find_scenario
        from soakgate.verdict.criterion import facts_of

        path = find_scenario(self._options["scenario"])
        return read_scenario(read_file(path), source=str(path), criteria=facts_of(_criteria()))

    def judged(self) -> "JudgedRun":
        """Judge the folder as `soakgate judge` does, without writing."""
        from soakgate.orchestrate.judging import judge_folder
        from soakgate.pytest_plugin.judged import JudgedRun

        asked = self.scenario if self._options["scenario"] is not None else None
        judged = judge_folder(self._folder, waivers=self._waivers, what_if=asked)
        return JudgedRun(judged, scenario=asked, waivers=self._waivers, recorded=False)


@dataclass
class Live:
    """A run recorded now, by the first test that asks; other workers wait and read."""

    options: Options
    once: "Callable[[], Once]"
    listener: Callable[[], "Listener"]
    recorded = True

    def check(self) -> None:
        """Refuse what `soakgate run` refuses."""
        _ = self.ready
        if not self.options["no-cluster"]:
            raise UsageError(
                "watching a cluster is not built yet",
                hint="give --no-cluster, with --for DURATION or --upgrade-command CMD",
            )

    @cached_property
    def ready(self) -> "Ready":
        """Read everything that the run needs. Raises UsageError."""
        from soakgate.orchestrate.prepare import prepare_run, settings_here

        given = {name: self.options[name] for name in ("scenario", "waivers", "out", "rate", "max")}
        settings, _ = settings_here(given)
        if settings.scenario is None and not self.options["target"]:
            raise UsageError(
                "there is no run to judge and none to record",
                hint="give --run-dir DIR, or --scenario FILE or --target NAME=URL",
            )
        flags = {field: self.options[name] or None for name, field in FLAGS.items()}
        for name in ("no_cluster", "soak_only", "no_load"):
            flags[name] = bool(flags[name])
        return prepare_run(settings, flags={**flags, "targets": tuple(self.options["target"])})

    @property
    def scenario(self) -> "Scenario | None":
        """Give the scenario that will be recorded."""
        return self.ready.scenario

    def judged(self) -> "JudgedRun":
        """Record once in this session of pytest, whatever the number of workers."""
        from soakgate.pytest_plugin.judged import JudgedRun

        judged = self.once().get(self._record)
        return JudgedRun(judged, scenario=None, waivers=(), recorded=True)

    def _record(self, claim: Callable[[Path], None]) -> "Judged":
        from soakgate.orchestrate.run import Order, default_out, execute

        ready = self.ready
        out = Path(ready.settings.out) if ready.settings.out else default_out(ready.scenario.name)
        claim(out)
        listener = self.listener()
        order = Order(
            scenario=ready.scenario, plan=ready.plan, base=ready.base, out=out, listener=listener
        )
        return execute(order)


def _criteria() -> "Mapping[str, Criterion]":
    from soakgate.orchestrate import plugins

    return plugins.criteria()


def source_of(
    options: Options, *, once: "Callable[[], Once]", listener: "Callable[[], Listener]"
) -> Source:
    """Choose by the options. Raises UsageError where they contradict each other."""
    if options["run-dir"] is None:
        return Live(options, once, listener)
    if options.recording:
        raise UsageError(
            "is for a new run, and --run-dir names a recorded one",
            where=options.recording[0],
            hint="give one of both",
        )
    return Given(options)
