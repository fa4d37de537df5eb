"""Waivers: signed-off exceptions that turn FAIL into WARN until the end of a day in UTC."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from soakgate.config.rules import Waiver
from soakgate.model.findings import Finding, Verdict, worst
from soakgate.model.result import WaiverRow

__all__ = ["apply"]


def _fits(waiver: Waiver, finding: Finding) -> bool:
    return waiver.criterion == finding.id and waiver.target in (None, finding.target)


def _waived(finding: Finding, waiver: Waiver, *, day: date) -> Finding:
    """Apply a waiver to a finding that counts as FAIL."""
    who = f"{waiver.owner}: {waiver.reason}"
    if waiver.expires < day:
        return replace(
            finding, reason=f"{finding.reason}; its waiver expired on {waiver.expires} ({who})"
        )
    note = f"{finding.reason}; waived until {waiver.expires} ({who})"
    return replace(finding, effective=Verdict.WARN, reason=note)


def _row(waiver: Waiver, *, used: bool, day: date) -> WaiverRow:
    note = "expired" if waiver.expires < day else "" if used else "nothing to waive"
    return WaiverRow(
        criterion=waiver.criterion,
        check=waiver.check,
        target=waiver.target,
        object=waiver.object,
        owner=waiver.owner,
        reason=waiver.reason,
        expires=waiver.expires.isoformat(),
        used=used and waiver.expires >= day,
        note=note,
    )


def apply(
    findings: Sequence[Finding], waivers: Sequence[Waiver], *, day: date
) -> tuple[list[Finding], list[WaiverRow]]:
    """Apply waivers as of the day (UTC) on which the run ended."""
    done = list(findings)
    rows = []
    for waiver in waivers:
        used = False
        for index, finding in enumerate(done):
            if finding.effective is Verdict.FAIL and _fits(waiver, finding):
                done[index] = _waived(finding, waiver, day=day)
                used = True
        rows.append(_row(waiver, used=used, day=day))
    assert worst(f.verdict for f in done) == worst(f.verdict for f in findings)
    return done, rows
