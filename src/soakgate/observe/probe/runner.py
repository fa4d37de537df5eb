"""The prober as a whole: one timer drives schedule, sweep and the work of each second."""

import asyncio
import gc
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from soakgate.adapters.arrow import SampleWriter, SeriesInfo
from soakgate.adapters.ndjson import Lines
from soakgate.model.times import MS, NS
from soakgate.observe.child import Heart
from soakgate.observe.probe.hub import SWEEP, Hub, Row
from soakgate.observe.probe.notices import Notices
from soakgate.observe.probe.poller import Poller
from soakgate.observe.probe.protocol import Prober
from soakgate.observe.probe.schedule import PHASE_LIMIT, Schedule
from soakgate.observe.probe.tally import Tally
from soakgate.observe.probe.timer import Timer

__all__ = ["Evidence", "Runner"]

AWAKE = 50 * MS  # longest sleep, so that a suspension is seen as one and not as a long wait


class Evidence:
    """The files of one prober: samples, events, heartbeat. Each method raises OSError."""

    def __init__(self, folder: Path, *, run: str, series: Sequence[SeriesInfo]) -> None:
        self._events = Lines(folder / "events.ndjson", run=run)
        self._heart = Heart(folder, events=self._events)
        self._samples = SampleWriter(folder / "samples-0001.arrows", run=run, series=series)
        self._pending: list[dict[str, Any]] = []
        self._rows: list[Row] = []
        self.record: Callable[[Row], None] = self._rows.append

    def note(self, event: dict[str, Any]) -> None:
        """Keep an event for the next write: it may come from any callback, which must not fail."""
        self._pending.append(event)

    def write(self) -> list[Row]:
        """Write what was collected since the last call, and a heartbeat; give the samples."""
        self._heart.beat()
        if self._pending:
            pending, self._pending = self._pending, []
            self._events.write(*pending)
        rows = self._rows.copy()
        self._rows.clear()
        for row in rows:
            self._samples.add(row)
        self._samples.flush()
        return rows

    def close(self) -> list[Row]:
        """Write the rest and end the sample stream; give the last samples."""
        rows = self.write()
        self._samples.close()
        self._heart.close()
        self._events.close()
        return rows


class Runner:
    """Runs from start order to stop order; `why` tells how it ended, `error` what failed."""

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        series: Sequence[SeriesInfo],
        evidence: Evidence,
        notices: Notices,
    ) -> None:
        self._loop, self._evidence, self._notices = loop, evidence, notices
        self._tally = Tally(series)
        self.hub = Hub(loop=loop, poller=Poller(loop), record=evidence.record, note=evidence.note)
        self.probers: list[Prober] = []
        periods = [s.period for s in series]
        phases = [random.randrange(min(p, PHASE_LIMIT)) for p in periods]  # noqa: S311
        self.schedule = Schedule(periods, phases=phases)
        self._timer = Timer()
        self._next_second = self._next_sweep = self._told_skipped = 0
        self.why = ""
        self.error: str | None = None

    def run(self) -> None:
        """Run the loop until the end."""
        self._loop.set_exception_handler(self._crashed)
        self.hub.poller.watch_timer(self._timer.fd, self._tick)
        self._next_second = self.hub.alive() + NS
        self._timer.arm(1)
        self._loop.run_forever()

    def _crashed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # A bug of ours: to go on would give a wrong verdict, a dead prober gives none.
        self._loop.default_exception_handler(context)
        self.finish("error", error=f"internal error: {context.get('exception')!r}")

    def _tick(self) -> None:
        now = self.hub.alive()
        for series, intended in self.schedule.due(now):
            self.probers[series].fire(intended)
        if now >= self._next_sweep:
            self.hub.sweep(now)
            self._next_sweep = now + SWEEP
        if now >= self._next_second:
            self._second(now)
        if self.schedule.over(now) and not self.hub.flights:
            self.finish("asked")
        self._timer.arm(self._next_wake(now))

    def _next_wake(self, now: int) -> int:
        wake = min(now + AWAKE, self._next_second)
        due = self.schedule.next_due()
        if due is not None:
            wake = min(wake, due)
        # A sweep may wait for the next tick if that is near: one wake-up less per probe.
        return min(wake, self._next_sweep) if self.hub.busy and wake > now + 2 * SWEEP else wake

    def _second(self, now: int) -> None:
        self._next_second += NS * (1 + (now - self._next_second) // NS)
        self._note_skipped(now)
        try:
            rows = self._evidence.write()
        except OSError as error:
            self.finish("error", error=f"cannot write evidence: {error}")
            return
        self._notices.say("progress", {"at": now, **self._tally.facts(rows)})
        # What lived before the start is frozen, so this walks a few hundred objects. Left alone, a
        # full collection waits for a quarter of all objects to pile up: megabytes, for hours.
        gc.collect()

    def finish(self, why: str, *, error: str | None = None) -> None:
        """Leave the loop; the first reason counts."""
        if not self.why:
            self.why, self.error = why, error
        self._loop.stop()

    def close(self) -> None:
        """Let go of everything and write the last evidence; `error` tells if that failed."""
        for prober in self.probers:
            prober.close()
        self.hub.poller.close()
        self._timer.close()
        now = self.hub.clock()
        self._note_skipped(now)
        self._evidence.note({"event": "stopped", "at": now, "why": self.why})
        try:
            rows = self._evidence.close()
        except OSError as error:
            self.error = self.error or f"cannot write evidence: {error}"
        else:
            self._notices.say("progress", {"at": now, **self._tally.facts(rows)})

    def _note_skipped(self, now: int) -> None:
        skipped = self.schedule.skipped - self._told_skipped
        if skipped:
            self._told_skipped += skipped
            self._evidence.note({"event": "skipped", "at": now, "count": skipped})
