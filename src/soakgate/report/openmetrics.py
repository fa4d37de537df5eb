"""metrics.prom: verdicts, observed values and their limits as gauges, in OpenMetrics text.

The file suits the textfile collector and a push gateway, which refuse samples with time stamps:
the moments of the run are gauges of their own, in seconds since the epoch. `render` can stamp the
samples with the run's end, as backfilling needs. Labels carry no run id, so that a series goes
on from run to run; `soakgate_run_info` names the run. What is not known has no sample;
an unbounded upper bound is `+Inf`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from soakgate.errors import printable
from soakgate.model.findings import ORDER
from soakgate.model.result import CriterionRow, RunResult
from soakgate.model.times import NS, parse_rfc3339
from soakgate.report.format import finding_id

if TYPE_CHECKING:
    from soakgate.analysis.timeline import Timeline

__all__ = ["FILENAME", "render", "write"]

FILENAME = "metrics.prom"
MOST = 300  # characters of a label's value

HELP: dict[str, str] = {
    "soakgate_run_info": "Identity of the run; always 1.",
    "soakgate_run_verdict": "1 for the verdict of the run, 0 for the other words.",
    "soakgate_run_sealed": "1 if the evidence is complete and sealed.",
    "soakgate_run_started_timestamp_seconds": "First planned moment, seconds since the epoch.",
    "soakgate_run_ended_timestamp_seconds": "Last planned moment, seconds since the epoch.",
    "soakgate_criterion_verdict": "1 for what the criterion counts as, 0 for the other words.",
    "soakgate_criterion_observed": "Observed value, in the unit of the label unit.",
    "soakgate_criterion_low": "Lower 95 % bound of the observed value.",
    "soakgate_criterion_high": "Upper 95 % bound of the observed value.",
    "soakgate_criterion_limit": "Limit that the bounds are compared with, by the label op.",
    "soakgate_criterion_margin": "Distance from the limit to the bound that decided.",
    "soakgate_criterion_samples": "Samples that the value rests on.",
    "soakgate_outage_rows": "Outages found, by target and connection.",
    "soakgate_gap_rows": "Stretches in which a collector was blind.",
    "soakgate_blind_seconds": "Blind time of the worst series.",
    "soakgate_probe_lateness_seconds": "Sent minus intended start of our own probes.",
}

Labels = Mapping[str, str | None]
Sample = tuple[str, Labels, float | int | str | None]


def _value(text: str) -> str:
    """Escape a label's value; what is not printable, line feeds too, is first made so."""
    return printable(text, MOST).replace("\\", "\\\\").replace('"', '\\"')


def _labels(labels: Labels) -> str:
    pairs = [f'{name}="{_value(value)}"' for name, value in labels.items() if value is not None]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _words(name: str, labels: Labels, verdict: str) -> Iterator[Sample]:
    for word in ORDER:
        yield name, {**labels, "verdict": word.value}, int(word.value == verdict)


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    whole, rest = divmod(parse_rfc3339(text), NS)
    return f"{whole}.{rest // 1000:06d}"


def _run(result: RunResult, labels: Labels) -> Iterator[Sample]:
    run, cluster = result.run, result.run.cluster
    identity: dict[str, str | None] = {**labels, "run": run.id, "soakgate": run.soakgate}
    if cluster is not None:
        identity |= {"cluster": cluster.kind, "context": cluster.context}
        identity |= {"from": cluster.version_from, "to": cluster.version_to}
    yield "soakgate_run_info", identity, 1
    yield from _words("soakgate_run_verdict", labels, result.verdict)
    yield "soakgate_run_sealed", labels, int(run.sealed)
    yield "soakgate_run_started_timestamp_seconds", labels, _moment(run.started)
    yield "soakgate_run_ended_timestamp_seconds", labels, _moment(run.ended)


def _criterion(row: CriterionRow, labels: Labels) -> Iterator[Sample]:
    seen, prefix = row.observed, "soakgate_criterion_"
    name: dict[str, str | None] = {**labels, "finding": finding_id(row), "criterion": row.id}
    name |= {"target": row.target, "phase": row.phase, "quantile": row.quantile}
    unit = {**name, "unit": row.limit.unit}
    unbounded = seen.high is None and (seen.value is not None or seen.low is not None)
    yield from _words(f"{prefix}verdict", {**name, "level": row.level}, row.effective)
    yield f"{prefix}observed", unit, seen.value
    yield f"{prefix}low", unit, seen.low
    yield f"{prefix}high", unit, "+Inf" if unbounded else seen.high
    yield f"{prefix}limit", {**unit, "op": row.limit.op}, row.limit.value
    yield f"{prefix}margin", unit, row.margin
    yield f"{prefix}samples", name, row.samples


def _rest(result: RunResult, labels: Labels) -> Iterator[Sample]:
    rows: dict[tuple[str, str], int] = {}
    for outage in result.outages:
        key = (outage.target, outage.connection)
        rows[key] = rows.get(key, 0) + 1
    for (target, connection), number in rows.items():
        series = {**labels, "target": target, "connection": connection}
        yield "soakgate_outage_rows", series, number
    yield "soakgate_gap_rows", labels, len(result.gaps)
    yield "soakgate_blind_seconds", labels, result.observer.blind
    late = result.observer.lateness
    for quantile, value in (("0.5", late.p50), ("0.99", late.p99), ("1", late.max)):
        yield "soakgate_probe_lateness_seconds", {**labels, "quantile": quantile}, value


def _families(result: RunResult) -> dict[str, dict[str, str]]:
    """Gather samples by family, as the format wants; of two alike the last one stays."""
    families: dict[str, dict[str, str]] = {name: {} for name in HELP}
    labels: Labels = {"scenario": result.run.name}
    samples = [*_run(result, labels), *_rest(result, labels)]
    for row in result.criteria:
        samples.extend(_criterion(row, labels))
    for name, named, value in samples:
        if value is not None:
            text = value if isinstance(value, str) else repr(value)
            families[name][_labels(named)] = text
    return families


def render(result: RunResult, *, stamped: bool = False) -> str:
    """Give the text; `stamped` adds the run's end to each sample, in seconds since the epoch."""
    ended = _moment(result.run.ended) if stamped else None
    stamp = "" if ended is None else f" {ended}"
    lines: list[str] = []
    for name, samples in _families(result).items():
        if samples:
            lines += [f"# TYPE {name} gauge", f"# HELP {name} {HELP[name]}"]
            lines += [f"{name}{labels} {value}{stamp}" for labels, value in samples.items()]
    return "\n".join([*lines, "# EOF", ""])


def write(result: RunResult, timeline: "Timeline | None" = None) -> bytes:
    """Give the bytes of metrics.prom; they depend on nothing but the result."""
    return render(result).encode()
