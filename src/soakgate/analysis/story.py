"""The run's own events turned into window, phases, upgrade and the reasons it cannot pass."""

from collections.abc import Sequence
from dataclasses import dataclass

from soakgate.model.evidence import Event, Phase, UpgradeRecord
from soakgate.model.times import NS, Window

__all__ = ["Story", "tell"]

LATEST = 1 << 60  # ns of any moment; beyond it a line is no record of ours


@dataclass(frozen=True, slots=True)
class Story:
    """What the orchestrator wrote down. `window` None: the run never started to measure."""

    window: Window | None
    phases: tuple[Phase, ...]
    upgrade: UpgradeRecord | None
    dead: tuple[str, ...]
    halts: tuple[str, ...]
    finished: bool
    cut: bool  # it ended before it was to end


def _moment(event: Event, key: str) -> int | None:
    value = event.fields.get(key)
    return value if type(value) is int and 0 <= value <= LATEST else None


def _window(events: Sequence[Event], last: int | None) -> tuple[Window | None, bool]:
    """Give the window and whether the run said its end itself."""
    starts = [e for e in events if e.name == "measure"]
    if not starts or (start := _moment(starts[0], "start")) is None:
        return None, False
    ends = [m for e in events if e.name == "end" and (m := _moment(e, "end")) is not None]
    if ends:
        return Window(start, max(start, ends[-1])), True
    return Window(start, max(start, last if last is not None else start)), False


def _phases(events: Sequence[Event], end: int | None) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for event in events:
        if event.name != "phase":
            continue
        if found and found[-1].end is None:
            found[-1] = Phase(found[-1].name, found[-1].start, event.at, found[-1].node)
        found.append(Phase(str(event.fields.get("phase", "?")), event.at, None))
    if found and end is not None:
        found[-1] = Phase(found[-1].name, found[-1].start, max(end, found[-1].start))
    return tuple(p for p in found if p.end is None or p.end > p.start or p is found[-1])


def _upgrade(events: Sequence[Event], *, planned: str | None) -> UpgradeRecord | None:
    started = next((e for e in events if e.name == "upgrade-started"), None)
    if planned is None and started is None:
        return None
    driver = planned or str(started.fields.get("driver", "?") if started else "?")
    if started is None:
        return UpgradeRecord(driver, None, None, None, "the upgrade was never started")
    ended = next((e for e in events if e.name == "upgrade-ended" and e.at >= started.at), None)
    if ended is None:
        return UpgradeRecord(driver, started.at, None, None, "the end of the upgrade was not seen")
    ok, detail = ended.fields.get("ok"), str(ended.fields.get("detail", ""))
    return UpgradeRecord(driver, started.at, ended.at, ok if isinstance(ok, bool) else None, detail)


def _dead(events: Sequence[Event]) -> list[Event]:
    return [e for e in events if e.name == "child-ended" and e.fields.get("expected") is not True]


def _halts(events: Sequence[Event], start: int) -> list[str]:
    """Give the reasons, in words, for which the run as a whole cannot pass."""
    signals: dict[str, int] = {}
    for event in events:
        if event.name == "signal":
            signals.setdefault(str(event.fields.get("signal")), event.at)
    halts = [f"interrupted by {name} {_after(at - start)}" for name, at in signals.items()]
    halts += [
        f"the longest time allowed ({e.fields.get('max')}) was over before the run was"
        for e in events
        if e.name == "max-reached"
    ]
    for event in _dead(events):
        after = max(0.0, (event.at - start) / NS)
        why = event.fields.get("why") or f"ended with code {event.fields.get('code')}"
        halts.append(f"the {event.fields.get('child')} child died {after:.1f} s in: {why}")
    halts += [str(e.fields.get("what")) for e in events if e.name == "failed"]
    return halts


def _after(span: int) -> str:
    seconds = max(0, span) / NS
    return f"after {seconds:.1f} s" if seconds < 120 else f"after {seconds / 60:.0f} min"


def _is_cut(events: Sequence[Event], *, finished: bool) -> bool:
    early = any(e.name in ("signal", "max-reached") for e in events)
    return early or not finished or any(e.fields.get("child") == "probe" for e in _dead(events))


def tell(events: Sequence[Event], *, last: int | None, planned_driver: str | None) -> Story:
    """Tell the run's story from the events of the orchestrator, in their order.

    `last`: intended start of the last sample (monotonic ns), which ends a run that said no end.
    `planned_driver`: the upgrade driver that run.json announced.
    """
    window, finished = _window(events, last)
    start = window.start if window else 0
    halts = _halts(events, start)
    if not finished:
        halts.append("the run did not say its end: it was cut off")
    return Story(
        window=window,
        phases=_phases(events, window.end if window else None),
        upgrade=_upgrade(events, planned=planned_driver),
        dead=tuple(dict.fromkeys(str(e.fields.get("child")) for e in _dead(events))),
        halts=tuple(dict.fromkeys(halts)),
        finished=finished,
        cut=_is_cut(events, finished=finished),
    )
