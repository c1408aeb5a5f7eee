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

from portfolioopt.errors import Fault, InvalidInput, InvalidModel
from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.faults import faults_of
from portfolioopt.language.files import read_text
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import Parsed, parse, places
from portfolioopt.language.partnership import ActionKind
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.values import Amount, Id, Label, Name, Sequence
from portfolioopt.plan import PLAN_FORMAT, TODAY, Decision, Hiring, Plan

RESULT_FILE = "result.json"
KEPT, RUN_FILE = "against.json", "manifest.json"
"""In a run folder: the plan that its model's changes are counted from, kept as it was; and what makes it one."""


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
    return PlanSource(path).plan


def compared_with(model: Model, instance: Instance) -> Plan:
    """The plan that the model's `changes` are counted from; today's where it says so, or nothing.

    A model out of a run folder means the plan that the run was made with, which is kept there. Raises `InvalidModel`
    where it cannot be read or decides what the instance does not have.
    """
    if model.changes is None or model.changes.against == "today":
        return TODAY
    try:
        folder = model._folder or FilePath()
        kept = (folder / KEPT).is_file() and (folder / RUN_FILE).is_file()
        source = PlanSource(folder / (KEPT if kept else model.changes.against))
        source.check_fit(instance)
    except InvalidInput as invalid:
        raise InvalidModel(_named_by_model(fault) for fault in invalid.faults) from None
    return source.plan


def _named_by_model(fault: Fault) -> Fault:
    """What is wrong within the plan file stands there; what is wrong with the file as a whole, where it is named."""
    if fault.line:
        return fault
    what = f"{fault.key}: {fault.message}" if fault.key else fault.message
    message = f"the plan {fault.file} cannot be used: {what}"
    hint = fault.hint or "today, or a plan file, result or run folder beside the model file"
    return Fault(("changes", "against"), message, hint)


class PlanSource:
    """A plan and the file it comes from, so that what does not fit an instance can be placed."""

    def __init__(self, path: FilePath | str) -> None:
        path = FilePath(path)
        with contextlib.suppress(OSError, ValueError):  # a name that no file can have: reading it says so
            path = path / RESULT_FILE if path.is_dir() else path
        self._path = path
        self._text = read_text(path)
        parsed = _parsed(self._text)
        if parsed.faults:
            raise InvalidInput(replace(fault, file=str(path)) for fault in parsed.faults)
        self._inside, lines = _lines(parsed.value)
        faults = lines if isinstance(lines, list) else _repeated(_decisions(lines))
        if isinstance(lines, list) or faults:
            raise InvalidInput(self._placed(faults))
        # in the order of the file
        self._decisions = _decisions(lines)
        hired = [Hiring(one.scenario, one.year, one.skill, one.engineers) for one in lines.hiring]
        self.plan = Plan.of(self._decisions, hired)

    def check_fit(self, instance: Instance) -> None:
        """Raises `InvalidInput` where a decision names what the instance does not have; each name is told once."""
        checker = Checker(instance)
        actions = {one.id: {action.id for action in one.actions} for one in instance.partnerships}
        scenarios = {future.name for future in instance.futures}
        horizon = instance.horizon
        seen: set[tuple[object, ...]] = set()

        def first(*what: object) -> bool:
            new = what not in seen
            seen.add(what)
            return new

        for position, one in enumerate(self._decisions):
            path: Path = ("actions", position)
            if first("scenario", one.scenario):
                checker.known((*path, "scenario"), one.scenario, scenarios, "scenario")
            if first("year", one.year) and one.year not in horizon.calendar:
                message = f"{one.year} lies outside the horizon {horizon.first_year} to {horizon.last_year}"
                checker.fault((*path, "year"), message, "remove the decision or change the horizon")
            known = actions.get(one.partnership)
            if known is None:
                if first("partnership", one.partnership):
                    checker.known((*path, "partnership"), one.partnership, actions, "partnership")
            elif first("action", one.partnership, one.action):
                checker.known((*path, "action"), one.action, known, f"action of {one.partnership}")
        if checker.faults:
            raise InvalidInput(self._placed(checker.faults))

    def _placed(self, faults: Iterable[Fault]) -> list[Fault]:
        where = places(self._text)
        inside = [replace(fault, path=(*self._inside, *fault.path)) for fault in faults]
        return [fault.at(str(self._path), *where.find(fault.path)) for fault in inside]


def _parsed(text: str) -> Parsed:
    """JSON is read the quick way, as results are large; what that cannot read is read as YAML, which tells why."""
    if text.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):
            return Parsed(json.loads(text, parse_float=Decimal), [])
    return parse(text)


def plan_text(plan: Plan) -> str:
    """What a plan file holds."""
    document = {"format": PLAN_FORMAT, "actions": _actions(plan.decisions), "hiring": _hiring(plan.hiring)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def write_plan(plan: Plan, path: FilePath | str) -> None:
    """Writes a plan file (JSON, which is YAML), whole or not at all. Raises `InvalidInput` where it cannot."""
    path = FilePath(path)
    text = plan_text(plan)
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


def _lines(document: Any) -> tuple[Path, _PlanFile | list[Fault]]:
    """Where in a document the plan stands, and its lines or what is wrong with them."""
    inside: Path = ()
    if isinstance(document, dict) and "actions" not in document and "plan" in document:
        document, inside = document["plan"], ("plan",)
        if document is None:
            return inside, [Fault((), "the result holds no plan", "no plan was found when it was made")]
    try:
        return inside, _PlanFile.model_validate(document)
    except ValidationError as error:
        return inside, faults_of(error, _PlanFile, document)


def _decisions(file: _PlanFile) -> list[Decision]:
    return [Decision(one.scenario, one.year, one.partnership, one.action, one.kind) for one in file.actions]


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
