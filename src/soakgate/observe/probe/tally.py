"""What the parent is told each second; kept cheap, and nothing of it is evidence."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from soakgate.adapters.arrow import SeriesInfo
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome
from soakgate.model.times import MS
from soakgate.observe.probe.hub import Row

__all__ = ["Tally"]

SERVED, VOID = OUTCOMES.index(Outcome.SERVED), OUTCOMES.index(Outcome.VOID)
RECENT = 200  # answers per target that the shown percentiles are taken from


def _quantile(ordered: Sequence[int], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / MS, 3)


class Tally:
    """Counts of all probes so far, and percentiles of the latest ones. The control is left out."""

    def __init__(self, series: Sequence[SeriesInfo]) -> None:
        self._targets = [s.target for s in series]
        self._down = [False] * len(series)
        self._bad: dict[str, int] = {}
        self._answers = {t: deque[int](maxlen=RECENT) for t in self._targets if t != CONTROL}
        self._probes = 0

    def _count(self, row: Row) -> None:
        series, intended, _, _, done, outcome, _, _ = row
        target = self._targets[series]
        if target == CONTROL or outcome == VOID:
            return
        self._probes += 1
        self._down[series] = outcome != SERVED
        if outcome == SERVED:
            self._answers[target].append(done - intended)
        else:
            self._bad[target] = self._bad.get(target, 0) + 1

    def facts(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Count the probes of the last second and give the progress notice (times in ms)."""
        late = sorted(sent - intended for _, intended, sent, *_ in rows)
        for row in rows:
            self._count(row)
        latency = {target: sorted(values) for target, values in self._answers.items() if values}
        down = {t: True for t, is_down in zip(self._targets, self._down, strict=True) if is_down}
        return {
            "probes": self._probes,
            "bad": dict(self._bad),
            "down": down,
            "late_p99_ms": _quantile(late, 0.99) if late else None,
            "p50_ms": {target: _quantile(values, 0.5) for target, values in latency.items()},
            "p95_ms": {target: _quantile(values, 0.95) for target, values in latency.items()},
        }
