"""Plan files: the decisions of a plan, to compare with (`changes.against`) or to audit.

    format: portfolioopt-plan/1
    actions:
      - {partnership: cell_jv, action: form, kind: form, year: 2026, scenario: base}
    hiring:
      - {skill: battery_engineer, engineers: 12.5, year: 2027, scenario: base}

`read_plan` also takes a result file or a run folder, which hold the same under the key `plan`.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.faults import faults_of
from portfolioopt.language.files import read_text
from portfolioopt.language.parsing import Parsed, parse, places
from portfolioopt.language.partnership import ActionKind
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.values import Amount, Id, Label, Name, Sequence
from portfolioopt.plan import PLAN_FORMAT, Decision, Hiring, Plan

RESULT_FILE = "result.json"


class _Line(BaseModel):
    """A line of a plan; what else a result tells about it is for people."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    scenario: Name
    year: int


class _Action(_Line):
    partnership: Id
    action: Label
    kind: ActionKind


def _engineers(value: Any) -> Any:
    """Files that we write hold the number as text, so that no reader rounds it."""
    return plain_value(value) if isinstance(value, str) else value


class _Hired(_Line):
    skill: Label
    engineers: Annotated[Amount, BeforeValidator(_engineers)]


class _PlanFile(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    format: Literal["portfolioopt-plan/1"] = "portfolioopt-plan/1"
    actions: Annotated[tuple[_Action, ...], Sequence]
    hiring: Annotated[tuple[_Hired, ...], Sequence] = ()


def read_plan(path: FilePath | str) -> Plan:
    """The plan in a plan file, a result file or a run folder. Raises `InvalidInput` with every fault."""
    path = FilePath(path)
    if path.is_dir():
        path = path / RESULT_FILE
    text = read_text(path)
    parsed = _parsed(text)
    faults: list[Fault] = list(parsed.faults)
    if not faults:
        found, faults = _plan(parsed.value)
        if not faults:
            return found
        where = places(text)
        faults = [fault.at(str(path), *where.find(fault.path)) for fault in faults]
    raise InvalidInput(replace(fault, file=str(path)) for fault in faults)


def _parsed(text: str) -> Parsed:
    """JSON is read the quick way, as results are large; what that cannot read is read as YAML, which tells why."""
    if text.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):
            return Parsed(json.loads(text, parse_float=Decimal), [])
    return parse(text)


def write_plan(plan: Plan, path: FilePath | str) -> None:
    """Writes a plan file (JSON, which is YAML), whole or not at all. Raises `InvalidInput` where it cannot."""
    path = FilePath(path)
    document = {"format": PLAN_FORMAT, "actions": _actions(plan.decisions), "hiring": _hiring(plan.hiring)}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle, not a path
                file.write(text)
            os.replace(draft, path)  # noqa: PTH105
        except BaseException:
            FilePath(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        fault = Fault((), f"cannot be written: {error.strerror or error}", file=str(path))
        raise InvalidInput([fault]) from None


def _plan(document: Any) -> tuple[Plan, list[Fault]]:
    inside: tuple[str, ...] = ()
    if isinstance(document, dict) and "actions" not in document and "plan" in document:
        document, inside = document["plan"], ("plan",)
        if document is None:
            return Plan(), [Fault(inside, "the result holds no plan", "no plan was found when it was made")]
    try:
        file = _PlanFile.model_validate(document)
    except ValidationError as error:
        faults = faults_of(error, _PlanFile, document)
        return Plan(), [replace(fault, path=(*inside, *fault.path)) for fault in faults]
    decisions = [Decision(one.scenario, one.year, one.partnership, one.action, one.kind) for one in file.actions]
    hired = [Hiring(one.scenario, one.year, one.skill, one.engineers) for one in file.hiring]
    return Plan.of(decisions, hired), _repeated(decisions)


def _repeated(decisions: list[Decision]) -> list[Fault]:
    """A partnership takes one action at most in a year of a scenario."""
    faults = []
    seen: set[tuple[str, int, str]] = set()
    for position, one in enumerate(decisions):
        key = (one.scenario, one.year, one.partnership)
        if key in seen:
            message = f"{one.partnership} already takes an action in {one.year} of {one.scenario}"
            faults.append(Fault(("actions", position), message, "remove one of them"))
        seen.add(key)
    return faults


def _actions(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    return [
        {
            "partnership": one.partnership,
            "action": one.action,
            "kind": one.kind,
            "year": one.year,
            "scenario": one.scenario,
        }
        for one in decisions
    ]


def _hiring(hiring: Iterable[Hiring]) -> list[dict[str, Any]]:
    return [
        {"skill": one.skill, "engineers": str(one.engineers), "year": one.year, "scenario": one.scenario}
        for one in hiring
    ]
