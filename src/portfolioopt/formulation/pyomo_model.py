"""The Pyomo model: the finished rows as variables, constraints and an objective under the families' names.

Rules and parameters would take a hundred times as long as handing the arrays over; so every constraint is a
finished `LinearExpression`, made with the garbage collector paused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from pyomo.common.gc_manager import PauseGC
from pyomo.core import Binary, ConcreteModel, Constraint, Objective, Reals, Var, maximize
from pyomo.core.expr.numeric_expr import LinearExpression

from portfolioopt.formulation.build import Formulation

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
NOTHING = 1e-9
"""What a row without columns may be away from zero, left by sums of fixed columns."""


@dataclass(frozen=True)
class WrittenModel:
    """A Pyomo model and where its parts stand in the formulation."""

    model: Any
    """`pyomo.core.ConcreteModel`: variables named as the column groups (take, capital_left, skills_hired, …),
    constraints named paths, capital_limit, skills_limit, …, and `objective`"""
    columns: dict[int, int]
    """id of a variable → column of the formulation"""
    rows: dict[int, int]
    """id of a constraint → row of the formulation"""
    impossible: tuple[int, ...]
    """rows that no column can satisfy"""


def pyomo_model(formulation: Formulation, kept: Mask | None = None) -> WrittenModel:
    """The model of a formulation; columns that are not `kept` are left out (they are 0)."""
    with PauseGC():
        return _write(formulation, np.ones(len(formulation.lower), dtype=bool) if kept is None else kept)


def _write(formulation: Formulation, kept: Mask) -> WrittenModel:
    model: Any = ConcreteModel(name=formulation.portfolio.instance.name)
    variables = np.full(len(kept), None, dtype=object)
    for name in dict.fromkeys(group.name for group in formulation.groups):
        numbers = formulation.group(name)
        numbers = numbers[kept[numbers]]
        bounds = np.column_stack((formulation.lower[numbers], formulation.upper[numbers])).tolist()
        binary = bool(len(numbers)) and bool(formulation.binary[numbers[0]])
        variable = Var(range(len(numbers)), domain=Binary if binary else Reals, bounds=_look_up(bounds))
        model.add_component(name, variable)
        variables[numbers] = list(variable.values())
    matrix = formulation.matrix[:, np.flatnonzero(kept)]
    variables_kept = variables[kept]
    filled = np.diff(matrix.indptr) > 0
    lower, upper = formulation.row_lower, formulation.row_upper
    impossible = np.flatnonzero(~filled & ((lower > NOTHING) | (upper < -NOTHING)))
    rows: dict[int, int] = {}
    families = ["paths"] * formulation.paths + [f"{label.family}_limit" for label in formulation.labels]
    position = 0
    for name, run in groupby(families):
        length = len(list(run))
        numbers = position + np.flatnonzero(filled[position : position + length])
        position += length
        written = []
        for number in numbers.tolist():
            span = slice(matrix.indptr[number], matrix.indptr[number + 1])
            expression = LinearExpression(
                constant=0,
                linear_coefs=matrix.data[span].tolist(),
                linear_vars=variables_kept[matrix.indices[span]].tolist(),
            )
            written.append((_finite(lower[number]), expression, _finite(upper[number])))
        constraint = Constraint(range(len(written)), rule=_look_up(written))
        model.add_component(name, constraint)
        rows.update(zip(map(id, constraint.values()), numbers.tolist(), strict=True))
    worth = np.flatnonzero((formulation.objective != 0) & kept)
    model.objective = Objective(
        expr=LinearExpression(
            constant=formulation.constant,
            linear_coefs=formulation.objective[worth].tolist(),
            linear_vars=variables[worth].tolist(),
        ),
        sense=maximize,
    )
    columns = {id(variable): number for number, variable in enumerate(variables.tolist()) if variable is not None}
    return WrittenModel(model, columns, rows, tuple(impossible.tolist()))


def _look_up(values: list[Any]) -> Callable[[Any, int], Any]:
    return lambda _model, index: values[index]


def _finite(bound: float) -> float | None:
    return None if np.isinf(bound) else float(bound)
