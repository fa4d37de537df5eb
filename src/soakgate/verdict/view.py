"""What criteria look at: the evidence of a run, analysed once, cut by window and target."""

from dataclasses import dataclass, field

import numpy as np

from soakgate.analysis import brownouts, outages
from soakgate.analysis.brownouts import SeriesBrownouts
from soakgate.analysis.outages import SeriesOutages
from soakgate.config.scenario import Scenario
from soakgate.config.target import Target
from soakgate.model.evidence import Evidence, Series
from soakgate.model.samples import Connection, period
from soakgate.model.times import NS, Window

__all__ = ["MIN_BASELINE_PROBES", "Objective", "View"]

MIN_BASELINE_PROBES = 100  # below it a p95 rests on fewer than five slower probes
AFTER = ("upgrade", "settle", "soak")


@dataclass(frozen=True, slots=True)
class Objective:
    """A target's objective, ns; `problem` says why there is none."""

    ns: int | None
    problem: str = ""


@dataclass(slots=True)
class View:
    """Cached analyses of one run. Everything in ns of CLOCK_MONOTONIC."""

    evidence: Evidence
    scenario: Scenario
    _down: dict[tuple[str, str, Window], SeriesOutages] = field(default_factory=dict)
    _slow: dict[tuple[str, str, Window], SeriesBrownouts] = field(default_factory=dict)

    @property
    def targets(self) -> tuple[str, ...]:
        """Targets of the scenario, in order; one without samples is judged all the same."""
        return tuple(self.scenario.targets)

    def part(self, phase: str | None) -> Window | None:
        """Give the window of a phase (all of `upgrade/...` for `upgrade`), None if it never was."""
        if phase is None:
            return self.evidence.window
        found = [
            (p.start, self.evidence.window.end if p.end is None else p.end)
            for p in self.evidence.phases
            if p.name == phase or p.name.startswith(f"{phase}/")
        ]
        if not found:
            return None
        start, end = min(s for s, _ in found), max(e for _, e in found)
        return Window(start, end).clip(self.evidence.window)

    @property
    def judged(self) -> Window | None:
        """Upgrade, settle and soak: where load criteria look; never the baseline."""
        parts = [w for name in AFTER if (w := self.part(name)) is not None]
        if not parts:
            return None
        return Window(min(w.start for w in parts), max(w.end for w in parts))

    def series(self, target: str) -> tuple[Series, ...]:
        """Give the series of a target; those that left no sample are given empty."""
        found = {s.connection: s for s in self.evidence.series if s.target == target}
        planned = self.scenario.targets[target].connections
        return tuple(found.get(c.value) or _silent(target, c, self._rate(target)) for c in planned)

    def _rate(self, target: str) -> float:
        return self.scenario.targets[target].rate

    def objective(self, target: str) -> Objective:
        """Give the objective of a target, from its baseline if it is a multiple of that."""
        wanted = self.scenario.targets[target].objective
        if wanted.ns is not None:
            return Objective(wanted.ns)
        baseline = self.part("baseline")
        if baseline is None:
            return Objective(None, "there is no baseline to take the objective from")
        taken = [s.within(baseline) for s in self.series(target)]
        times = np.concatenate([(s.done - s.intended)[s.served] for s in taken])
        if times.size < MIN_BASELINE_PROBES:
            return Objective(None, f"the baseline has only {times.size} served probes")
        ns = int((wanted.multiple or 1.0) * float(np.quantile(times, 0.95)))
        return self._checked(self.scenario.targets[target], ns)

    def _checked(self, target: Target, ns: int) -> Objective:
        if ns >= target.limits.answer:
            why = f"{ns / NS:.3g} s, is not below the answer limit"
            return Objective(None, f"the objective taken from the baseline, {why}")
        return Objective(ns)

    @property
    def blind(self) -> int:
        """Blind time of the run, ns: that of the worst series; all of it without any series.

        The control's series count only where no target was probed: they are slower, so the same
        stall leaves a wider space between their probes.
        """
        window = self.evidence.window
        watched = [s for t in self.targets for s in self.series(t)] or self.evidence.control
        return max((self.down(s, window).blind.total for s in watched), default=window.length)

    def down(self, series: Series, window: Window) -> SeriesOutages:
        """Give the outages of a series inside a window."""
        key = (series.target, series.connection, window)
        if key not in self._down:
            evidence = self.evidence
            probes = outages.of_series(series, window=evidence.window, stalls=evidence.stalls)
            self._down[key] = outages.analyse(probes, window=window)
        return self._down[key]

    def slow(self, series: Series, window: Window, *, objective: int) -> SeriesBrownouts:
        """Give the brown-outs of a series inside a window; `objective` in ns."""
        key = (series.target, series.connection, window)
        if key not in self._slow:
            self._slow[key] = brownouts.analyse(
                series,
                objective=objective,
                run=self.evidence.window,
                stalls=self.evidence.stalls,
                window=window,
            )
        return self._slow[key]


def _silent(target: str, connection: Connection, rate: float) -> Series:
    none = np.empty(0, np.int64)
    small = none.astype(np.int8)
    apart, statuses = period(connection, rate), none.astype(np.int16)
    return Series(target, connection.value, apart, none, none, none, none, small, statuses)
