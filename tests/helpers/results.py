"""Made-up but consistent results of runs, for tests and benches of report writers.

`failed()` is an upgrade of 26 minutes in which `shop` was down for 4.2 s while a node drained;
`passed()` a quiet run without a cluster; `undecided()` one that could not see enough;
`hostile()` has names and reasons that try to break out of every format; `crowded()` has far more
of everything than fits on a screen. All times are offsets in seconds from `STARTED`.
"""

from typing import Any

from soakgate.model.result import RunResult
from soakgate.model.times import NS, Anchor, parse_rfc3339, rfc3339

STARTED = "2026-11-24T05:02:11.123456Z"
WALL = parse_rfc3339(STARTED)
BOOT = 86_400 * NS  # monotonic moment of STARTED
ANCHOR = Anchor(monotonic=BOOT, wall=WALL)

HOSTILE = (
    "<script>alert(1)</script>",
    "\u202egnp.exe\u202c \u2066mixed\u2069",
    "a]]>b--><!-- & \" ' ` ${x} {{ 7*7 }} {% x %}",
    "|pipe| @everyone [link](http://evil.example) `code` # head\n## next\r\n* item",
    "\x00\x01\x1b[31mred\x7f\ud7ff\ufffe",
    "👩‍👩‍👧‍👦 naïve 漢字 " + "é" * 40,
    "long-" + "x" * 10_000,
)


def at(seconds: float) -> str:
    """Write an offset from the start as the result does."""
    return rfc3339(WALL + round(seconds * NS))


