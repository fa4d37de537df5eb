"""What `--plan` prints: phases, targets, rates, and whether each criterion can be decided."""

import json as jsonlib
from typing import Any

from soakgate.cli.prepare import Ready, forecasts
from soakgate.config.plan import probe_period
from soakgate.config.units import duration_text, limit_text
from soakgate.model.criteria import Limit, Op
from soakgate.model.times import NS
from soakgate.verdict.outcome import limit_of

__all__ = ["plan_text"]


def _facts(ready: Ready) -> dict[str, Any]:
    """Give the plan as one document; times in seconds, rates in Hz."""
    scenario, plan = ready.scenario, ready.plan
    return {
        "schema": "soakgate.plan/1",
        "name": scenario.name,
        "phases": [
            {"name": p.name, "seconds": None if p.length is None else p.length / NS}
            for p in plan.phases
        ],
        "total": None if plan.total is None else plan.total / NS,
        "max": None if plan.longest is None else plan.longest / NS,
        "upgrade": plan.driver,
        "targets": [
            {
                "name": name,
                "url": target.url,
                "connections": {
                    c.value: round(NS / probe_period(target.rate, connection=c), 1)
                    for c in target.connections
                },
            }
            for name, target in scenario.targets.items()
        ],
        "load": None if scenario.load is None else scenario.load.model_dump(mode="json"),
        "faults": [],
        "criteria": [
            {
                "id": rule.id,
                "target": rule.target,
                "phase": rule.phase,
                "limit": _limit_row(limit_of(rule, ready.criteria[rule.id].FACTS)),
                "level": rule.level.value,
                "decides": forecast.decides,
                "text": forecast.text,
            }
            for rule, forecast in forecasts(scenario, plan, ready.criteria)
        ],
    }


def _limit_row(limit: Limit) -> dict[str, Any]:
    return {"op": limit.op.value, "value": limit.value, "unit": limit.unit}


def _limit_words(row: dict[str, Any]) -> str:
    limit = Limit(Op(row["op"]), row["value"], row["unit"])
    sign = f"{Op.AT_MOST} " if limit.op is Op.AT_MOST else ""
    return f"{sign}{limit_text(limit)}"


def plan_text(ready: Ready, *, json: bool) -> str:
    """Write the plan of a run as text or as one JSON document."""
    facts = _facts(ready)
    if json:
        return jsonlib.dumps(facts, indent=2)
    lines = [f"PLAN  {facts['name']}: nothing was started", "", "phases"]
    lines += [f"  {p.name:<14}{_length(p.length)}" for p in ready.plan.phases]
    if ready.plan.longest is not None:
        lines.append(f"  cut after     {duration_text(ready.plan.longest)}")
    lines += ["", "targets"]
    for target in facts["targets"]:
        rates = ", ".join(f"{name} {hz:g}/s" for name, hz in target["connections"].items())
        lines.append(f"  {target['name']:<14}{target['url']}  ({rates})")
    if facts["load"]:
        load = facts["load"]
        rate = f"{load['rate']:g}/s" if load.get("rate") else "rate of the profile"
        lines += ["", f"load          {load['profile']}: {rate}, {load['users']} users"]
    lines += ["", "faults        none", "", "criteria"]
    for rule in facts["criteria"]:
        name = " ".join(filter(None, [rule["id"], rule["target"], rule["phase"]]))
        mark = "✓" if rule["decides"] else "?"
        lines.append(f"  {mark} {name:<30} {_limit_words(rule['limit']):<10} {rule['text']}")
    return "\n".join(lines)


def _length(length: int | None) -> str:
    return "as long as the upgrade takes" if length is None else duration_text(length)
