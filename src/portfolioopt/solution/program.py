"""The hand-over: a Pyomo model through its standard form to the arrays that HiGHS takes, scaled and checked.

Rows are divided by a power of two near the geometric mean of their coefficients' extremes, so that a tolerance of
1e-9 means the same in every row; continuous columns are counted in powers of two near their width, so that all
columns run over about one; the objective is divided by one near its smaller coefficients.

HiGHS goes wrong, by half of the objective on a dozen columns, where a plan breaks a row by little more than its
tolerance: one part of it takes the plan, another does not. Rows are therefore widened by a hair that lies far above
the tolerance and far below anything that matters; what slips through is for the audit to find and for a cut to stop.
"""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import ROUNDING
from portfolioopt.formulation.part import Mask, Part, part, whole
from portfolioopt.formulation.pyomo_model import StandardForm, pyomo_model, standard_form
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.cuts import VALUED
from portfolioopt.solution.scaled import Program

DUST = 1e-9
"""HiGHS drops coefficients below this."""
MOST_MONEY = 1e6
"""Largest coefficient of the scaled objective."""
COSTS = ("pools", "coordination", "risk", VALUED)
"""Families whose rows define values and limit nothing."""


def hand_over(formulation: Formulation, kept: Mask | None = None, *, hair: float = 0.0) -> Program:
    """The formulation (or what is kept of it), through the Pyomo model, its rows widened by a hair."""
    return hand_over_part(whole(formulation) if kept is None else part(formulation, kept), hair=hair)


def hand_over_part(chosen: Part, *, hair: float = 0.0) -> Program:
    """A part of a formulation, through the Pyomo model, its rows widened by a hair."""
    return program_of(chosen, standard_form(pyomo_model(chosen)), hair=hair)


def program_of(chosen: Part, form: StandardForm, *, hair: float = 0.0) -> Program:
    """What a Pyomo model of a part says, for the solver; its rows widened by a hair."""
    formulation = chosen.formulation
    column_scale = _column_scale(form.lower, form.upper, form.integer)
    rowwise = sp.csr_array(form.matrix @ sp.diags_array(column_scale))
    _check_finite("matrix", rowwise.data)
    rowwise = _without_rounding(rowwise)
    scale = row_scale(rowwise)
    rowwise.data *= np.repeat(scale, np.diff(rowwise.indptr))
    matrix = sp.csc_array(rowwise)
    objective = form.objective * column_scale
    _check_finite("objective", objective)
    objective_scale = _objective_scale(objective)
    named, family = formulation.families
    defining = np.zeros(len(chosen.rows), dtype=bool)
    later = np.searchsorted(chosen.rows, formulation.paths)
    costs = np.array([name in COSTS for name in named], dtype=bool)
    defining[later:] = costs[family[chosen.rows[later:] - formulation.paths]]
    valued = ~form.integer & ((objective != 0) | (abs(matrix).T @ defining.astype(float) > 0))
    limiting = (chosen.rows >= formulation.paths) & ~defining & (form.row_lower != form.row_upper)
    room, wider = _room(rowwise, valued, limiting, hair)
    program = Program(
        matrix=matrix,
        row_lower=form.row_lower * scale - room,
        row_upper=form.row_upper * scale + room,
        lower=form.lower / column_scale,
        upper=form.upper / column_scale + wider,
        objective=objective / objective_scale,
        objective_scale=objective_scale,
        constant=form.constant,
        integer=form.integer,
        columns=chosen.columns,
        rows=chosen.rows,
        row_scale=scale,
        column_scale=column_scale,
        impossible=chosen.impossible,
        width=len(formulation.lower),
        takes=formulation.takes,
        settled=chosen.settled,
        settled_at=chosen.settled_at,
    )
    _check(program)
    return program