def interval(
    value: float | None, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    """Give an interval; without bounds it is exact."""
    return {
        "value": value,
        "low": value if low is None else low,
        "high": value if high is None else high,
    }


def criterion(
    id_: str,
    verdict: str,
    observed: tuple[float | None, float | None, float | None],
    limit: tuple[str, float, str],
    **more: Any,
) -> dict[str, Any]:
    """Give a criterion's row; `observed` is value, low, high and `limit` is op, value, unit."""
    value, low, high = observed
    op, bound, unit = limit
    row: dict[str, Any] = {
        "id": id_,
        "target": "shop",
        "phase": None,
        "quantile": None,
        "truth": "window",
        "observed": {"value": value, "low": low, "high": high, "unit": unit},
        "limit": {"op": op, "value": bound, "unit": unit},
        "margin": None,
        "level": "fail",
        "verdict": verdict,
        "effective": verdict,
        "samples": 9640,
        "needed": {"requests": None, "seconds": None},
        "reason": "",
        "evidence": [],
    }
    return row | more


def outage(start: float, end: float | None, kinds: dict[str, int], **more: Any) -> dict[str, Any]:
    """Give an outage's row, with bounds of 0.1 s to each side."""
    length = None if end is None else round(end - start, 6)
    row: dict[str, Any] = {
        "target": "shop",
        "connection": "new",
        "from": at(start),
        "to": None if end is None else at(end),
        "open": end is None,
        "seconds": {
            "value": length,
            "low": None if length is None else max(0.0, round(length - 0.1, 6)),
            "high": None if length is None else round(length + 0.1, 6),
        },
        "kind": max(kinds, key=lambda k: (kinds[k], k)),
        "kinds": kinds,
        "coincided": [],
    }
    return row | more


def brownout(start: float, end: float, **more: Any) -> dict[str, Any]:
    """Give a brown-out's row."""
    row = outage(start, end, {"slow": 1})
    return {k: v for k, v in row.items() if k not in ("kind", "kinds")} | more


def episode(start: float, end: float, rows: int, **more: Any) -> dict[str, Any]:
    """Give an episode's row."""
    length = round(end - start, 6)
    row: dict[str, Any] = {
        "target": "shop",
        "connection": "new",
        "from": at(start),
        "to": at(end),
        "rows": rows,
        "share": interval(1.0, 0.91, 1.0),
        "partial": False,
        "seconds": interval(length, round(length - 0.1, 6), round(length + 0.1, 6)),
    }
    return row | more


def phase(name: str, start: float, end: float | None, node: str | None = None) -> dict[str, Any]:
    """Give a phase's row."""
    return {
        "name": name,
        "from": at(start),
        "to": None if end is None else at(end),
        "node": node,
    }


def gap(source: str, start: float, end: float | None, reason: str) -> dict[str, Any]:
    """Give a gap's row."""
    return {
        "source": source,
        "from": at(start),
        "to": None if end is None else at(end),
        "reason": reason,
    }


def result(**changes: Any) -> RunResult:
    """Build a result of a quiet run, with some of its top-level fields (or `run` keys) changed."""
    run = {
        "id": "2026-11-24T05-02-11-shop",
        "name": "shop through an AKS upgrade",
        "started": at(0),
        "ended": at(1560),
        "soakgate": "0.1.0",
        "cluster": None,
        "sealed": True,
    }
    run |= changes.pop("run", {})
    fields: dict[str, Any] = {
        "schema": "soakgate.result/1",
        "verdict": "pass",
        "reason": "",
        "run": run,
        "criteria": [],
        "outages": [],
        "episodes": [],
        "brownouts": [],
        "gaps": [],
        "observer": {
            "lateness": {"p50": 0.0004, "p99": 0.002, "max": 0.01},
            "skipped": 0,
            "blind": 0.0,
        },
        "phases": [],
        "waivers": [],
        "experiments": [],
        "files": {"report": "report.html"},
    }
    return RunResult.model_validate(fields | changes)


def failed() -> RunResult:
    """Give an upgrade of 26 minutes with one decisive outage, and one of everything else."""
    return result(
        verdict="fail",
        reason="shop was not served for 4.2 s (limit 1 s) while node soakgate-worker2 drained",
        run={
            "cluster": {
                "kind": "kind",
                "context": "kind-soakgate",
                "uid": "4be1f7d2-9a51-4c0e-8d9b-2f3a6f1190c2",
                "from": "1.35.4",
                "to": "1.36.3",
            },
        },
        criteria=_failed_criteria(),
        outages=[
            outage(
                728.0,
                732.2,
                {"refused": 31, "reset": 2},
                coincided=[
                    {
                        "what": "drain",
                        "object": "node/soakgate-worker2",
                        "offset": -0.4,
                        "message": "draining",
                    },
                    {
                        "what": "eviction",
                        "object": "pod/shop-7c9d",
                        "offset": -0.2,
                        "message": "shop-pdb refused 4 evictions",
                    },
                ],
            ),
            outage(728.1, 732.2, {"answer-timeout": 4, "closed": 3}, connection="reused"),
            outage(933.0, 933.3, {"status-503": 3}),
        ],
        episodes=[
            episode(728.0, 732.2, 1),
            episode(728.1, 732.2, 1, connection="reused"),
            episode(933.0, 933.3, 1),
        ],
        brownouts=[brownout(1012.0, 1019.0)],
        gaps=[
            gap("kube", 352.0, 377.0, "API server did not answer: TLS handshake time-out"),
            gap("probe", 1301.0, 1301.6, "prober was 0.6 s late"),
        ],
        phases=[
            phase("baseline", 0, 300),
            phase("upgrade", 300, 1060),
            phase("upgrade/control-plane", 300, 470),
            phase("upgrade/node", 470, 650, "soakgate-worker"),
            phase("upgrade/node", 650, 905, "soakgate-worker2"),
            phase("upgrade/node", 905, 1060, "soakgate-worker3"),
            phase("settle", 1060, 1180),
            phase("soak", 1180, 1560),
        ],
        waivers=[
            {
                "criterion": "brown-out",
                "check": None,
                "target": "shop",
                "object": None,
                "owner": "platform-team",
                "reason": "cache warms up",
                "expires": "2027-01-31",
                "used": True,
                "note": "until 2027-01-31",
            },
        ],
    )


def _failed_criteria() -> list[dict[str, Any]]:
    return [
        criterion(
            "longest-outage",
            "fail",
            (4.2, 4.1, 4.3),
            ("<=", 1.0, "s"),
            margin=-3.1,
            reason="shop was not served for 4.2 s (limit 1 s) while node soakgate-worker2 drained",
            evidence=["outages[0]"],
        ),
        criterion(
            "errors",
            "inconclusive",
            (0.00021, 0.00006, 0.00053),
            ("<", 0.0001, "ratio"),
            margin=-0.00043,
            target=None,
            samples=19204,
            truth="process",
            needed={"requests": 17700, "seconds": 354.0},
            reason="needs 17,700 more requests without an error, 6 min at 50/s",
        ),
        criterion(
            "brown-out",
            "fail",
            (7.0, 6.9, 7.1),
            ("<=", 5.0, "s"),
            margin=-1.9,
            effective="warn",
            reason="waived by platform-team until 2027-01-31",
            evidence=["brownouts[0]"],
        ),
        criterion(
            "latency-p95",
            "pass",
            (0.041, 0.039, 0.044),
            ("<=", 2.0, "s"),
            margin=1.956,
            target=None,
            samples=19204,
            quantile="p95",
        ),
        criterion(
            "latency-regression",
            "pass",
            (0.031, 0.019, 0.044),
            ("<=", 0.10, "ratio"),
            margin=0.056,
            target=None,
            quantile="p99",
            samples=13192,
            truth="process",
        ),
        criterion(
            "errors",
            "pass",
            (0.0, 0.0, 0.0004),
            ("<=", 0.001, "ratio"),
            margin=0.0006,
            phase="soak",
            samples=7400,
        ),
        criterion(
            "upgrade-happened",
            "pass",
            (1.0, 1.0, 1.0),
            ("=", 1.0, "count"),
            margin=0.0,
            target=None,
            samples=1,
        ),
        criterion(
            "observer",
            "pass",
            (0.0004, 0.0004, 0.0004),
            ("<=", 0.1, "ratio"),
            margin=0.0996,
            target=None,
            samples=19900,
        ),
    ]


def passed() -> RunResult:
    """Give a quiet run of ten minutes without a cluster: nothing happened, all is well."""
    return result(
        reason="shop was served throughout: downtime at most 0.36 s (limit 1 s)",
        run={"ended": at(600), "name": "soak of shop"},
        criteria=[
            criterion("downtime", "pass", (0.0, 0.0, 0.36), ("<=", 1.0, "s"), margin=0.64),
            criterion("brown-out", "pass", (0.0, 0.0, 0.36), ("<=", 5.0, "s"), margin=4.64),
            criterion(
                "observer", "pass", (0.0, 0.0, 0.0), ("<=", 0.1, "ratio"), margin=0.1, target=None
            ),
        ],
        phases=[phase("soak", 0, 600)],
    )


def undecided() -> RunResult:
    """Give an interrupted run with an open outage, unbounded values and values never seen."""
    return result(
        verdict="inconclusive",
        reason="stopped by SIGTERM after 40 s",
        run={"ended": at(40), "sealed": False},
        criteria=[
            criterion(
                "downtime",
                "inconclusive",
                (0.8, 0.7, None),
                ("<=", 1.0, "s"),
                reason="shop was still down when the run ended",
                evidence=["outages[0]"],
                samples=410,
            ),
            criterion(
                "recovery",
                "inconclusive",
                (None, None, None),
                ("<=", 30.0, "s"),
                samples=0,
                reason="no node was replaced",
            ),
        ],
        outages=[
            outage(39.2, None, {"refused": 8}, seconds={"value": 0.8, "low": 0.7, "high": None}),
        ],
        episodes=[
            episode(39.2, 40.0, 1, to=None, seconds={"value": 0.8, "low": 0.7, "high": None}),
        ],
        gaps=[gap("probe", 12.0, None, "prober ended: exit code -9")],
        observer={
            "lateness": {"p50": None, "p99": None, "max": None},
            "skipped": 3,
            "blind": 28.0,
        },
        phases=[phase("baseline", 0, 30), phase("upgrade", 30, None)],
    )


def hostile() -> RunResult:
    """Give a result in which every string from outside tries to do harm."""
    names = HOSTILE
    return result(
        verdict="fail",
        reason=" ".join(names),
        run={
            "id": names[0],
            "name": names[2],
            "cluster": {
                "kind": names[1],
                "context": names[3],
                "uid": names[4],
                "from": names[5],
                "to": names[0],
            },
        },
        criteria=[
            criterion(
                "errors",
                "fail",
                (0.5, 0.4, 0.6),
                ("<=", 0.1, "ratio"),
                target=name,
                reason=name,
                margin=-0.3,
                evidence=[name],
            )
            for name in names
        ],
        outages=[
            outage(
                10 + 10 * k,
                13 + 10 * k,
                {"refused": 3},
                target=name,
                coincided=[{"what": name, "object": name, "offset": 0.1, "message": name}],
            )
            for k, name in enumerate(names)
        ],
        episodes=[
            episode(10 + 10 * k, 13 + 10 * k, 1, target=name) for k, name in enumerate(names)
        ],
        brownouts=[brownout(300, 301, target=name) for name in names],
        gaps=[gap(name, 400, 401, name) for name in names],
        phases=[phase(name, 60 * k, 60 * k + 60, name) for k, name in enumerate(names)],
        waivers=[
            {
                "criterion": name,
                "check": None,
                "target": name,
                "object": name,
                "owner": name,
                "reason": name,
                "expires": "2027-01-31",
                "used": False,
                "note": name,
            }
            for name in names
        ],
        experiments=[{"title": name, name[:40]: name} for name in names],
    )


def crowded(targets: int = 20, outages: int = 400, nodes: int = 60) -> RunResult:
    """Give four hours with many targets, outages close together, short phases and gaps."""
    length = 14_400.0
    names = [f"team-{k % 5}-service-with-a-rather-long-name-{k:03d}" for k in range(targets)]
    step = 9_000.0 / nodes
    return result(
        verdict="fail",
        reason=f"{names[0]} was not served for 212 s (limit 120 s) while 60 nodes were replaced",
        run={"ended": at(length), "name": "fleet stage 2"},
        criteria=[
            criterion(
                id_,
                "fail" if k == 0 else "pass",
                (212.0 if k == 0 else 1.5, 1.2, 212.4),
                ("<=", 240.0 if k else 120.0, "s"),
                margin=-92.0 if k == 0 else 27.6,
                target=name,
            )
            for k, name in enumerate(names)
            for id_ in ("downtime", "longest-outage")
        ],
        outages=[
            outage(1200 + 3.0 * k, 1200.4 + 3.0 * k, {"refused": 4}, target=names[k % targets])
            for k in range(outages)
        ],
        episodes=[
            episode(
                1200,
                1200 + 3.0 * outages,
                outages // targets,
                target=name,
                partial=True,
                share=interval(0.33, 0.3, 0.36),
            )
            for name in names
        ],
        brownouts=[brownout(5000 + 7.0 * k, 5001 + 7.0 * k) for k in range(30)],
        gaps=[gap("kube", 600 + 90 * k, 605 + 90 * k, "watch restarted") for k in range(40)],
        phases=[
            phase("baseline", 0, 600),
            phase("upgrade", 600, 9_600),
            *(
                phase("upgrade/node", 600 + step * k, 600 + step * (k + 1), f"aks-user-{k:04d}")
                for k in range(nodes)
            ),
            phase("settle", 9_600, 9_900),
            phase("soak", 9_900, length),
        ],
    )
