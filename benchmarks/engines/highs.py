"""Plain HiGHS: the whole matrix as arrays, default options, one thread, one run."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.answers import Answer, Watch, timed
from benchmarks.curve import NOTHING, Curve
from benchmarks.matrix import Matrix
from benchmarks.stage import Limits, Stage

if TYPE_CHECKING:
    import highspy

    from portfolioopt.solution.scaled import Program


def hand_over(stage: Stage, limits: Limits) -> Answer:
    """The floor of every hand-over: finished arrays straight into HiGHS."""
    matrix = stage.matrix
    return timed(lambda: pass_program(matrix), limits.repeats)


def relaxation(stage: Stage, limits: Limits) -> Answer:
    """The LP relaxation by the simplex method: its value is a bound on every plan."""
    import highspy  # noqa: F401 - loaded here, so that loading is not timed

    matrix = stage.matrix
    watch, solver = Watch(), pass_program(matrix, whole_numbers=False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", limits.seconds)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    bound = matrix.worth(solver.getInfo().objective_function_value) if status == "Optimal" else None
    return Answer(*watch.read, bound=bound, ended=status)


def solve(stage: Stage, limits: Limits) -> Answer:
    """From arrays to the end; the writing of the matrix is not in its seconds."""
    import highspy

    matrix = stage.matrix
    highspy.Highs.resetGlobalScheduler(True)  # what ran here before may have had another number of threads
    watch, curve = Watch(), Curve()
    solver = pass_program(matrix)
    solver.setOptionValue("threads", limits.cores)
    solver.setOptionValue("time_limit", limits.seconds)
    solver.setOptionValue("random_seed", limits.seed)
    events = highspy.cb.HighsCallbackType

    def called(kind: Any, _message: str, out: Any, _into: Any, _user: Any) -> None:
        value, bound = out.mip_primal_bound, out.mip_dual_bound
        if kind == events.kCallbackMipImprovingSolution:
            value = out.objective_function_value
        curve.note(
            matrix.worth(value) if abs(value) < NOTHING else -math.inf,
            matrix.worth(bound) if abs(bound) < NOTHING else math.inf,
        )

    solver.setCallback(called, None)
    for event in (events.kCallbackMipInterrupt, events.kCallbackMipImprovingSolution):
        solver.startCallback(event)
    solver.run()
    read = watch.read
    info = solver.getInfo()
    ended = solver.modelStatusToString(solver.getModelStatus())
    x = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        x = np.asarray(solver.getSolution().col_value, dtype=float)
    value = None if x is None else matrix.value(x)
    known = bool(matrix.integer.any()) and abs(info.mip_dual_bound) < NOTHING
    bound = matrix.worth(info.mip_dual_bound) if known else value
    curve.note(-math.inf if value is None else value, math.inf if bound is None else bound)
    return Answer(*read, value, bound, ended, points=curve.closed(), x=x)


def pass_program(program: "Program | Matrix", *, whole_numbers: bool = True) -> "highspy.Highs":
    """Arrays into a HiGHS that says nothing."""
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = program.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.objective, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.matrix.indptr, program.matrix.indices
    lp.a_matrix_.value_ = program.matrix.data
    if whole_numbers:
        kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
        lp.integrality_ = kinds[program.integer.astype(int)].tolist()
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS does not take the model")
    return solver


def write_mps(stage: Stage, _limits: Limits) -> Answer:
    """The matrix as a file, for peers that take no arrays."""
    solver = pass_program(stage.matrix)
    return timed(lambda: solver.writeModel(str(stage.mps_file)), repeats=1)
