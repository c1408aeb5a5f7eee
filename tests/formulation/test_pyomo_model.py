"""The Pyomo model says what the formulation says, row by row and column by column, to whoever asks it."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from pyomo.core import Constraint, Objective, Var, maximize, value
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from engine_samples import formulated
from enumeration.generators import random_instance
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import Mask, Part, part, whole
from portfolioopt.formulation.pyomo_model import pyomo_model, standard_form


def drawn(seed: int) -> Formulation:
    return formulated(*random_instance(seed))


def cut(formulation: Formulation, seed: int) -> Part:
    """Some of the columns."""
    kept: Mask = np.ones(len(formulation.lower), dtype=bool)
    kept[: formulation.takes] = np.random.default_rng(seed).random(formulation.takes) < 0.6
    return part(formulation, kept)


def numbered(model: Any, kind: Any) -> dict[int, Any]:
    """Every object of a kind, by its number in the part."""
    found = {}
    for component in model.component_objects(kind):
        found |= {int(component.numbers[index]): one for index, one in component.items()}
    return found


def dense(variables: dict[int, Any], expression: Any) -> list[float]:
    """A linear expression over the columns."""
    numbers = {id(one): number for number, one in variables.items()}
    standard = generate_standard_repn(expression)
    row = np.zeros(len(variables))
    for coefficient, variable in zip(standard.linear_coefs, standard.linear_vars, strict=True):
        row[numbers[id(variable)]] += coefficient
    return row.tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(15))
def test_every_row_column_and_the_objective_are_those_of_the_formulation(seed: int) -> None:
    formulation = drawn(seed)
    everything = whole(formulation)
    model = pyomo_model(everything)
    rows, variables = numbered(model, Constraint), numbered(model, Var)
    assert sorted(variables) == list(range(len(formulation.lower)))
    for number, variable in variables.items():
        assert (variable.lb, variable.ub) == (formulation.lower[number], formulation.upper[number])
        assert variable.is_binary() == formulation.binary[number]
    matrix = formulation.matrix.toarray()
    there = everything.rows.tolist()
    assert sorted(rows) == list(range(len(there)))
    assert set(range(len(matrix))) - set(there) == {number for number, row in enumerate(matrix) if not row.any()}
    for place, constraint in rows.items():
        number = there[place]
        assert dense(variables, constraint.body) == matrix[number].tolist()
        lower, upper = formulation.row_lower[number], formulation.row_upper[number]
        assert value(constraint.lower) == (None if np.isinf(lower) else lower)
        assert value(constraint.upper) == (None if np.isinf(upper) else upper)
    (objective,) = model.component_data_objects(Objective)
    assert objective.sense == maximize
    assert dense(variables, objective.expr) == formulation.objective.tolist()
    assert generate_standard_repn(objective.expr).constant == formulation.constant


@pytest.mark.parametrize("seed", range(8))
def test_columns_that_are_not_kept_are_left_out_of_every_row(seed: int) -> None:
    formulation = drawn(seed)
    chosen = cut(formulation, seed)
    model = pyomo_model(chosen)
    rows, variables = numbered(model, Constraint), numbered(model, Var)
    assert sorted(variables) == list(range(len(chosen.columns)))
    matrix = formulation.matrix.toarray()[:, chosen.columns]
    assert set(range(len(matrix))) - set(chosen.rows.tolist()) == {n for n, row in enumerate(matrix) if not row.any()}
    for place, constraint in rows.items():
        assert dense(variables, constraint.body) == matrix[chosen.rows[place]].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_our_standard_form_is_pyomos_own(seed: int) -> None:
    chosen = whole(drawn(seed)) if seed % 2 else cut(drawn(seed), seed)
    model = pyomo_model(chosen)
    ours, theirs = standard_form(model), LinearStandardFormCompiler().write(model, mixed_form=True)
    numbers = {id(one): number for number, one in numbered(model, Var).items()}
    row_numbers = {id(one): number for number, one in numbered(model, Constraint).items()}
    columns = [numbers[id(variable)] for variable in theirs.columns]
    assert np.array_equal(-theirs.c.toarray().ravel(), ours.objective[columns])
    assert not ours.objective[np.setdiff1d(np.arange(len(ours.objective)), columns)].any()
    assert not np.delete(ours.matrix.toarray(), columns, axis=1).any()
    seen = set()
    for row, entry, side in zip(theirs.A.toarray(), theirs.rows, theirs.rhs, strict=True):
        number = row_numbers[id(entry.constraint)]
        seen.add(number)
        assert np.array_equal(row, ours.matrix[[number]].toarray().ravel()[columns])
        assert entry.bound_type == -1 or ours.row_upper[number] == side
        assert entry.bound_type == 1 or ours.row_lower[number] == side
    assert seen == set(range(len(chosen.rows)))


def test_nothing_is_made_before_it_is_asked_for() -> None:
    model = pyomo_model(whole(drawn(2)))
    assert not any(component._data for component in model.component_objects((Var, Constraint)))
    assert model.take[0].is_binary()
    assert len(model.take._data) == 1
    assert len(list(model.paths.values())) == len(model.paths)


def test_parts_carry_the_names_of_the_families() -> None:
    formulation = drawn(2)
    model = pyomo_model(whole(formulation))
    names = {one.name for one in model.component_objects(Constraint)}
    assert names == {"paths"} | {f"{label.family}_limit" for label in formulation.labels}
    variables = {one.name for one in model.component_objects(Var)}
    assert variables == {group.name for group in formulation.groups}


def test_pyomo_loads_nothing_that_we_do_not_use_and_others_still_can() -> None:
    asked = (
        "import sys; import portfolioopt.formulation.pyomo_model;"
        "assert not {'scipy.stats', 'scipy.integrate', 'scipy.spatial'} & set(sys.modules);"
        "import scipy.integrate, scipy.stats; from pyomo.common.dependencies import scipy as theirs;"
        "print(scipy.stats.norm.cdf(0), theirs.stats is scipy.stats, theirs.integrate is scipy.integrate)"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "0.5 True True\n"
