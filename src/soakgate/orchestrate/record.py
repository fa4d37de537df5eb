"""Recording a run: children are started, phases go by, everything that happens becomes an event.

The parent never measures. It may be killed at any moment: what is on disk is judgeable.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from typing import Any

from soakgate.adapters.process import Ended, Inbox, Message, Notice, Signalled
from soakgate.adapters.rundir import RunDir
from soakgate.errors import HarnessError
from soakgate.model.times import MS, NS
from soakgate.orchestrate.crew import Crew, receive
from soakgate.orchestrate.progress import (
    Beat,
    Listener,
    PhaseBegan,
    Progress,
    RunBegan,
    RunEnded,
    Said,
)
from soakgate.upgrade.driver import UPGRADE, Driver, Running, Scene, Stopped

__all__ = ["Recorder", "Recording", "Stage"]

LEAD = 300 * MS  # from the last child ready to the first probe
GRACE = 10 * NS  # from TERM to KILL of an upgrade
GLANCE = 100 * MS  # how often we look whether the last of a stopped upgrade has gone
LAST_WORDS = 6 * NS  # beyond the answer limit, for children to write their last batch


@dataclass(frozen=True, slots=True)
class Stage:
    """One planned phase; `length` ns, None: as long as the upgrade takes."""

    name: str
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What to record. `children`: module and configuration by collector name, probe among them."""

    name: str
    stages: Sequence[Stage]
    targets: Sequence[str]
    children: Mapping[str, tuple[str, Mapping[str, Any]]]
    driver: Driver | None = None
    driver_name: str = ""
    options: Any = None
    longest: int  # ns; --max
    patience: int  # ns; longest answer limit


@dataclass(slots=True)
class _State:
    """Where a recording is."""

    stage: int = -1
    deadline: int | None = None  # end of the current stage
    begun: int = 0
    ending: int | None = None  # the last moment of the run, once decided
    stop_at: int | None = None  # what the children were told last
    upgrade: Running | None = None
    upgrade_due: int | None = None
    stopped: Stopped | None = None  # why the upgrade was told to end
    remains: Running | None = None  # of a stopped upgrade, until KILL
    kill_at: int | None = None
    skip_rest: bool = False
    cut: bool = False


