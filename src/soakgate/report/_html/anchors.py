"""Anchors of the page: stable names that a link from elsewhere may rely on."""

import re
from hashlib import sha256

from soakgate.model.result import CriterionRow

__all__ = ["finding_anchors", "slug"]

LONGEST = 80


def slug(text: str) -> str:
    """Make a part of an anchor; text that does not survive it gets eight digits of its digest."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")[:LONGEST]
    if plain == text:
        return plain
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else digest


def finding_anchors(rows: list[CriterionRow]) -> list[str]:
    """Give one anchor per row, `finding-downtime-shop`; a clash gets a number in file order."""
    seen: dict[str, int] = {}
    anchors = []
    for row in rows:
        parts = (row.id, row.target, row.phase, row.quantile)
        name = "-".join(["finding", *(slug(p) for p in parts if p is not None)])
        seen[name] = seen.get(name, 0) + 1
        anchors.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return anchors
