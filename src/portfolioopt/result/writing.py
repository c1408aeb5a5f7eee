"""A result as JSON and back: figures for people and other programs on top, what the engine reads exactly below.

`objective`, `gap`, `npv` and their like are floats made from `audit` and are not read back; decisions are read from
`plan`, everything else from the field of the same name.
"""

import json
from collections.abc import Iterable
from dataclasses import MISSING, asdict, fields
from typing import Any, get_type_hints

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.plan import Decision, Hiring, Plan
from portfolioopt.result.exact import decode, encode
from portfolioopt.result.record import Result

RESULT_FORMAT = "portfolioopt-result/1"
FIRST = ("format", "instance", "model", "currency", "status", "stop_reason", "objective", "bound", "gap", "verified")


def to_json(result: Result) -> str:
    """Text in the format portfolioopt-result/1, a line per key and decision; no NaN, no infinity."""
    shown: dict[str, Any] = {
        "format": RESULT_FORMAT,
        "instance": result.instance_name,
        "model": result.model_name,
        "currency": result.currency,
        "objective": result.objective,
        "gap": result.gap,
        "expected_npv": result.expected_npv,
        "npv": result.npv,
        "risk": result.risk,
        "penalties": result.penalties,
        "changes_cost": result.changes_cost,
        "do_nothing_npv": None if result.do_nothing is None else float(result.do_nothing.expected_npv),
        "plan": None,
    }
    stored = {item.name: encode(getattr(result, item.name)) for item in fields(result) if item.name != "chosen"}
    whole = shown | stored
    lines = [
        f" {_text(name)}: {_plan_text(result.chosen) if name == 'plan' else _text(whole[name])}"
        for name in (*FIRST, *(name for name in whole if name not in FIRST))
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> Result:
    """The result that `to_json` wrote; raises `InvalidInput` for any other text."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refused("", f"is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != RESULT_FORMAT:
        raise _refused("format", f"is not a result: its format should be {RESULT_FORMAT}")
    values: dict[str, Any] = {}
    since = {item.name for item in fields(Result) if item.default is not MISSING}
    for name, hint in get_type_hints(Result).items():
        key = "plan" if name == "chosen" else name
        if name in since and key not in document:  # saved before there was such a key
            continue
        try:
            values[name] = _plan(document[key]) if key == "plan" else decode(hint, document[key])
        except KeyError as error:
            raise _refused(key, f"{error} is missing") from None
        except (ValueError, TypeError, RecursionError) as error:
            raise _refused(key, str(error)) from None
    return Result(**values)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _plan_text(plan: Plan | None) -> str:
    """A decision on each line, with its keys, so that other programs need no schema."""
    if plan is None:
        return "null"
    names = ("partnership", "action", "kind", "year", "scenario")
    actions = _lines({name: getattr(decision, name) for name in names} for decision in plan.decisions)
    hiring = _lines(asdict(hired) | {"engineers": str(hired.engineers)} for hired in plan.hiring)
    return f'{{"actions": {actions}, "hiring": {hiring}}}'


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    texts = [f"  {_text(row)}" for row in rows]
    return "[\n" + ",\n".join(texts) + "]" if texts else "[]"


def _plan(document: Any) -> Plan | None:
    if document is None:
        return None
    return Plan(
        decisions=tuple(decode(Decision, row) for row in document["actions"]),
        hiring=tuple(decode(Hiring, row) for row in document["hiring"]),
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} has no place in a result")


def _refused(key: str, message: str) -> InvalidInput:
    return InvalidInput([Fault((key,) if key else (), message, hint="a result is read only as it was saved")])