class Recorder:
    """Records one run into a directory."""

    def __init__(
        self, recording: Recording, *, into: RunDir, inbox: Inbox, listener: Listener
    ) -> None:
        self._plan, self._dir, self._listener = recording, into, listener
        self._inbox = inbox
        self._crew = Crew(into, inbox)
        self._state = _State()

    @property
    def begun(self) -> bool:
        """Whether measuring has started."""
        return self._state.begun > 0

    def record(self) -> None:
        """Record until the end, a signal or the longest time allowed; children end with it.

        Raises UsageError or HarnessError if it cannot start, OSError if the disk is full.
        """
        try:
            self._crew.start(self._plan.children)
            self._begin()
            self._go_on()
            self._end()
        finally:
            self._abandon_upgrade()
            self._crew.release()

    def note_late_signals(self) -> None:
        """Write down signals that came after the end: whoever sent one wants no PASS. OSError."""
        late = self._crew.signals
        while True:
            try:
                message = self._inbox.get_nowait()
            except Empty:
                break
            if isinstance(message, Signalled):
                late.append(message)
        if not self._state.cut:
            for message in late:
                self._note("signal", at=message.at, signal=message.name)

    def _begin(self) -> None:
        start = time.monotonic_ns() + LEAD
        self._state.begun = start
        self._note("measure", start=start)
        self._crew.tell({"do": "start", "at": start})
        stages = tuple((s.name, s.length) for s in self._plan.stages)
        folder, targets = str(self._dir.folder), tuple(self._plan.targets)
        self._tell(RunBegan(start, folder, self._plan.name, stages, targets))
        self._enter(0, at=start)

    # --- phases

    def _enter(self, index: int, *, at: int) -> None:
        state = self._state
        while index < len(self._plan.stages) and state.skip_rest:
            index += 1
        if index >= len(self._plan.stages):
            self._finish_at(at)
            return
        stage = self._plan.stages[index]
        state.stage = index
        state.deadline = None if stage.length is None else at + stage.length
        self._note("phase", at=at, phase=stage.name)
        self._tell(PhaseBegan(at, stage.name, stage.length))
        if stage.length is None:
            self._start_upgrade(at)
        elif index == len(self._plan.stages) - 1:
            self._stop_children(at + stage.length)

    def _start_upgrade(self, at: int) -> None:
        driver = self._plan.driver
        assert driver is not None
        scene = Scene(
            folder=self._dir.collector(UPGRADE),
            run_folder=self._dir.folder,
            run=self._dir.run,
            inbox=self._inbox,
            note=self._note,
        )
        if not self._wait_until(at):
            return
        begun = time.monotonic_ns()
        self._note("upgrade-started", at=begun, driver=self._plan.driver_name)
        try:
            self._state.upgrade = driver.start(self._plan.options, scene)
        except HarnessError as error:
            self._note("upgrade-ended", at=begun, ok=None, detail=str(error))
            self._tell(Said(begun, UPGRADE, str(error)))
            self._state.skip_rest = True
            self._enter(self._state.stage + 1, at=begun)
            return
        self._state.upgrade_due = begun + self._state.upgrade.timeout

    def _wait_until(self, moment: int) -> bool:
        """Wait out the lead before the first probe; tell whether the run goes on."""
        while (message := receive(self._inbox, due=moment)) is not None:
            self._handle(message)
            if self._state.ending is not None:
                return False
        return True

    def _finish_at(self, moment: int) -> None:
        self._state.ending = moment
        self._stop_children(moment)

    def _stop_children(self, moment: int) -> None:
        self._state.stop_at = moment
        self._crew.tell({"do": "stop", "at": moment})

    # --- the loop

    def _go_on(self) -> None:
        state = self._state
        limit = state.begun + self._plan.longest
        while state.ending is None:
            times = (state.deadline, state.upgrade_due, state.kill_at)
            known = [t for t in times if t is not None]
            message = receive(self._inbox, due=min(known if state.cut else [*known, limit]))
            if message is not None:
                self._handle(message)
            if state.ending is None:
                self._on_time(time.monotonic_ns(), limit=limit)

    def _on_time(self, now: int, *, limit: int) -> None:
        state = self._state
        if state.kill_at is not None and now >= state.kill_at:
            self._kill_upgrade()
        if state.upgrade_due is not None and now >= state.upgrade_due:
            state.upgrade_due = None
            self._stop_upgrade(Stopped("it outlived its time-out", failed=True), now)
        if now >= limit and not state.cut:
            seconds = self._plan.longest / NS
            self._note("max-reached", at=now, max=f"{seconds:g} s")
            self._cut(now, why="the longest time allowed was over")
        if state.deadline is not None and now >= state.deadline and state.ending is None:
            self._enter(state.stage + 1, at=state.deadline)

    def _handle(self, message: Message) -> None:
        if isinstance(message, Notice):
            self._hear(message)
        elif isinstance(message, Signalled):
            self._note("signal", at=message.at, signal=message.name)
            self._tell(Said(message.at, "run", f"{message.name}: stopping, then judging"))
            self._cut(message.at, why=message.name)
        elif message.child == UPGRADE:
            self._upgrade_ended(message)
        else:
            self._child_ended(message)

    def _hear(self, notice: Notice) -> None:
        say = notice.data.get("say")
        if say == "progress":
            self._tell(Beat(notice.at, notice.child, notice.data))
        elif say == "error":
            what = self._crew.quote(notice)
            self._note("child-error", at=notice.at, child=notice.child, what=what)
            self._tell(Said(notice.at, notice.child, what))

    def _cut(self, now: int, *, why: str) -> None:
        """End the run early; a running upgrade is told to end first, a second time at once."""
        state = self._state
        if state.upgrade is None:
            self._finish_at(now)
        elif state.cut:
            state.kill_at = now
        else:
            self._stop_upgrade(Stopped(why, failed=False), now)
        state.cut = state.skip_rest = True

    def _stop_upgrade(self, why: Stopped, now: int) -> None:
        state = self._state
        if state.upgrade is not None and state.stopped is None:
            state.stopped = why
            state.upgrade.stop()
            state.kill_at = now + GRACE

    def _kill_upgrade(self) -> None:
        """End what is left of an upgrade that was asked to end 10 s ago."""
        state = self._state
        for running in (state.upgrade, state.remains):
            if running is not None:
                running.kill()
        state.kill_at = state.remains = None

    def _upgrade_ended(self, message: Ended) -> None:
        state = self._state
        if state.upgrade is None:
            return
        end = state.upgrade.finish(message.code, stopped=state.stopped)
        if state.kill_at is not None and state.upgrade.alive:
            state.remains = state.upgrade  # grandchildren that do not heed TERM
        else:
            state.kill_at = None
        state.upgrade = state.upgrade_due = None
        facts = {"ok": end.ok, "detail": end.detail, **end.facts}
        self._note("upgrade-ended", at=message.at, **facts)
        self._tell(Said(message.at, UPGRADE, end.detail))
        self._enter(state.stage + 1, at=message.at)

    def _child_ended(self, message: Ended) -> None:
        state = self._state
        self._crew.gone[message.child] = message.code
        why = self._crew.last_words(message.child) if message.code else ""
        expected = message.code == 0 and state.stop_at is not None and message.at >= state.stop_at
        self._note(
            "child-ended",
            at=message.at,
            child=message.child,
            code=message.code,
            expected=expected,
            why=why,
        )
        if expected:
            return
        self._tell(Said(message.at, message.child, f"died with code {message.code} {why}".strip()))
        if message.child == "probe" and state.ending is None:
            state.skip_rest = True
            if state.upgrade is None:
                self._finish_at(message.at)

    # --- the end

    def _end(self) -> None:
        """Wait for the children's last words, then write down the end."""
        state = self._state
        assert state.ending is not None
        due = max(state.ending, time.monotonic_ns()) + self._plan.patience + LAST_WORDS
        while self._crew.missing:
            message = receive(self._inbox, due=due)
            if message is None:
                break
            if not (isinstance(message, Signalled) and state.cut):
                self._handle_last(message)
            elif state.remains is not None:
                self._kill_upgrade()
        for name in self._crew.missing:
            self._crew.kill(name)
            why = "did not end when asked"
            now = time.monotonic_ns()
            self._note("child-ended", at=now, child=name, code=None, expected=False, why=why)
        self._see_off_upgrade()
        self._note("end", at=time.monotonic_ns(), end=state.ending)
        self._tell(RunEnded(time.monotonic_ns()))

    def _handle_last(self, message: Message) -> None:
        if isinstance(message, Signalled):
            self._note("signal", at=message.at, signal=message.name)
            if self._state.ending is not None and message.at < self._state.ending:
                self._finish_at(message.at)
        elif isinstance(message, Ended) and message.child != UPGRADE:
            self._child_ended(message)
        elif isinstance(message, Notice):
            self._hear(message)

    def _see_off_upgrade(self) -> None:
        """Give what is left of a stopped upgrade its 10 s, or until a second signal."""
        state = self._state
        while state.remains is not None and state.kill_at is not None and state.remains.alive:
            due = min(state.kill_at, time.monotonic_ns() + GLANCE)
            message = receive(self._inbox, due=due)
            if isinstance(message, Signalled) or time.monotonic_ns() >= state.kill_at:
                self._kill_upgrade()

    def _abandon_upgrade(self) -> None:
        """End an upgrade that we can no longer watch, as a signal would: TERM, 10 s later KILL."""
        running = self._state.upgrade
        if running is None:
            return
        running.stop()
        due = time.monotonic_ns() + GRACE
        while (message := receive(self._inbox, due=due)) is not None:
            if isinstance(message, Signalled):
                self._crew.signals.append(message)
                break
            if isinstance(message, Ended) and message.child == UPGRADE:
                break
        running.kill()

    def _tell(self, progress: Progress) -> None:
        """Tell whoever listens; nothing that befalls a listener may end a run."""
        with suppress(Exception):
            self._listener(progress)

    def _note(self, event: str, **fields: object) -> None:
        fields.setdefault("at", fields.get("start", time.monotonic_ns()))
        self._dir.events.write({"event": event, **fields})
