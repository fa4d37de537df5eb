"""Rules between the parts of a scenario: what names what, what fits what, what is missing.

A rule that matches nothing is an error: a criterion of a target that is not there would pass for
ever. Works on single rules, so that one bad rule does not hide what is wrong with the others.
"""

from collections.abc import Collection, Iterable, Mapping

from soakgate.config.problems import KeyPath, Problems
from soakgate.config.rules import CriterionRule, Waiver
from soakgate.config.units import fit_limit, parse_limit
from soakgate.errors import suggestion
from soakgate.model.criteria import PHASES, CriterionFacts, Limit, Op

__all__ = ["DEFAULTS", "HAPPENED", "check_rules", "check_waivers", "complete_rules"]

DEFAULTS = (
    CriterionRule(id="downtime", limit="1s"),
    CriterionRule(id="brown-out", limit="5s"),
    CriterionRule(id="observer"),
)
"""What a run without criteria is judged by: a healthy service passes after any decent time."""

HAPPENED = "upgrade-happened"
"""Always judged when a run has an upgrade driver: one that never took place cannot pass."""

_SHOWN = 20  # names in a hint

Numbered = Iterable[tuple[KeyPath, CriterionRule]]


def check_rules(
    rules: Numbered,
    *,
    targets: Collection[str],
    criteria: Mapping[str, CriterionFacts],
    problems: Problems,
) -> None:
    """Note what is wrong with criteria against the targets and criteria that there are."""
    seen: dict[tuple[str | None, ...], KeyPath] = {}
    for path, rule in rules:
        facts = criteria.get(rule.id)
        if facts is None:
            _unknown(problems, (*path, "id"), word=rule.id, what="criterion", known=criteria)
        else:
            _check_rule(rule, facts=facts, path=path, targets=targets, problems=problems)
        key = (rule.id, rule.target, rule.phase, rule.quantile)
        first = seen.setdefault(key, path)
        if first != path:
            line = problems.line(first)
            what = f"{rule.id} is given twice for the same target, phase and quantile"
            problems.add((*path, "id"), what, hint=f"first in line {line}" if line else None)


def _check_rule(
    rule: CriterionRule,
    *,
    facts: CriterionFacts,
    path: KeyPath,
    targets: Collection[str],
    problems: Problems,
) -> None:
    takes = (
        ("target", facts.takes_target),
        ("phase", facts.takes_phase),
        ("quantile", facts.takes_quantile),
    )
    for key, allowed in takes:
        if getattr(rule, key) is not None and not allowed:
            problems.add((*path, key), f"{rule.id} takes no {key}")
    if facts.takes_target and rule.target is not None and rule.target not in targets:
        _unknown(problems, (*path, "target"), word=rule.target, what="target", known=targets)
    phase = rule.phase
    if facts.takes_phase and phase is not None and not _is_phase(phase):
        _unknown(problems, (*path, "phase"), word=phase, what="phase", known=PHASES)
    for name in rule.options:
        if name not in facts.options:
            what = f'{rule.id} has no option "{name}"'
            hint = _hint(name, known=facts.options, problems=problems)
            problems.add((*path, "options", name), what, hint=hint)
    try:
        _limit(rule, facts=facts)
    except ValueError as error:
        problems.add((*path, "limit"), str(error))


def _is_phase(name: str) -> bool:
    return name in PHASES or (name.startswith("upgrade/") and len(name) > len("upgrade/"))


def _unknown(
    problems: Problems, path: KeyPath, *, word: str, what: str, known: Iterable[str]
) -> None:
    problems.add(
        path, f'there is no {what} "{word}"', hint=_hint(word, known=known, problems=problems)
    )


def _hint(word: str, *, known: Iterable[str], problems: Problems) -> str | None:
    if problems.is_full:
        return None
    names = sorted(known)
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return suggestion(word, names) or f"there are: {shown or 'none'}"


def _limit(rule: CriterionRule, *, facts: CriterionFacts) -> Limit | None:
    """Give the limit in the criterion's unit, or its default. Raises ValueError."""
    usual = parse_limit(facts.default_limit, unit=facts.unit) if facts.default_limit else None
    if rule.limit is None:
        return usual
    limit = fit_limit(rule.limit, unit=facts.unit)
    if usual is not None and _are_opposite(limit.op, usual.op):
        way, op = ("a lower", ">=") if usual.op is Op.AT_LEAST else ("an upper", "<=")
        raise ValueError(f"{rule.id} has {way} limit; write {op}")
    return limit


def _are_opposite(one: Op, other: Op) -> bool:
    exact = Op.EXACTLY in (one, other)
    return not exact and (one is Op.AT_LEAST) != (other is Op.AT_LEAST)


def complete_rules(
    rules: tuple[CriterionRule, ...] | None,
    *,
    has_upgrade: bool,
    criteria: Mapping[str, CriterionFacts],
) -> tuple[CriterionRule, ...]:
    """Fill in defaults: rules where none are given, limits, and `upgrade-happened`.

    Rules must have been checked. An empty tuple stays empty: then nothing is evaluated.
    """
    full = list(DEFAULTS if rules is None else rules)
    if has_upgrade and HAPPENED in criteria and all(rule.id != HAPPENED for rule in full):
        full.append(CriterionRule(id=HAPPENED))
    return tuple(
        rule.model_copy(update={"limit": _limit(rule, facts=criteria[rule.id])})
        if rule.id in criteria
        else rule
        for rule in full
    )


def check_waivers(
    waivers: Iterable[tuple[KeyPath, Waiver]],
    *,
    targets: Collection[str],
    judged: Collection[str],
    problems: Problems,
) -> None:
    """Note waivers of this scenario that would waive nothing."""
    for path, waiver in waivers:
        if waiver.criterion is not None and waiver.criterion not in judged:
            what = f'no criterion "{waiver.criterion}" is judged here'
            hint = _hint(waiver.criterion, known=judged, problems=problems)
            problems.add((*path, "criterion"), what, hint=hint)
        if waiver.target is not None and waiver.target not in targets:
            at, word = (*path, "target"), waiver.target
            _unknown(problems, at, word=word, what="target", known=targets)
