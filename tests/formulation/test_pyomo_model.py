"""The Pyomo model says what the formulation says, row by row and column by column."""

from typing import Any

import numpy as np
import pytest
from pyomo.core import Constraint, Var, value
from pyomo.repn import generate_standard_repn

from engine_samples import formulated
from enumeration.generators import random_instance
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import Mask, part, whole
from portfolioopt.formulation.pyomo_model import WrittenModel, pyomo_model


def drawn(seed: int) -> Formulation:
    return formulated(*random_instance(seed))


def dense(written: WrittenModel, expression: Any, width: int) -> list[float]:
    """A linear expression over the columns of the formulation."""
    standard = generate_standard_repn(expression)
    row = np.zeros(width)
    for coefficient, variable in zip(standard.linear_coefs, standard.linear_vars, strict=True):
        row[written.columns[id(variable)]] += coefficient
    return row.tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(15))
def test_every_row_column_and_the_objective_are_those_of_the_formulation(seed: int) -> None:
    formulation = drawn(seed)
    width = len(formulation.lower)
    everything = whole(formulation)
    written = pyomo_model(everything)
    variables = {written.columns[id(one)]: one for one in written.model.component_data_objects(Var)}
    assert sorted(variables) == list(range(width))
    for number, variable in variables.items():
        assert (variable.lb, variable.ub) == (formulation.lower[number], formulation.upper[number])
        assert variable.is_binary() == formulation.binary[number]
    matrix = formulation.matrix.toarray()
    rows = {everything.rows[written.rows[id(one)]]: one for one in written.model.component_data_objects(Constraint)}
    assert set(range(len(matrix))) - set(rows) == {number for number, row in enumerate(matrix) if not row.any()}
    for number, constraint in rows.items():
        assert dense(written, constraint.body, width) == matrix[number].tolist()
        lower, upper = formulation.row_lower[number], formulation.row_upper[number]
        assert value(constraint.lower) == (None if np.isinf(lower) else lower)
        assert value(constraint.upper) == (None if np.isinf(upper) else upper)
    assert dense(written, written.model.objective.expr, width) == formulation.objective.tolist()
    assert generate_standard_repn(written.model.objective.expr).constant == formulation.constant


@pytest.mark.parametrize("seed", range(8))
def test_columns_that_are_not_kept_are_left_out_of_every_row(seed: int) -> None:
    formulation = drawn(seed)
    rng = np.random.default_rng(seed)
    kept: Mask = np.ones(len(formulation.lower), dtype=bool)
    kept[: formulation.takes] = rng.random(formulation.takes) < 0.6
    cut = part(formulation, kept)
    written = pyomo_model(cut)
    assert sorted(written.columns.values()) == list(range(len(cut.columns)))
    there = np.isin(np.arange(len(kept)), cut.columns)
    assert set(np.flatnonzero(kept & ~there).tolist()) == set(cut.settled.tolist())
    matrix = np.where(there, formulation.matrix.toarray(), 0)
    rows = {cut.rows[written.rows[id(one)]]: one for one in written.model.component_data_objects(Constraint)}
    assert set(range(len(matrix))) - set(rows) == {number for number, row in enumerate(matrix) if not row.any()}
    for number, constraint in rows.items():
        assert dense(written, constraint.body, len(cut.columns)) == matrix[number, cut.columns].tolist()


def test_parts_carry_the_names_of_the_families() -> None:
    formulation = drawn(2)
    written = pyomo_model(whole(formulation))
    names = {one.name for one in written.model.component_objects(Constraint)}
    assert names == {"paths"} | {f"{label.family}_limit" for label in formulation.labels}
    variables = {one.name for one in written.model.component_objects(Var)}
    assert variables == {group.name for group in formulation.groups}
