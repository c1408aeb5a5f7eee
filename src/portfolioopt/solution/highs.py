"""HiGHS under the numeric policy: tolerances 1e-9, both gaps set, every option read back, stoppable at any time."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import highspy
import numpy as np

from portfolioopt.errors import EngineFault
from portfolioopt.solution.scaled import HAIR, Program
from portfolioopt.solution.stop import Stop

if TYPE_CHECKING:
    from portfolioopt.networks.tree import Floats, Ints

Ending = Literal["optimal", "infeasible", "stopped"]
TOLERANCE = 1e-9
MOST_SEEDS = 2**31
ROUNDING = 3e-16
"""What adding up a value in floats leaves unknown of it, relative to the sizes that were added."""
AGREE = 1e-9
"""Difference of value and bound, relative and in the units of the solver, within which a run may be called optimal."""
EVENTS = highspy.cb.HighsCallbackType
PRESOLVE, TURN = 1e-5, 1.2e-6
"""Work of a run in whole numbers by non-zero: before it begins, and each turn at which HiGHS asks whether to go on."""
ITERATION, ITERATION_ROW = 4e-5, 5e-9
"""Work of a simplex iteration: by itself, and by row."""


@dataclass(frozen=True)
class Settings:
    """How one run differs from another."""

    name: str = "first"
    presolve: bool = True
    seed: int = 0
    threads: int = 1
    gap: float = 0.0
    """relative gap at which the run may stop once it has worked `patience` nodes; it goes on to 1e-9 before that"""
    patience: int = 0
    """nodes"""
    relaxed: bool = False
    """the LP relaxation only"""
    start: "Ints | None" = None
    """columns of the formulation that a plan to start from takes; HiGHS completes the rest"""
    effort: float = 0.05
    """share of the work that HiGHS spends on heuristics (its default)"""
    feasibility_only: bool = False
    nodes: int = 0
    """most nodes, 0: any number"""
    target: float = math.inf
    """value of a plan that is good enough to stop at"""
    proven: float = -math.inf
    """worth of which no more need be proven: the run stops once nothing worth more can be left"""
    hair: float = HAIR
    """by how much rows are widened, relative to their largest coefficient"""


@dataclass(frozen=True)
class Run:
    """How a run ended. Values in the units of the instance; `bound` is +∞ where nothing is proven."""

    ending: Ending
    x: "Floats | None"
    value: float
    bound: float
    row_dual: "Floats | None"
    seconds: float
    log: str
    gap_reached: bool
    rounding: float = 0.0
    """by how much value and bound may be off because floats add up to them"""


Progress = Callable[[float, float], None]


class Exchange(Protocol):
    """What a run tells while it is under way, and what it takes from others; in its own columns and scale."""

    def bounded(self, bound: float) -> None:
        """Nothing can be worth more."""

    def found(self, x: "Floats", value: float) -> None:
        """A better solution."""

    def offered(self) -> "Floats | None":
        """A solution that others have found since the last time, if there is one."""


def run(
    program: Program,
    settings: Settings,
    stop: Stop,
    progress: Progress | None = None,
    exchange: Exchange | None = None,
) -> Run:
    """One run of HiGHS on a program, from cold unless a solution is given."""
    began = time.perf_counter()
    if program.impossible:
        return Run("infeasible", None, -math.inf, -math.inf, None, 0.0, "", gap_reached=False)
    if not len(program.columns):
        # all is settled, and HiGHS has no solution of an empty model
        return Run("optimal", np.zeros(0), program.constant, program.constant, np.zeros(0), 0.0, "", gap_reached=True)
    log: list[str] = []
    solver = opened(program, settings, stop)
    if settings.start is not None:
        _start_from(solver, program, settings.start)
    gap_reached = listen(solver, settings, stop, program, log, progress, exchange)
    if not settings.relaxed:
        stop.work.add(PRESOLVE * program.matrix.nnz)
    status = solver.run()
    if not settings.relaxed:
        stop.work.add(max(solver.getInfo().simplex_iteration_count, 0) * _iteration(program))
    if status == highspy.HighsStatus.kError:
        # nothing that it says of values and bounds means anything
        solver.clear()
        seconds = time.perf_counter() - began
        return Run("stopped", None, -math.inf, math.inf, None, seconds, "".join(log), gap_reached=False)
    ended = outcome(solver, program, settings, began, "".join(log), gap_reached)
    solver.clear()
    return ended


def opened(program: Program, settings: Settings, stop: Stop) -> highspy.Highs:
    """HiGHS with a program and all options set."""
    # a thread keeps the workers of its first run, and HiGHS refuses to run with another number of them
    highspy.Highs.resetGlobalScheduler(True)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    _set(solver, "output_flag", True)
    _set(solver, "log_to_console", False)
    _set(solver, "threads", settings.threads)
    _set(solver, "random_seed", settings.seed % MOST_SEEDS)
    _set(solver, "presolve", "on" if settings.presolve else "off")
    _set(solver, "primal_feasibility_tolerance", TOLERANCE)
    _set(solver, "dual_feasibility_tolerance", TOLERANCE)
    _set(solver, "mip_feasibility_tolerance", TOLERANCE)
    tight = 1e-10
    reached_early = settings.gap if settings.patience == 0 else tight
    _set(solver, "mip_rel_gap", max(reached_early, tight))
    _set(solver, "mip_abs_gap", tight)
    _set(solver, "mip_heuristic_effort", settings.effort)
    if settings.nodes:
        _set(solver, "mip_max_nodes", settings.nodes)
    if math.isfinite(stop.seconds_left):
        _set(solver, "time_limit", max(stop.seconds_left, 0.01))
    if solver.passModel(_lp(program, settings)) == highspy.HighsStatus.kError:
        raise EngineFault("HiGHS does not take the model")
    return solver


def _set(solver: highspy.Highs, option: str, value: Any) -> None:
    """Sets an option and reads it back: HiGHS rejects unknown names and values without raising."""
    status = solver.setOptionValue(option, value)
    read, got = solver.getOptionValue(option)
    if status != highspy.HighsStatus.kOk or read != highspy.HighsStatus.kOk or got != value:
        raise EngineFault(f"HiGHS does not take {option} = {value!r}")


def _lp(program: Program, settings: Settings) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.columns), len(program.rows)
    lp.col_cost_ = np.zeros(len(program.columns)) if settings.feasibility_only else program.objective
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = program.matrix.indptr
    lp.a_matrix_.index_ = program.matrix.indices
    lp.a_matrix_.value_ = program.matrix.data
    if not settings.relaxed:
        kind = {False: highspy.HighsVarType.kContinuous, True: highspy.HighsVarType.kInteger}
        lp.integrality_ = [kind[whole] for whole in program.integer.tolist()]
    return lp


def _start_from(solver: highspy.Highs, program: Program, taken: "Ints") -> None:
    """Gives HiGHS the arcs of a plan; what follows from them it works out itself."""
    arcs = np.flatnonzero(program.columns < program.takes).astype(np.int32)
    values = np.isin(program.columns[arcs], taken).astype(float)
    solver.setSolution(len(arcs), arcs, values)


def listen(
    solver: highspy.Highs,
    settings: Settings,
    stop: Stop,
    program: Program,
    log: list[str],
    progress: Progress | None,
    exchange: Exchange | None,
) -> list[bool]:
    """Callbacks: the log, the wish to stop, the end once the asked gap is reached, and the exchange with others."""
    reached = [False]
    scale, constant = program.objective_scale, program.constant
    turn, iteration = TURN * program.matrix.nnz, _iteration(program)

    def called(kind: Any, message: str, out: Any, into: Any, _user: Any) -> None:
        if kind == EVENTS.kCallbackLogging:
            log.append(message)
            return
        if exchange is not None and kind == EVENTS.kCallbackMipUserSolution:
            offer = exchange.offered()
            if offer is not None:
                into.setSolution(offer)
            return
        if exchange is not None and kind == EVENTS.kCallbackMipImprovingSolution:
            found = np.array(out.mip_solution, dtype=float)
            exchange.found(found, float(program.objective @ found) * scale + constant)
            return
        stop.work.add(turn if kind == EVENTS.kCallbackMipInterrupt else iteration)
        if stop.due:
            into.user_interrupt = True
        if kind == EVENTS.kCallbackMipInterrupt:
            value, bound = out.mip_primal_bound, out.mip_dual_bound
            known = abs(value) < 1e29 and abs(bound) < 1e29
            patient = not settings.patience or out.mip_node_count < settings.patience
            if known and not patient and bound - value <= settings.gap * max(abs(value), 1e-9):
                reached[0] = True
                into.user_interrupt = True
            if abs(value) < 1e29 and value * scale + constant >= settings.target:
                into.user_interrupt = True
            if abs(bound) < 1e29 and bound * scale + constant < settings.proven:
                into.user_interrupt = True
            if exchange is not None and abs(bound) < 1e29:
                exchange.bounded(bound * scale + constant)
            if progress is not None and known:
                progress(value * scale + constant, bound * scale + constant)

    solver.setCallback(called, None)
    heard = [
        EVENTS.kCallbackLogging,
        EVENTS.kCallbackSimplexInterrupt,
        EVENTS.kCallbackIpmInterrupt,
        EVENTS.kCallbackMipInterrupt,
    ]
    if exchange is not None:
        heard += [EVENTS.kCallbackMipUserSolution, EVENTS.kCallbackMipImprovingSolution]
    for kind in heard:
        solver.startCallback(kind)
    return reached


def _iteration(program: Program) -> float:
    """Work of one iteration of the simplex method."""
    return ITERATION + ITERATION_ROW * len(program.rows)


def _size(program: Program, x: "Floats | None") -> float:
    """Of what is added up to the value of a solution: far more than the value where large sums cancel."""
    terms = 0.0 if x is None else float(np.abs(program.objective * x).sum()) * program.objective_scale
    return terms + abs(program.constant)


def outcome(
    solver: highspy.Highs, program: Program, settings: Settings, began: float, log: str, reached: list[bool]
) -> Run:
    """How a run of HiGHS has ended, in the units of the instance."""
    status = solver.getModelStatus()
    info = solver.getInfo()
    kinds = highspy.HighsModelStatus
    seconds = time.perf_counter() - began
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        # every column is bounded, so the model cannot be unbounded
        return Run("infeasible", None, -math.inf, -math.inf, None, seconds, log, gap_reached=False)
    solution = solver.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.asarray(solution.col_value, dtype=float) if feasible and solution.value_valid else None
    if x is not None and not np.all(np.isfinite(x)):
        x = None
    value = float(program.objective @ x) * program.objective_scale + program.constant if x is not None else -math.inf
    if settings.relaxed or not program.integer.any():
        # without whole numbers HiGHS has no bound of its own to tell
        done = status == kinds.kOptimal
        dual = np.asarray(solution.row_dual, dtype=float) if solution.dual_valid else None
        return Run("optimal" if done else "stopped", x, value, value if done else math.inf, dual, seconds, log, done)
    rounding = ROUNDING * _size(program, x)
    bound = info.mip_dual_bound * program.objective_scale + program.constant
    if not abs(info.mip_dual_bound) < 1e29:
        bound = math.inf
    # it can call a plan optimal that is not worth its bound, when the one that was did not survive unscaling
    allowed = max(settings.gap, AGREE) * max(abs(value), 1e-9) + AGREE * program.objective_scale + rounding
    agrees = settings.feasibility_only or bound - value <= allowed
    ending: Ending = "optimal" if status == kinds.kOptimal and x is not None and agrees else "stopped"
    return Run(
        ending, x, value, bound, None, seconds, log, gap_reached=reached[0] or ending == "optimal", rounding=rounding
    )
