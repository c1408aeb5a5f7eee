"""Comparisons and bridges as plain data for JSON: floats for figures, `differs` where the runs are not alike."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portfolioopt.cases.differences import Difference
from portfolioopt.comparison.bridges import Bridge, Step
from portfolioopt.comparison.comparing import KEYS, Comparison
from portfolioopt.comparison.decisions import DecisionChange
from portfolioopt.comparison.rows import LimitState, Row
from portfolioopt.result import Result


def comparison_plain(comparison: Comparison) -> dict[str, Any]:
    """Every table: rows of all runs; and what each run decides otherwise than the first."""
    tables = {table: [_row(table, row) for row in getattr(comparison, table)] for table in KEYS}
    others = range(1, len(comparison.results))
    return {
        "runs": [_run(name, one) for name, one in zip(comparison.names, comparison.results, strict=True)],
        **tables,
        "changes": [
            {"run": comparison.names[number], "decisions": [_change(one) for one in comparison.changes(number)]}
            for number in others
        ],
    }


def bridge_plain(bridge: Bridge | None) -> dict[str, Any] | None:
    """The steps, whose effects sum to the total."""
    if bridge is None:
        return None
    return {
        "before": float(bridge.before),
        "after": float(bridge.after),
        "total": float(bridge.total),
        "steps": [_step(step) for step in bridge.steps],
        "no_plan_after": [group.name for group in bridge.closed],
        "reason": bridge.reason,
    }


def differences_plain(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Path, kind, before and after."""
    return [
        {"path": one.path, "kind": one.kind, "before": number(one.before), "after": number(one.after)}
        for one in differences
    ]


def number(value: Any) -> Any:
    """Plain data with numbers that JSON can hold."""
    if isinstance(value, Decimal | Fraction):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dict):
        return {str(key): number(inner) for key, inner in value.items()}
    return [number(inner) for inner in value] if isinstance(value, list | tuple) else value


def _run(name: str, result: Result) -> dict[str, Any]:
    return {
        "name": name,
        "instance": result.instance_name,
        "model": result.model_name,
        "currency": result.currency,
        "status": result.status,
        "stop_reason": result.stop_reason,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "verified": result.verified,
        "conflict": list(result.conflict),
        "input_hash": result.input_hash,
    }


def _row(table: str, row: Row) -> dict[str, Any]:
    keys = dict(zip(KEYS[table], row.name, strict=True))
    return {**keys, "differs": row.differs, "values": [_value(table, value) for value in row.values]}


def _value(table: str, value: Any) -> Any:
    if value is None:
        return None
    if table == "decisions":
        return [{"year": year, "scenarios": list(scenarios)} for year, scenarios in value]
    if isinstance(value, LimitState):
        share = None if value.share is None else float(value.share)
        return {"share": share, "binding_years": list(value.binding), "excess": float(value.excess)}
    return float(value)


def _change(change: DecisionChange) -> dict[str, Any]:
    return {
        "partnership": change.partnership,
        "action": change.action,
        "kind": change.kind,
        "happening": change.happening,
        "before": change.before,
        "after": change.after,
        "scenarios": list(change.scenarios),
        "probability": float(change.probability),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "changes": [change.said for change in step.changes],
        "before": float(step.before),
        "after": float(step.after),
        "effect": float(step.effect),
        "facts": _float(step.facts),
        "decisions": _float(step.decisions),
        "plan_before_breaks": list(step.broken),
        "least": _float(step.least),
        "most": _float(step.most),
        "expected_npv": float(step.expected_npv),
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