def revalued(program: Program, objective: Floats, constant: float) -> Program:
    """The same rows and columns worth something else: `objective` by column of the program, in its unscaled units."""
    _check_finite("objective", objective)
    scaled = objective * program.column_scale
    scale = _objective_scale(scaled)
    return replace(program, objective=scaled / scale, objective_scale=scale, constant=constant)


def _without_rounding(matrix: sp.csr_array) -> sp.csr_array:
    """The rows without what rounding leaves of sums that are 0 in decimals (a benefit of 0.3, costs of 0.1 and 0.2).

    No run could tell such an entry beside the largest of its row, but it would spoil the scale of the row.
    """
    if not matrix.shape[0]:
        return matrix
    size = np.abs(matrix.data)
    largest = np.maximum.reduceat(size, matrix.indptr[:-1])
    matrix.data[size <= ROUNDING * np.repeat(largest, np.diff(matrix.indptr))] = 0.0
    matrix.eliminate_zeros()
    return matrix


def _room(matrix: sp.csr_array, valued: Mask, limiting: Mask, hair: float) -> tuple[Floats, Floats]:
    """By how much each row is widened, and the upper bound of each column.

    Only rows that limit, and never so that the hair earns money: where a continuous column with a value of its own
    stands in a row (engineers hired), the column may go further instead of the row. And never by as much as the
    smallest coefficient could mean.
    """
    rows, columns = matrix.shape
    wider = np.zeros(columns)
    if not hair or not rows:
        return np.zeros(rows), wider
    size, starts = np.abs(matrix.data), matrix.indptr[:-1]
    room = np.minimum(hair * np.maximum.reduceat(size, starts), 0.1 * np.minimum.reduceat(size, starts))
    room = np.where(limiting, room, 0.0)
    worth = valued[matrix.indices]
    np.maximum.at(wider, matrix.indices[worth], np.repeat(room, np.diff(matrix.indptr))[worth] / size[worth])
    return np.where(np.logical_or.reduceat(worth, starts), 0.0, room), wider


def row_scale(matrix: sp.csr_array) -> Floats:
    """One over the geometric mean of each row's largest and smallest coefficient, as a power of two."""
    if not matrix.shape[0]:
        return np.ones(0)
    size = np.abs(matrix.data)
    starts = matrix.indptr[:-1]
    largest = np.maximum.reduceat(size, starts)
    smallest = np.minimum.reduceat(size, starts)
    scale: Floats = 2.0 ** -np.round(np.log2(np.sqrt(largest * smallest)))
    return scale


def _column_scale(lower: Floats, upper: Floats, integer: Mask) -> Floats:
    """Powers of two near the width of continuous columns; 1 for binaries."""
    width = upper - lower
    scaled = ~integer & np.isfinite(width) & (width > 0)
    scale: Floats = np.where(scaled, 2.0 ** np.round(np.log2(np.where(scaled, width, 1.0))), 1.0)
    return scale


def _objective_scale(objective: Floats) -> float:
    """A power of two near the smaller coefficients: prices that forbid shall not push the rest below the tolerances."""
    size = np.abs(objective[objective != 0])
    if not len(size):
        return 1.0
    return _power_of_two(max(float(np.quantile(size, 0.1)), float(size.max()) / MOST_MONEY))


def _power_of_two(value: float) -> float:
    return float(2.0 ** np.round(np.log2(value)))


def _check(program: Program) -> None:
    """Finite everywhere (matrix and objective have been seen before), no dust: what HiGHS would take without a word."""
    for values in (program.row_lower, program.row_upper, program.lower, program.upper):
        if np.any(np.isnan(values)):
            raise EngineFault("a bound of the model is not a number")
    size = np.abs(program.matrix.data)
    if np.any((size > 0) & (size < DUST)):
        raise EngineFault(
            "coefficients of one limit lie more than 18 orders of magnitude apart; state the instance in other units"
        )


def _check_finite(name: str, values: Floats) -> None:
    if not np.all(np.isfinite(values)):
        raise EngineFault(f"the {name} of the model is not finite")
