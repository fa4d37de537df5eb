"""Words and numbers for people, the same in every report; the one module that writers import."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from soakgate.errors import printable
from soakgate.model.findings import ORDER
from soakgate.model.numbers import PERCENT, scale_of, settle
from soakgate.model.result import CriterionRow, RunResult, RunRow
from soakgate.model.times import NS, parse_rfc3339
from soakgate.report.values import bounds, interval, limit, margin, observed, pair, seen
from soakgate.report.width import cut_end, cut_middle, display_width, pad

__all__ = [
    "MARKS",
    "Shown",
    "bounds",
    "clock",
    "count",
    "cut_end",
    "cut_middle",
    "display_width",
    "duration",
    "evidence",
    "finding_id",
    "headline",
    "incidental",
    "interval",
    "length",
    "limit",
    "margin",
    "mark",
    "needs",
    "note",
    "observed",
    "pad",
    "pair",
    "place",
    "ratio",
    "samples",
    "seen",
    "shown",
    "subject",
    "tally",
    "why",
    "word",
    "worst_first",
]

Shown = Literal["pass", "warn", "inconclusive", "fail", "info"]
MARKS: dict[str, str] = {"pass": "✓", "warn": "!", "inconclusive": "?", "fail": "✕", "info": "i"}
TALLIED: tuple[Shown, ...] = ("fail", "inconclusive", "warn", "pass")
PROBED = frozenset({"downtime", "longest-outage", "brown-out", "observer"})
REQUESTED = frozenset(
    {"errors", "http-5xx", "latency-p95", "latency-p99", "latency-regression", "load"}
)
SERVED = frozenset({"brown-out", "latency-p95", "latency-p99"})  # these look at nothing else
UNSAMPLED = frozenset({"upgrade-happened", "upgrade-duration"})
RANK = {verdict.value: index for index, verdict in enumerate(ORDER)}
RESTATES = re.compile(r"\(limit [^;,()]*\)$")  # a sentence of nothing but observed value and limit


def word(verdict: Shown) -> str:
    """Give a verdict in capitals, as people read it."""
    return verdict.upper()


def mark(verdict: Shown) -> str:
    """Give the sign of a verdict; never used without its word."""
    return MARKS[verdict]


def shown(row: CriterionRow) -> Shown:
    """Give the word to print: what a row counts as, or `info` where it counts for nothing."""
    return "info" if row.level == "info" else row.effective


def incidental(row: CriterionRow) -> bool:
    """Tell whether a row needs no attention: it holds, or is for information only."""
    return shown(row) in ("pass", "info")


def note(row: CriterionRow) -> str:
    """Say why a row counts for something else than was found; empty if it does not."""
    if row.level == "info":
        return f"for information: found {word(row.verdict)}"
    if row.verdict == row.effective:
        return ""
    return f"found {word(row.verdict)}, counts as {word(row.effective)}"


def worst_first(rows: Iterable[CriterionRow]) -> list[CriterionRow]:
    """Sort by what rows count as, then by what was found, information last; else as in the file."""
    return sorted(
        rows,
        key=lambda row: (shown(row) == "info", -RANK[row.effective], -RANK[row.verdict]),
    )


def tally(rows: Iterable[CriterionRow]) -> str:
    """Count what rows count as: `1 fail · 3 pass · 1 for information`; empty for no rows."""
    words = [shown(row) for row in rows]
    told = [f"{count(words.count(w))} {w}" for w in TALLIED if w in words]
    told += [f"{count(words.count('info'))} for information"] if "info" in words else []
    return " · ".join(told)


def finding_id(row: CriterionRow) -> str:
    """Name a finding alike in all formats and all runs: `errors/shop:upgrade,p99`."""
    parts = (("/", row.target), (":", row.phase), (",", row.quantile))
    return printable(row.id + "".join(sign + part for sign, part in parts if part is not None))


def subject(row: CriterionRow) -> str:
    """Say what a criterion judged beside its id: target, phase, quantile."""
    return " · ".join(p for p in (row.target, row.phase, row.quantile) if p is not None)


def count(number: int) -> str:
    """Write a whole number with thousands separators: `17,400`."""
    return f"{number:,}"


def ratio(fraction: float) -> str:
    """Write a fraction as per cent with two significant digits: `0.021 %`."""
    return f"{settle([fraction], scale=PERCENT).texts[0]} %"


def duration(seconds: float) -> str:
    """Write a length of time shortly: `41 ms`, `4.2 s`, `2m41s`, `1h05m`."""
    sign, span = ("-", -seconds) if seconds < 0 else ("", seconds)
    if span < 59.95:
        scale = scale_of("s", [span])
        return f"{sign}{settle([span], scale=scale).texts[0]} {scale.word}"
    whole = int(Decimal(repr(float(span))).to_integral_value())
    if whole < 3600:
        return f"{sign}{whole // 60}m{whole % 60:02d}s"
    return f"{sign}{count(whole // 3600)}h{whole % 3600 // 60:02d}m"


def clock(moment: str | None, *, digits: int = 0) -> str:
    """Shorten an RFC 3339 moment of result.json to its time of day, cut: `05:02:11Z`, `?`."""
    if not moment:
        return "?"
    return f"{moment[11 : 20 + digits] if digits else moment[11:19]}Z"


def length(run: RunRow) -> float | None:
    """Give the length of a run in seconds; None if its start or end is not known."""
    if run.started is None or run.ended is None:
        return None
    return max(0, parse_rfc3339(run.ended) - parse_rfc3339(run.started)) / NS


def samples(row: CriterionRow) -> str:
    """Say how much a finding rests on: `9,640 probes`; empty for nothing."""
    if not row.samples or row.id in UNSAMPLED:
        return ""
    probes = row.id in PROBED or (row.id in REQUESTED and row.target is not None)
    what = "probe" if probes else "request" if row.id in REQUESTED else "sample"
    said = f"{count(row.samples)} {what}{'' if row.samples == 1 else 's'}"
    if row.id == "observer":
        return f"{said}, our own control included"
    return f"{said} served" if row.id in SERVED else said


def needs(row: CriterionRow) -> str:
    """Say what a decision lacks: `needs 17,400 more requests, 5m48s`; empty for nothing."""
    asked, length = row.needed.requests, row.needed.seconds
    parts = [] if asked is None else [f"{count(asked)} more request{'' if asked == 1 else 's'}"]
    if length is not None:
        parts.append(duration(length) if parts else f"{duration(length)} more")
    return f"needs {', '.join(parts)}" if parts else ""


def why(row: CriterionRow, *, said: str = "") -> str:
    """Give the reason of a row; beside a headline `said` only what neither it nor numbers tell."""
    restates = said and row.effective == "fail" and RESTATES.search(row.reason)
    return "" if not row.reason or row.reason in said or restates else row.reason


def evidence(row: CriterionRow, *, said: str = "") -> str:
    """Give the last column of a row: samples, reason, what is missing; `said` is not repeated."""
    reason = why(row, said=said)
    lacks = "" if "needs" in row.reason else needs(row)
    return "; ".join(part for part in (samples(row), note(row), reason, lacks) if part)


def headline(result: RunResult) -> str:
    """Give the one sentence that says why; a result without a reason counts its criteria."""
    if result.reason:
        return result.reason
    counting = [row for row in result.criteria if row.level != "info"]
    total, held = len(counting), sum(row.effective == "pass" for row in counting)
    return f"{count(held)} of {count(total)} criteria held" if total else "nothing was judged"


def place(result: RunResult) -> str:
    """Say where a run took place: `kind 1.35.4 → 1.36.3`; the sandbox never pretends."""
    cluster = result.run.cluster
    if cluster is None:
        return "no cluster"
    kind = "sandbox, not Kubernetes" if cluster.kind == "sandbox" else cluster.kind
    versions = [v for v in (cluster.version_from, cluster.version_to) if v]
    path = " → ".join(dict.fromkeys(versions))
    name = "" if cluster.context in ("", cluster.kind) else cluster.context
    return " ".join(part for part in (kind, name, path) if part) or "a cluster"
