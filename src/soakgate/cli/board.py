"""What is known of a run while it lasts; the live block and the lines of a log draw from it.

Figures come from the beats of the collectors, which lag by up to a second: they are for people who
wait, not evidence. All moments are monotonic ns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from soakgate.model.times import NS
from soakgate.orchestrate.progress import Beat, PhaseBegan, Progress, RunBegan, RunEnded, Said
from soakgate.report.format import count, cut_middle, duration

__all__ = ["PREFLIGHT", "Board", "PhaseDone"]

PREFLIGHT = "preflight"
SILENT = 3 * NS  # without a beat: three times as long as one may take
NAME = 40  # columns of a target in a sentence


@dataclass(frozen=True, slots=True)
class PhaseDone:
    """A phase that is over, when it ended, and what was seen in it."""

    phase: PhaseBegan
    ended: int
    seen: str
    failed: bool


class Board:
    """Takes progress in; everything else only reads."""

    def __init__(self) -> None:
        self.run: RunBegan | None = None
        self.phase: PhaseBegan | None = None
        self.done: list[PhaseDone] = []
        self.said: Said | None = None
        self.preflight: Said | None = None
        self.facts: dict[str, dict[str, Any]] = {}
        self.heard: dict[str, int] = {}  # collector -> its latest beat
        self.down: dict[str, int] = {}  # target -> since
        self.outages: dict[str, int] = {}
        self.over = False
        self._before: dict[str, dict[str, Any]] = {}  # the facts when the phase began

    def take(self, progress: Progress) -> None:
        """Take one piece of progress in."""
        match progress:
            case RunBegan():
                self.run = progress
            case PhaseBegan():
                self._close_phase(progress.at)
                self.phase, self._before = progress, dict(self.facts)
            case Beat():
                self.facts[progress.child] = dict(progress.facts)
                self.heard[progress.child] = progress.at
                if progress.child == "probe":
                    self._see_targets(progress)
            case Said(who="preflight"):
                self.preflight = progress
            case Said():
                self.said = progress
            case RunEnded():
                self._close_phase(progress.at)
                self.over = True

    def _close_phase(self, at: int) -> None:
        if self.phase is not None:
            seen, failed = self._seen()
            self.done.append(PhaseDone(self.phase, at, seen, failed))
        self.phase = None

    def _see_targets(self, beat: Beat) -> None:
        down = beat.facts.get("down")
        now_down = {str(t) for t, is_down in down.items() if is_down} if down else set()
        for target in now_down - self.down.keys():
            self.outages[target] = self.outages.get(target, 0) + 1
            self.down[target] = beat.at
        for target in self.down.keys() - now_down:
            del self.down[target]

    # --- what was seen in the current phase

    def _seen(self) -> tuple[str, bool]:
        """Sum the phase up, `0 of 470 probes failed, p95 41 ms at its end`; did anything fail?"""
        parts, failures = [], 0
        probe, before = self.facts.get("probe", {}), self._before.get("probe", {})
        probes = _number(probe, "probes") - _number(before, "probes")
        bad = _by_target(probe, before)
        if probes:
            failures += sum(bad.values())
            parts.append(f"{count(sum(bad.values()))} of {count(probes)} probes failed{_of(bad)}")
            parts += self._slowest(probe)
        load, before = self.facts.get("load", {}), self._before.get("load", {})
        requests = _number(load, "requests") - _number(before, "requests")
        if requests:
            failed = _number(load, "failed") - _number(before, "failed")
            failures += failed
            parts.append(f"{count(failed)} of {count(requests)} requests failed")
        return ", ".join(parts), failures > 0

    def _slowest(self, probe: Mapping[str, Any]) -> list[str]:
        """Give the p95 of the latest probes, of the target that has the highest."""
        found = probe.get("p95_ms")
        known = {t: v for t, v in found.items() if _is_number(v)} if found else {}
        if not known:
            return []
        target = max(known, key=lambda name: known[name])
        whose = f" ({cut_middle(target, NAME)})" if len(known) > 1 else ""
        return [f"p95 {duration(known[target] / 1000)} at its end{whose}"]

    # --- lines

    def target_line(self, target: str, now: int) -> str:
        """Say how a target does."""
        if target in self.down:
            state = f"NOT SERVED for {duration((now - self.down[target]) / NS)}"
        elif self._never_served(target):
            state = "no answer yet"
        else:
            state = "served"
        outages = self.outages.get(target, 0)
        if outages:
            state += f" · {outages} outage{'s' if outages > 1 else ''} seen"
        return state + self._latency(target)

    def _never_served(self, target: str) -> bool:
        values = self.facts.get("probe", {}).get("p50_ms")
        return not isinstance(values, dict) or target not in values

    def _latency(self, target: str) -> str:
        facts = self.facts.get("probe", {})
        found = []
        for key, word in (("p50_ms", "p50"), ("p95_ms", "p95")):
            values = facts.get(key)
            value = values.get(target) if isinstance(values, dict) else None
            if isinstance(value, int | float):
                found.append(f"{duration(value / 1000)} {word}")
        return f" · now {', '.join(found)}" if found and target not in self.down else ""

    def load_line(self) -> str:
        """Say how the load does; empty without load."""
        facts = self.facts.get("load")
        if not facts:
            return ""
        rate, asked = facts.get("rate"), facts.get("asked")
        parts = [f"{rate:.1f}/s" if isinstance(rate, int | float) else "?/s"]
        if isinstance(asked, int | float):
            parts[0] += f" of {asked:g} asked"
        parts.append(f"{facts.get('requests', 0):,} requests")
        parts.append(f"{facts.get('failed', 0):,} failed")
        parts.append(f"{facts.get('users', 0)} users")
        return " · ".join(parts)

    def probe_line(self, now: int | None = None) -> str:
        """Say how the prober itself does; `now` shows whether it has fallen silent."""
        facts, heard = self.facts.get("probe", {}), self.heard.get("probe")
        late = facts.get("late_p99_ms")
        text = f"{facts.get('probes', 0):,} probes"
        if now is not None and heard is not None and not self.over and now - heard > SILENT:
            return f"{text}, no word from the prober for {duration((now - heard) / NS)}"
        return text + (f", late {late:.1f} ms p99" if isinstance(late, int | float) else "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _number(facts: Mapping[str, Any], key: str) -> int:
    value = facts.get(key, 0)
    return int(value) if _is_number(value) else 0


def _by_target(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, int]:
    """Give the probes that failed since, by target."""
    bad, old = now.get("bad") or {}, before.get("bad") or {}
    since = {str(t): _number(bad, t) - _number(old, t) for t in bad}
    return {target: number for target, number in since.items() if number > 0}


def _of(bad: Mapping[str, int]) -> str:
    """Name the target that failed most."""
    if not bad:
        return ""
    worst = max(bad, key=lambda name: bad[name])
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return f" ({cut_middle(worst, NAME)}{more})"
