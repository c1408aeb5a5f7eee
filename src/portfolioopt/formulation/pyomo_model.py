"""The Pyomo model: the finished rows as variables, constraints and an objective under the families' names.

Rules and parameters would take a hundred times as long as handing the arrays over; so every constraint is a
finished `LinearExpression`, made with the garbage collector paused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
from pyomo.common.gc_manager import PauseGC
from pyomo.core import Binary, ConcreteModel, Constraint, Objective, Reals, Var, maximize
from pyomo.core.expr.numeric_expr import LinearExpression

from portfolioopt.formulation.part import Part
from portfolioopt.networks.tree import Floats, Ints

PATHS = "paths"


@dataclass(frozen=True)
class WrittenModel:
    """A Pyomo model and where its parts stand in the formulation."""

    model: Any
    """`pyomo.core.ConcreteModel`: variables named as the column groups (take, capital_left, skills_hired, …),
    constraints named paths, capital_limit, skills_limit, …, and `objective`"""
    columns: dict[int, int]
    """id of a variable → column of the part"""
    rows: dict[int, int]
    """id of a constraint → row of the part"""


def pyomo_model(part: Part) -> WrittenModel:
    """The model of a formulation, or of a part of it."""
    with PauseGC():
        return _write(part)


def _write(part: Part) -> WrittenModel:
    formulation = part.formulation
    model: Any = ConcreteModel(name=formulation.portfolio.instance.name)
    variables = np.full(len(part.columns), None, dtype=object)
    starts = np.array([group.start for group in formulation.groups])
    group_of = np.searchsorted(starts, part.columns, side="right") - 1
    names = [group.name for group in formulation.groups]
    for name, places in _by_name(names, group_of).items():
        numbers = part.columns[places]
        bounds = np.column_stack((formulation.lower[numbers], formulation.upper[numbers])).tolist()
        binary = bool(len(numbers)) and bool(formulation.binary[numbers[0]])
        variable = Var(range(len(numbers)), domain=Binary if binary else Reals, bounds=_look_up(bounds))
        model.add_component(name, variable)
        variables[places] = list(variable.values())
    coefficients = part.matrix.data.tolist()
    factors = variables[part.matrix.indices].tolist()
    pointers = part.matrix.indptr.tolist()
    lower, upper = _finite(part.row_lower), _finite(part.row_upper)
    families = [f"{label.family}_limit" for label in formulation.labels]
    family_of = np.maximum(part.rows - formulation.paths + 1, 0)
    rows: dict[int, int] = {}
    for name, places in _by_name([PATHS, *families], family_of).items():
        written = [
            (
                lower[row],
                LinearExpression(
                    constant=0,
                    linear_coefs=coefficients[pointers[row] : pointers[row + 1]],
                    linear_vars=factors[pointers[row] : pointers[row + 1]],
                ),
                upper[row],
            )
            for row in places.tolist()
        ]
        constraint = Constraint(range(len(written)), rule=_look_up(written))
        model.add_component(name, constraint)
        rows.update(zip(map(id, constraint.values()), places.tolist(), strict=True))
    objective = formulation.objective[part.columns]
    worth = np.flatnonzero(objective)
    model.objective = Objective(
        expr=LinearExpression(
            constant=part.constant,
            linear_coefs=objective[worth].tolist(),
            linear_vars=variables[worth].tolist(),
        ),
        sense=maximize,
    )
    columns = {id(variable): number for number, variable in enumerate(variables.tolist())}
    return WrittenModel(model, columns, rows)


def _by_name(names: list[str], numbers: Ints) -> dict[str, Ints]:
    """Positions by the name that stands at each number, names in their order."""
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    codes = np.array([known[name] for name in names], dtype=np.int64)[numbers]
    return {name: np.flatnonzero(codes == code) for name, code in known.items()}


def _look_up(values: list[Any]) -> Callable[[Any, int], Any]:
    return lambda _model, index: values[index]


def _finite(bounds: Floats) -> list[float | None]:
    return [None if isinf(bound) else bound for bound in bounds.tolist()]
