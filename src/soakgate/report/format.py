"""Words and numbers for people, the same in every report; the one module that writers import."""

from collections.abc import Iterable
from decimal import Decimal

from soakgate.errors import printable
from soakgate.model.findings import ORDER
from soakgate.model.numbers import PERCENT, scale_of, settle
from soakgate.model.result import CriterionRow, RunResult, RunRow, Word
from soakgate.model.times import NS, parse_rfc3339
from soakgate.report.values import bounds, interval, limit, margin, observed, pair, seen
from soakgate.report.width import cut_end, cut_middle, display_width, pad

__all__ = [
    "MARKS",
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
    "word",
    "worst_first",
]

MARKS: dict[str, str] = {"pass": "✓", "warn": "!", "inconclusive": "?", "fail": "✕"}
PROBED = frozenset({"downtime", "longest-outage", "brown-out", "observer"})
REQUESTED = frozenset(
    {"errors", "http-5xx", "latency-p95", "latency-p99", "latency-regression", "load"}
)
UNSAMPLED = frozenset({"upgrade-happened", "upgrade-duration"})
RANK = {verdict.value: index for index, verdict in enumerate(ORDER)}


def word(verdict: Word) -> str:
    """Give a verdict in capitals, as people read it."""
    return verdict.upper()


def mark(verdict: Word) -> str:
    """Give the sign of a verdict; never used without its word."""
    return MARKS[verdict]


def shown(row: CriterionRow) -> Word:
    """Give the verdict to print: what it counts as, but what was found where nothing counts."""
    return row.verdict if row.level == "info" else row.effective


def note(row: CriterionRow) -> str:
    """Say why a row counts for something else than was found; empty if it does not."""
    if row.level == "info":
        return "for information, does not count"
    if row.verdict == row.effective:
        return ""
    return f"found {word(row.verdict)}, counts as {word(row.effective)}"


def worst_first(rows: Iterable[CriterionRow]) -> list[CriterionRow]:
    """Sort by what rows count as, then by what was found; else in the order of the file."""
    return sorted(rows, key=lambda row: (-RANK[row.effective], -RANK[row.verdict]))


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
    what = "probe" if row.id in PROBED else "request" if row.id in REQUESTED else "sample"
    return f"{count(row.samples)} {what}{'' if row.samples == 1 else 's'}"


def needs(row: CriterionRow) -> str:
    """Say what a decision lacks: `needs 17,400 more requests, 5m48s`; empty for nothing."""
    asked, length = row.needed.requests, row.needed.seconds
    parts = [] if asked is None else [f"{count(asked)} more request{'' if asked == 1 else 's'}"]
    if length is not None:
        parts.append(duration(length) if parts else f"{duration(length)} more")
    return f"needs {', '.join(parts)}" if parts else ""


def evidence(row: CriterionRow, *, said: str = "") -> str:
    """Give the last column of a row: samples, reason, what is missing; `said` is not repeated."""
    reason = "" if row.reason == said else row.reason
    lacks = "" if "needs" in reason else needs(row)
    return "; ".join(part for part in (samples(row), reason, lacks, note(row)) if part)


def headline(result: RunResult) -> str:
    """Give the one sentence that says why; a result without a reason counts its criteria."""
    if result.reason:
        return result.reason
    total = len(result.criteria)
    held = sum(row.effective == "pass" for row in result.criteria)
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
