"""`what_if`: solve an edited input and compare, in one step."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from portfolioopt.cases import Applied, Case, apply
from portfolioopt.cases.differences import Difference, all_differences
from portfolioopt.comparison.bridges import Bridge, bridge
from portfolioopt.comparison.comparing import Comparison, compare
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model
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
    `solve`. Ctrl-C during the solve of the edited input keeps its best plan; later it ends the bridge alone. Raises
    `InvalidCase`, `InvalidInstance`, `InvalidModel`.
    """
    session = session or Session()
    before = Applied(checked(instance), read_model(model) if isinstance(model, str) else model)
    edited = apply(case, *before)
    name = case.name if case.name != BASE else f"{BASE}, edited"
    if start is None:
        start = session.solve(*before, **options)
        if start.stop_reason == "interrupted":
            raise KeyboardInterrupt
    result = session.solve(*edited, **options)
    found = None
    if start.audit is not None and result.stop_reason != "interrupted":
        way = case if steps else _in_one_step(case)
        with suppress(KeyboardInterrupt):
            found = bridge(way, *before, start=start, end=result, session=session, **options)
    return WhatIf(case, before, edited, all_differences(before, edited), compare({BASE: start, name: result}), found)


def _in_one_step(case: Case) -> Case:
    """The case with all of its changes in one group."""
    return Case(case.name, tuple(replace(change, group=case.name) for change in case.every_change))
