"""`apply`: a case made of an instance and a model; every fault names the change, and where it is written."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from portfolioopt.cases.changes import Case, Change
from portfolioopt.cases.draft import Draft, Mark, Root
from portfolioopt.cases.editing import make
from portfolioopt.errors import Fault, InvalidCase, InvalidInput
from portfolioopt.language.addresses import UnusableError, opened
from portfolioopt.language.checking import Path
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.reading import read_model


class Applied(NamedTuple):
    """What a case makes of an instance and a model."""

    instance: Instance
    model: Model


def apply(case: Case, instance: Instance, model: Model | str = "expected_value") -> Applied:
    """The instance and the model with every change of the case made, in order, and checked.

    What no change touches stays the same object. Raises `InvalidCase` with every fault; `InvalidInstance` or
    `InvalidModel` where instance or model are unsound before any change.
    """
    instance = checked(instance)
    chosen = read_model(model) if isinstance(model, str) else model
    draft = Draft({"instance": opened(instance), "model": opened(chosen)})
    faults = make_all(draft, case)
    if faults:
        raise InvalidCase(faults)
    return _checked(draft, case, instance, chosen)


def make_all(draft: Draft, case: Case) -> list[Fault]:
    """Makes every change that can be made; what is wrong with the others."""
    faults = []
    for owner in case.chain:
        for change in owner.changes:
            try:
                make(draft, change)
            except UnusableError as fault:
                faults.append(at_change(fault.fault(), change, owner))
    return faults


def _checked(draft: Draft, case: Case, instance: Instance, model: Model) -> Applied:
    faults: list[Fault] = []
    try:
        if "instance" in draft.touched:
            instance = Instance.model_validate(draft.instance)
    except InvalidInput as invalid:
        faults += placed(invalid.faults, "instance", draft, case)
    try:
        if "model" in draft.touched:
            folder = model._folder
            model = Model.model_validate(draft.model)
            model._folder = folder
        if not faults:
            check_model(model, instance)
    except InvalidInput as invalid:
        faults += placed(invalid.faults, "model", draft, case)
    if faults:
        raise InvalidCase(faults)
    return Applied(instance, model)


def placed(faults: Iterable[Fault], root: Root, draft: Draft, case: Case) -> list[Fault]:
    """The faults of what a case has made, each at the change that is likeliest to have caused it."""
    found = []
    for fault in faults:
        told = replace(fault, path=("model", *fault.path)) if root == "model" else fault
        change = culprit(fault, root, draft.marks)
        if change is None:
            found.append(told.at(case.origin.file or f"case {case.name}", case.origin.line, case.origin.column))
        else:
            found.append(at_change(told, change, owner_of(change, case)))
    return found


def owner_of(change: Change, case: Case) -> Case:
    """The case of a chain that a change is written in."""
    return next(owner for owner in case.chain if any(own is change for own in owner.changes))


def culprit(fault: Fault, root: Root, marks: list[Mark]) -> Change | None:
    """The last change that put what is at fault, or something inside it, or took away what is missed."""
    near = [mark for mark in marks if mark.root == root and not mark.removed and _along(mark.path, fault.path)]
    if near:
        return max(enumerate(near), key=lambda one: (min(len(one[1].path), len(fault.path)), one[0]))[1].change
    missed = {fault.sought, str(fault.path[-1]) if fault.path else ""} - {""}
    gone = [mark for mark in marks if mark.removed in missed]
    inside = [mark for mark in marks if mark.root == root and mark.removed and _along(mark.path[:-1], fault.path)]
    last = next(reversed(gone or inside), None)
    return None if last is None else last.change


def _along(one: Path, other: Path) -> bool:
    """Whether one path leads through the other."""
    return all(a == b for a, b in zip(one, other, strict=False))


def at_change(fault: Fault, change: Change, owner: Case) -> Fault:
    """The fault, placed where the change is written; of a program's change, at its words."""
    origin = change.origin
    if origin.file:
        return fault.at(origin.file, origin.line, origin.column)
    return fault.at(f"case {owner.name}, {change.said}", 0, 0)
