"""The Pyomo model: the finished rows as variables, constraints and an objective under the families' names.

Pyomo's own objects, one for every column and row, would take forty times as long to make as the arrays take to hand
over, and nearly all of them would never be looked at. So a component here keeps its arrays and makes the object of a
column or row when somebody asks for it: any solver interface, writer or reader of Pyomo models finds an ordinary
model, and the hand-over reads the arrays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
import scipy.sparse as sp
from pyomo.core import Binary, ConcreteModel, Constraint, RangeSet, Reals, Var, maximize
from pyomo.core.base.constraint import IndexedConstraint
from pyomo.core.base.objective import ScalarObjective
from pyomo.core.base.var import IndexedVar
from pyomo.core.expr.numeric_expr import LinearExpression

from portfolioopt.formulation.part import Mask, Part
from portfolioopt.networks.tree import Floats, Ints

PATHS = "paths"


class _MadeWhenAskedFor:
    """A component whose parts are all there for whoever walks through them, and are made only then."""

    _data: dict[int, Any]
    size: int

    def keys(self, *arguments: Any, **named: Any) -> Any:
        if len(self._data) < self.size:
            for index in range(self.size):
                if index not in self._data:
                    self._getitem_when_not_present(index)
        return super().keys(*arguments, **named)  # type: ignore[misc]

    def __len__(self) -> int:
        return self.size

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and 0 <= index < self.size

    def _getitem_when_not_present(self, index: int) -> Any:
        return super()._getitem_when_not_present(index)  # type: ignore[misc]


class Columns(_MadeWhenAskedFor, IndexedVar):  # type: ignore[misc]
    """Variables of one kind; `numbers` are their columns in the part."""

    def __init__(self, numbers: Ints, lower: Floats, upper: Floats, *, binary: bool) -> None:
        self.numbers, self.lower_bounds, self.upper_bounds = numbers, lower, upper
        self.size, self.binary = len(numbers), binary
        domain = Binary if binary else Reals
        super().__init__(RangeSet(0, len(numbers) - 1), dense=False, domain=domain, bounds=self._bounds_of)

    def _bounds_of(self, _model: Any, index: int) -> tuple[float, float]:
        return float(self.lower_bounds[index]), float(self.upper_bounds[index])


class Rows(_MadeWhenAskedFor, IndexedConstraint):  # type: ignore[misc]
    """Constraints of one family: lower ≤ matrix·x ≤ upper; `numbers` are their rows in the part."""

    def __init__(
        self, numbers: Ints, matrix: sp.csr_array, lower: Floats, upper: Floats, variable: Callable[[int], Any]
    ) -> None:
        self.numbers, self.matrix, self.lower_sides, self.upper_sides = numbers, matrix, lower, upper
        self.size = len(numbers)
        self._variable = variable
        super().__init__(RangeSet(0, len(numbers) - 1))

    def _getitem_when_not_present(self, index: int) -> Any:
        span = slice(self.matrix.indptr[index], self.matrix.indptr[index + 1])
        expression = LinearExpression(
            constant=0,
            linear_coefs=self.matrix.data[span].tolist(),
            linear_vars=[self._variable(column) for column in self.matrix.indices[span].tolist()],
        )
        lower, upper = float(self.lower_sides[index]), float(self.upper_sides[index])
        sides = (None if isinf(lower) else lower, expression, None if isinf(upper) else upper)
        return self._setitem_when_not_present(index, sides)


class Worth(ScalarObjective):  # type: ignore[misc]
    """The objective, maximized: Σ coefficient·column + constant."""

    def __init__(self, coefficients: Floats, constant: float, variable: Callable[[int], Any]) -> None:
        self.coefficients, self.constant = coefficients, constant
        self._variable = variable
        self._terms: tuple[Any, ...] | None = None
        super().__init__(sense=maximize)

    def construct(self, data: Any = None) -> None:
        super().construct(data)
        self.set_sense(maximize)

    @property
    def _args_(self) -> tuple[Any, ...]:
        if self._terms is None:
            worth = np.flatnonzero(self.coefficients)
            expression = LinearExpression(
                constant=self.constant,
                linear_coefs=self.coefficients[worth].tolist(),
                linear_vars=[self._variable(column) for column in worth.tolist()],
            )
            self._terms = (expression,)
        return self._terms

    @_args_.setter
    def _args_(self, terms: tuple[Any, ...]) -> None:
        if terms != (None,):
            self._terms = terms


def pyomo_model(part: Part) -> Any:
    """The model of a formulation, or of a part of it.

    A `pyomo.core.ConcreteModel`: variables named as the column groups (take, capital_left, skills_hired, …),
    constraints named paths, capital_limit, skills_limit, …, and `objective`.
    """
    formulation = part.formulation
    model: Any = ConcreteModel(name=formulation.portfolio.instance.name)
    starts = np.array([group.start for group in formulation.groups])
    names = [group.name for group in formulation.groups]
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    codes = np.array([known[name] for name in names], dtype=np.int64)
    kinds = _by_name(list(known), codes[np.searchsorted(starts, part.columns, "right") - 1])
    component = np.zeros(len(part.columns), dtype=np.int64)
    place = np.zeros(len(part.columns), dtype=np.int64)
    variables: list[Any] = []
    for name, numbers in kinds.items():
        columns = part.columns[numbers]
        binary = bool(len(columns)) and bool(formulation.binary[columns[0]])
        made = Columns(numbers, formulation.lower[columns], formulation.upper[columns], binary=binary)
        component[numbers], place[numbers] = len(variables), np.arange(len(numbers))
        model.add_component(name, made)
        variables.append(made)

    def variable(column: int) -> Any:
        return variables[component[column]][int(place[column])]

    named, family = formulation.families
    later = np.searchsorted(part.rows, formulation.paths)
    numbered = np.concatenate((np.zeros(later, dtype=np.int64), family[part.rows[later:] - formulation.paths] + 1))
    for name, numbers in _by_name([PATHS, *(f"{name}_limit" for name in named)], numbered).items():
        rows = Rows(numbers, part.matrix[numbers], part.row_lower[numbers], part.row_upper[numbers], variable)
        model.add_component(name, rows)
    model.objective = Worth(formulation.objective[part.columns], part.constant, variable)
    return model


@dataclass(frozen=True)
class StandardForm:
    """maximize objective·x + constant, row_lower ≤ matrix·x ≤ row_upper, lower ≤ x ≤ upper; numbered as the part."""

    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    objective: Floats
    constant: float
    integer: Mask


def standard_form(model: Any) -> StandardForm:
    """What the components of a model say, as arrays."""
    columns = list(model.component_objects(Var))
    rows = list(model.component_objects(Constraint))
    order = np.argsort(_joined([one.numbers for one in columns])).astype(np.int64)
    row_order = np.argsort(_joined([one.numbers for one in rows])).astype(np.int64)
    stacked = sp.csr_array(sp.vstack([one.matrix for one in rows], format="csr"))
    return StandardForm(
        matrix=stacked if np.array_equal(row_order, np.arange(len(row_order))) else stacked[row_order],
        row_lower=_joined([one.lower_sides for one in rows])[row_order],
        row_upper=_joined([one.upper_sides for one in rows])[row_order],
        lower=_joined([one.lower_bounds for one in columns])[order],
        upper=_joined([one.upper_bounds for one in columns])[order],
        objective=model.objective.coefficients,
        constant=model.objective.constant,
        integer=_joined([np.full(one.size, one.binary) for one in columns])[order].astype(bool),
    )


def _joined(arrays: list[Any]) -> Any:
    return np.concatenate([np.zeros(0), *arrays])


def _by_name(names: list[str], codes: Ints) -> dict[str, Ints]:
    """Positions by the name whose number stands there, names in their order."""
    return {name: np.flatnonzero(codes == code) for code, name in enumerate(names)}
