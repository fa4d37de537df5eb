"""Made-up evidence to judge: exact, without chance; all moments are given in seconds of the run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np

from soakgate.config.rules import Waiver
from soakgate.config.scenario import Scenario
from soakgate.config.units import parse_limit
from soakgate.model.buckets import bucket
from soakgate.model.evidence import Evidence, Identity, Phase, Series
from soakgate.model.load import Failure, LoadTable, LostWorker
from soakgate.model.result import RunResult
from soakgate.model.samples import CONTROL, OUTCOMES, Outcome
from soakgate.model.times import MS, NS, Anchor, Window, parse_rfc3339
from soakgate.verdict.criteria import (
    brown_out,
    downtime,
    errors,
    http_5xx,
    latency_p95,
    latency_p99,
    latency_regression,
    longest_outage,
    observer,
    upgrade_duration,
    upgrade_happened,
)
from soakgate.verdict.criteria import load as load_criterion
from soakgate.verdict.criterion import Criterion
from soakgate.verdict.judge import judge

START = 5_000 * NS
"""Monotonic moment of second 0 of every run."""

ANCHOR = Anchor(monotonic=START, wall=parse_rfc3339("2026-11-24T05:00:00Z"))
Pairs = Sequence[tuple[float, float]]

MODULES: Sequence[Any] = (
    brown_out, downtime, errors, http_5xx, latency_p95, latency_p99, latency_regression,
    load_criterion, longest_outage, observer, upgrade_duration, upgrade_happened,
)  # fmt: skip
CRITERIA: dict[str, Criterion] = {module.FACTS.id: module for module in MODULES}
SCHEMA = RunResult.model_json_schema(by_alias=True)


def at(seconds: float) -> int:
    """Give a moment of the run as monotonic ns."""
    return START + round(seconds * NS)


def window(start: float, end: float) -> Window:
    return Window(at(start), at(end))


def inside(moments: np.ndarray, pairs: Pairs) -> np.ndarray:
    hit = np.zeros(moments.size, bool)
    for start, end in pairs:
        hit |= (moments >= at(start)) & (moments < at(end))
    return hit


def probes(
    target: str = "shop",
    connection: str = "new",
    *,
    length: float = 60,
    rate: float = 10,
    down: Pairs = (),
    status: int = 0,
    slow: Pairs = (),
    void: Pairs = (),
    skipped: Pairs = (),
    ms: float = 20,
    slow_ms: float = 3000,
) -> Series:
    """Give a series; `down` probes answer `status` (0: refused), `slow` ones take `slow_ms`."""
    period = round((0.757 if connection == "reused" else 0.97) / rate * NS)
    intended = np.arange(START, at(length) + 1, period, dtype=np.int64)
    intended = intended[~inside(intended, skipped)]
    failed = inside(intended, down)
    outcome = np.zeros(intended.size, np.int8)
    outcome[failed] = OUTCOMES.index(Outcome.STATUS if status else Outcome.REFUSED)
    outcome[inside(intended, void)] = OUTCOMES.index(Outcome.VOID)
    took = np.where(inside(intended, slow), slow_ms, ms * (1 + np.arange(intended.size) % 7 / 20))
    done = intended + (took * MS).astype(np.int64)
    codes = np.where(failed, status, 200).astype(np.int16)
    return Series(target, connection, period, intended, intended, done, done, outcome, codes)


def both(target: str = "shop", **fields: Any) -> tuple[Series, ...]:
    return probes(target, "new", **fields), probes(target, "reused", **fields)


def load(
    length: int,
    *,
    rate: int = 50,
    names: Mapping[str, float] | None = None,
    failed: Mapping[int, int] | None = None,
    status: int = 0,
    listed: Sequence[float] = (),
    in_flight: Mapping[int, int] | None = None,
    void: Mapping[int, int] | None = None,
    slow: tuple[int, int, float] = (0, 0, 1.0),
    planned: bool = True,
    sent: Mapping[int, int] | None = None,
    recorded: int | None = None,
    users: int = 10,
    lost: Sequence[tuple[float, float | None]] = (),
    stalls: Pairs = (),
) -> LoadTable:
    """Give load of `rate` requests a second to each of `names` (name -> ms).

    `failed`, `in_flight`, `void`: how many of a second's requests to the first name; `sent`: how
    many were started, `recorded`: seconds after which the record ends; `slow`: from, to, times.
    `listed`: failures with a row of their own. The plan is `rate` for each name.
    """
    shape = dict(names or {"GET /": 20.0})
    rows, cells = [], []
    known = length if recorded is None else recorded
    for second in range(known):
        times = slow[2] if slow[0] <= second < slow[1] else 1.0
        for index, ms in enumerate(shape.values()):
            started = (sent or {}).get(second, rate)
            if not started:
                continue
            bad, gone, lame = (
                (part or {}).get(second, 0) if index == 0 else 0
                for part in (failed, in_flight, void)
            )
            served = started - bad - gone - lame
            for step in range(5):  # a spread of 16 % that moves a little from second to second
                count = served // 5 + (step < served % 5)
                took = ms * times * (1 + 0.04 * step + 0.01 * ((second * 7) % 5))
                if count:
                    cells.append((len(rows), bucket(round(took * MS)), count))
            http_5xx = bad if 500 <= status <= 599 else 0
            rows.append((second, index, started, started - gone, bad, http_5xx, lame))
    columns = np.array(rows, np.int64).reshape(-1, 7).T
    cell = np.array(cells, np.int64).reshape(-1, 3).T
    dense = np.zeros(known, np.int64)
    for second, count in (in_flight or {}).items():
        dense[second] = count
    plan = np.full(known, float(rate * len(shape)) if planned else np.nan)
    failures = tuple(
        Failure(at(s), at(s) + MS, next(iter(shape)), "x", status, "", "u") for s in listed
    )
    return LoadTable(
        START, tuple(shape), *columns, *cell, np.full(known, users, np.int64), plan, dense,
        {"x": int(columns[4].sum())}, failures,
        lost=tuple(LostWorker("w2", at(a), None if b is None else at(b)) for a, b in lost),
        stalls=tuple(window(a, b) for a, b in stalls),
    )  # fmt: skip


def phases(**lengths: float) -> tuple[Phase, ...]:
    """Give phases one after another: `phases(baseline=120, upgrade=60, soak=300)`."""
    found, start = [], 0.0
    for name, length in lengths.items():
        found.append(Phase(name, at(start), at(start + length)))
        start += length
    return tuple(found)


def evidence(
    *series: Series, length: float = 60, parts: Mapping[str, float] | None = None, **fields: Any
) -> Evidence:
    """Give a sealed run with a healthy control; without `parts` all of it is soak."""
    control = tuple(probes(CONTROL, c, length=length) for c in ("new", "reused"))
    whole = Evidence(
        identity=Identity(run="r1", name="made up", soakgate="0.1.0", anchor=ANCHOR),
        window=window(0, length),
        series=series,
        control=control,
        phases=phases(**(parts or {"soak": length})),
        sealed=True,
    )
    return replace(whole, **fields)


def scenario(
    *rules: Mapping[str, Any],
    targets: Mapping[str, Mapping[str, Any]] | None = None,
    loaded: bool = False,
    waivers: Sequence[Mapping[str, Any]] = (),
    **fields: Any,
) -> Scenario:
    """Give a scenario with these criteria; targets have a URL and both connections."""
    known = {"shop": {}} if targets is None else targets
    return Scenario.model_validate(
        {
            "soakgate": 1,
            "targets": {n: {"url": "http://127.0.0.1:9/", **more} for n, more in known.items()},
            "load": {"host": "http://127.0.0.1:9", "rate": 50} if loaded else None,
            "criteria": [_limited(rule) for rule in rules],
            "waivers": [Waiver.model_validate(w) for w in waivers],
            **fields,
        }
    )


def _limited(rule: Mapping[str, Any]) -> dict[str, Any]:
    limit = rule.get("limit")
    return {**rule, "limit": parse_limit(limit)} if limit is not None else dict(rule)


def judged(found: Evidence, wanted: Scenario, **fields: Any) -> RunResult:
    """Judge, twice, and hold the result against the published schema."""
    result = judge(found, wanted, criteria=CRITERIA, **fields)
    again = judge(found, wanted, criteria=CRITERIA, **fields)
    assert result.to_json() == again.to_json()
    jsonschema.validate(result.model_dump(mode="json", by_alias=True), SCHEMA)
    return result


def row(result: RunResult, place: int = 0) -> Any:
    """Give one criterion's row."""
    return result.criteria[place]
