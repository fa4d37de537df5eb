"""Progress: lines in logs, one live block on a TTY, colour only where it is wanted."""

import io

import pytest
from rich.console import Console

from soakgate.cli.console import HEARTBEAT, Lines, console
from soakgate.cli.live import Live
from soakgate.cli.options import wants_color
from soakgate.model.times import NS
from soakgate.orchestrate.progress import Beat, PhaseBegan, Progress, RunBegan, RunEnded, Said
from soakgate.report.format import duration

PHASES = (("baseline", 60 * NS), ("upgrade", None), ("soak", 60 * NS))


class Stream(io.StringIO):
    """A text stream that is a TTY or not."""

    def __init__(self, *, tty: bool = False) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


def beat(second: int, **down: bool) -> Beat:
    bad = {"shop": 3} if second > 60 else {}
    bad = {"shop": 3} if second > 60 else {}
    facts = {"probes": 24 * second, "late_p99_ms": 0.4, "down": down, "bad": bad,
             "p50_ms": {"shop": 12.0}, "p95_ms": {"shop": 44.0}}  # fmt: skip
    return Beat(second * NS, "probe", facts)


STORY: tuple[Progress, ...] = (
    Said(0, "preflight", "ok: 1 host name resolves"),
    RunBegan(0, "runs/a", "shop\x1b[31m", PHASES, ("shop",)),
    PhaseBegan(0, "baseline", 60 * NS),
    beat(1, shop=False),
    PhaseBegan(60 * NS, "upgrade", None),
    beat(61, shop=True),
    Said(62 * NS, "upgrade", "the upgrade command ended with code 0"),
    beat(63, shop=False),
    Beat(64 * NS, "load", {"rate": 49.9, "asked": 50, "requests": 3200, "failed": 4, "users": 12}),
    PhaseBegan(65 * NS, "soak", 60 * NS),
)


def test_logs_get_a_line_per_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 0)
    stream = Stream()
    with console(color=False, stream=stream) as listener:
        for progress in (*STORY, RunEnded(125 * NS)):
            listener(progress)
    lines = stream.getvalue().splitlines()
    assert in_order(lines, [
        "00:00:00Z run          started: shop\\x1b[31m, out runs/a",
        f"00:00:00Z baseline     started ({duration(60)})",
        "00:00:00Z upgrade      started",
        "00:00:00Z shop         not served",
        "00:00:00Z upgrade      the upgrade command ended with code 0",
        f"00:00:00Z shop         served again after about {duration(2)}",
        f"00:00:00Z soak         started ({duration(60)})",
        "00:00:00Z run          measured; judging",
    ])  # fmt: skip
    assert len(lines) == len(set(lines))


def in_order(lines: list[str], wanted: list[str]) -> bool:
    """Tell whether all wanted lines are there, in their order, whatever else is."""
    rest = iter(lines)
    return all(line in rest for line in wanted)


def test_quiet_runs_say_that_they_live(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0]
    monkeypatch.setattr("time.monotonic_ns", lambda: now[0])
    stream = Stream()
    lines = Lines(stream)
    lines(STORY[2])
    for second in range(1, 95):
        now[0] = second * NS
        lines(beat(second))
    said = [line for line in stream.getvalue().splitlines() if "probes" in line]
    assert len(said) == 94 * NS // HEARTBEAT
    assert said[0].endswith("baseline     720 probes, late 0.4 ms p99")


def test_a_log_that_nobody_reads_ends_nothing() -> None:
    class Gone(Stream):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    Lines(Gone())(STORY[0])


def test_a_tty_gets_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic_ns", lambda: 70 * NS)
    live = Live(Stream(tty=True), color=False)
    for progress in STORY:
        live(progress)
    screen = Console(file=io.StringIO(), width=160, record=True)
    screen.print(live._draw())
    text = screen.export_text()
    for part in (
        " soakgate run · shop\\x1b[31m · out runs/a",
        f" baseline      {duration(60)}",
        f" upgrade       {duration(5)}",
        f" ● soak          {duration(5)} of {duration(60)}",
        "   shop          served · 1 outage seen",
        "12 ms p50, 44 ms p95",
        "   load          49.9/s of 50 asked · 3,200 requests · 4 failed · 12 users",
        "   prober        1,512 probes",
        " · upgrade       the upgrade command ended with code 0",
    ):
        assert part in text, text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("choice", "env", "tty", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(
    monkeypatch: pytest.MonkeyPatch, choice: str, env: dict[str, str], tty: bool, wanted: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert wants_color(choice, stream=Stream(tty=tty)) is wanted
