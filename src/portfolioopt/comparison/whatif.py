"""`what_if`: solve an edited input and compare, in one step."""

from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from portfolioopt.audit import audit
from portfolioopt.cases import Applied, Case, apply
from portfolioopt.cases.differences import Difference, all_differences
from portfolioopt.comparison.bridges import Bridge, bridge
from portfolioopt.comparison.comparing import Comparison, compare
from portfolioopt.comparison.held import hold
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import read_model
from portfolioopt.result import Result
from portfolioopt.solving import Session

BASE = "base"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A case solved, and what it changes."""

    case: Case
    before: Applied
    edited: Applied
    differences: tuple[Difference, ...]
    comparison: Comparison
    bridge: Bridge | None
    """None where there is no plan to start from, or where Ctrl-C ended it."""
    base_could_be: Fraction | None = None
    """What the plan of the edited input is worth in the base, where a base was given whose own plan is worth less by
    more than the asked gap: it was not solved far enough."""

    @property
    def base(self) -> Result:
        return self.comparison.results[0]

    @property
    def result(self) -> Result:
        """Of the edited input."""
        return self.comparison.results[1]


def what_if(
    case: Case,
    instance: Instance,
    model: Model | str = "expected_value",
    *,
    start: Result | None = None,
    steps: bool = True,
    session: Session | None = None,
    **options: Any,
) -> WhatIf:
    """What a case changes: both solved (the base only where `start` is not given), compared, and bridged.

    `steps`: whether every group of changes is solved on the way; else the bridge has one step. Options are those of
    `solve`. Each plan is tried in the other input as well, so that one that was found there only counts in both; a
    `start` that is given stays as it is. Ctrl-C during the solve of the edited input keeps its best plan; later it ends
    the bridge alone. Raises `InvalidCase`, `InvalidInstance`, `InvalidModel`.
    """
    session = session or Session()
    before = Applied(checked(instance), read_model(model) if isinstance(model, str) else model)
    edited = apply(case, *before)
    name = case.name if case.name != BASE else f"{BASE}, edited"
    given = start is not None
    if start is None:
        start = session.solve(*before, **options)
        if start.stop_reason == "interrupted":
            raise KeyboardInterrupt
    result = session.solve(*edited, **options)
    base_could_be = None
    result, anew = better(result, start, edited), better(start, result, before)
    if not given:
        start = anew
    elif anew.audit is not None and start.audit is not None:
        gained = anew.audit.objective - start.audit.objective
        if gained > asked_gap(start, before) * abs(start.audit.objective):
            base_could_be = anew.audit.objective
    found = None
    if start.audit is not None and result.stop_reason != "interrupted":
        way = case if steps else _in_one_step(case)
        with suppress(KeyboardInterrupt):
            found = bridge(way, *before, start=start, end=result, session=session, **options)
    compared = compare({BASE: start, name: result})
    return WhatIf(case, before, edited, all_differences(before, edited), compared, found, base_could_be)


def better(result: Result, other: Result, asked: Applied) -> Result:
    """The result of an input, or the same with the plan of another result where that is open there and worth more.

    Bound and proof stay what they were; a plan within the asked gap of the bound is optimal.
    """
    if result.audit is None or other.chosen is None:
        return result
    held = hold(other.chosen, *asked)
    if not held.audit.ok or held.audit.objective <= result.audit.objective:
        return result
    whole = audit(asked.instance, asked.model, held.plan, compared_with(asked.model, asked.instance))
    found = replace(result, chosen=held.plan, audit=whole)
    reached = found.gap is not None and found.gap <= asked_gap(result, asked)
    return replace(found, status="optimal" if reached or result.status == "optimal" else "feasible")


def asked_gap(result: Result, asked: Applied) -> float:
    """The relative gap at which the plan of a result counts as optimal."""
    gap = result.options.get("gap")
    return gap if isinstance(gap, float) else float(asked.model.solver.gap)


def _in_one_step(case: Case) -> Case:
    """The case with all of its changes in one group."""
    return Case(case.name, tuple(replace(change, group=case.name) for change in case.every_change))
