"""Made-up evidence that fits the results of `tests.helpers.results`, without random numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from soakgate.model.buckets import bucket
from soakgate.model.evidence import Evidence, Identity, Phase, Series
from soakgate.model.load import LoadTable
from soakgate.model.result import RunResult
from soakgate.model.samples import OUTCOMES, Outcome
from soakgate.model.times import MS, NS, Window
from tests.helpers.results import ANCHOR, BOOT

REFUSED = OUTCOMES.index(Outcome.REFUSED)
VOID = OUTCOMES.index(Outcome.VOID)


def noise(count: int, seed: int = 1) -> npt.NDArray[np.float64]:
    """Give numbers in 0..1 that look random and never change: a multiplicative sequence."""
    steps = np.arange(count, dtype=np.float64) * 0.754877666 + seed * 0.569840291
    return np.abs(np.sin(steps * 12.9898) * 43758.5453) % 1.0


def series(
    target: str,
    connection: str = "new",
    *,
    length: float,
    rate: float = 10.0,
    down: Sequence[tuple[float, float]] = (),
    slow: Sequence[tuple[float, float]] = (),
    void: Sequence[tuple[float, float]] = (),
    seed: int = 1,
) -> Series:
    """Give a series of `length` s whose probes fail, are late or void in stretches of seconds."""
    period = round((0.97 if connection == "new" else 0.757) / rate * NS)
    offsets = np.arange(0, round(length * NS), period, dtype=np.int64)
    latency = np.exp(np.log(12e6) + 0.9 * noise(len(offsets), seed) ** 4 * 2.6)
    outcome = np.zeros(len(offsets), np.int8)

    def mask(stretches: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(offsets), np.bool_)
        for start, end in stretches:
            found |= (offsets >= start * NS) & (offsets < end * NS)
        return found

    latency[mask(slow)] *= 60
    outcome[mask(down)] = REFUSED
    outcome[mask(void)] = VOID
    intended = offsets + BOOT
    done = intended + latency.astype(np.int64)
    status = np.where(outcome == 0, 200, 0).astype(np.int16)
    return Series(target, connection, period, intended, intended, done, done, outcome, status)


def load(
    *, length: int, rate: int = 50, names: Sequence[str] = ("GET /",), dip: tuple[int, int] = (0, 0)
) -> LoadTable:
    """Give load of `rate` requests a second; in the `dip` a third fails and half is sent."""
    rows: list[tuple[int, int, int, int]] = []
    cells: list[tuple[int, int, int]] = []
    level = noise(length * len(names), 7)
    for second in range(length):
        inside = dip[0] <= second < dip[1]
        for name in range(len(names)):
            share = level[second * len(names) + name]
            started = max(1, rate // len(names) // (2 if inside else 1))
            failed = started // 3 if inside else int(share > 0.999)
            slow = 1 + share
            for ms, part in ((11, 0.5), (19, 0.4), (46, 0.1)):
                count = round((started - failed) * part)
                if count:
                    cells.append((len(rows), bucket(round(ms * slow * MS)), count))
            rows.append((second, name, started, failed))
    second, name, started, failed = (np.array(c, np.int64) for c in zip(*rows, strict=True))
    row, cell, count = (np.array(c, np.int64) for c in zip(*cells, strict=True))
    flat: Any = np.zeros(length, np.int64)
    return LoadTable(
        BOOT, tuple(names), second, name, started, started, failed, failed, np.zeros_like(failed),
        row, cell, count, flat + 10, np.full(length, float(rate)), flat, {"status-503": 1},
    )  # fmt: skip


def evidence(result: RunResult, **fields: Any) -> Evidence:
    """Give evidence with the identity, window and phases of a result."""
    moment = ANCHOR.moment
    assert result.run.started is not None
    assert result.run.ended is not None
    phases = tuple(
        Phase(p.name, moment(p.start), None if p.end is None else moment(p.end), p.node)
        for p in result.phases
    )
    window = Window(moment(result.run.started), moment(result.run.ended))
    identity = Identity(result.run.id, result.run.name, result.run.soakgate, ANCHOR)
    return Evidence(identity, window, phases=phases, **fields)


def of_failed(*, loaded: bool = True) -> Evidence:
    """Give what `results.failed()` could have been judged from."""
    from tests.helpers.results import failed

    return evidence(
        failed(),
        series=(
            series("shop", length=1560, down=[(728.0, 732.2), (933.0, 933.3)], slow=[(1012, 1019)],
                   void=[(1301.0, 1301.6)]),
            series("shop", "reused", length=1560, down=[(728.1, 732.2)], slow=[(1012, 1019)],
                   void=[(1301.0, 1301.6)], seed=2),
        ),
        load=load(length=1560, names=("GET /", "GET /cart", "POST /order"), dip=(728, 733))
        if loaded else None,
        stalls=(Window(BOOT + 1301 * NS, BOOT + 1301 * NS + 600 * MS),),
    )  # fmt: skip
