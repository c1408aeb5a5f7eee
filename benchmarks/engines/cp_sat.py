"""OR-Tools CP-SAT on the same matrix, its amounts scaled to whole numbers; one worker, its own tolerances."""

import math
import re

import numpy as np
import scipy.sparse as sp

from benchmarks.answers import Answer, Watch
from benchmarks.curve import Curve
from benchmarks.matrix import Array, Matrix
from benchmarks.output import output_to
from benchmarks.stage import Limits, Stage

STEPS = 65_536
"""CP-SAT knows whole numbers only: amounts that run over about one are counted in so many steps."""
PROGRESS = re.compile(r"^#\S+\s+([\d.]+)s\s+best:(\S+)\s+next:\[([^,\]]+),([^,\]]+)\]", re.MULTILINE)
"""A line of its log: seconds, the best value, and the span in which a better one may lie."""


def solve(stage: Stage, limits: Limits) -> Answer:
    """From arrays to the end; the writing of the matrix is not in its seconds."""
    from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper, ModelSolverHelper

    matrix = stage.matrix
    watch, curve = Watch(), Curve()
    model = ModelBuilderHelper()
    sides = (matrix.lower, matrix.upper, matrix.objective, *_within_a_step(matrix))
    model.fill_model_from_sparse_data(*sides, sp.csr_matrix(matrix.matrix))
    model.set_maximize(True)
    for column in np.flatnonzero(matrix.integer).tolist():
        model.set_var_integrality(column, True)
    solver = ModelSolverHelper("sat")
    solver.set_time_limit_in_seconds(limits.seconds)
    solver.set_solver_specific_parameters(
        f"num_workers:{limits.cores} random_seed:{limits.seed} relative_gap_limit:{limits.gap} mip_var_scaling:{STEPS}"
        " log_search_progress:true log_to_stdout:true"
    )

    solver.enable_output(True)
    log = stage.folder / "cp_sat.log"
    with output_to(log):
        solver.solve(model)
    read = watch.read
    for seconds, best, low, high in PROGRESS.findall(log.read_text(encoding="utf-8", errors="replace")):
        bound = max(_number(low), _number(high))
        curve.note(matrix.worth(_number(best, -math.inf)), matrix.worth(bound), float(seconds))
    ended = str(solver.status()).rsplit(".", 1)[-1]
    x = np.asarray(solver.variable_values(), dtype=float) if solver.has_solution() else None
    value = None if x is None else matrix.value(x)
    if value is not None:
        curve.note(value, matrix.worth(float(solver.best_objective_bound())))
    last = curve.closed()[-1]
    return Answer(*read, value, last.bound, ended, points=curve.closed(), x=x)


def _within_a_step(matrix: Matrix) -> tuple[Array, Array]:
    """The sides of the rows; those with amounts in them are met to within a step of each amount, since in whole
    steps many could not be met at all. What that lets through is for the audit to find.
    """
    room = abs(matrix.matrix) @ (~matrix.integer).astype(float) / STEPS
    return matrix.row_lower - room, matrix.row_upper + room


def _number(word: str, otherwise: float = math.inf) -> float:
    try:
        return float(word)
    except ValueError:
        return otherwise
