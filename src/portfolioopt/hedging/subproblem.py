"""A scenario's Pyomo model, and the solver that progressive hedging calls for it: HiGHS under the numeric policy.

mpi-sppy takes a Pyomo model, adds prices and proximal terms to its objective, fixes some of its variables, and asks a
solver of Pyomo's persistent kind to solve it again. This one keeps the scaled rows of the hand-over and reads only
what has changed; every run obeys the deadline, and a run that it cuts off still proves a bound.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from pyomo.opt import Solution, SolutionStatus, SolverFactory, SolverResults, SolverStatus, TerminationCondition
from pyomo.repn import generate_standard_repn
from pyomo.solvers.plugins.solvers.persistent_solver import PersistentSolver

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.apart import Apart
from portfolioopt.formulation.part import whole
from portfolioopt.formulation.pyomo_model import pyomo_model, standard_form
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import TODAY
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import program_of, revalued
from portfolioopt.solution.scaled import HAIR, Program
from portfolioopt.solution.stop import Stop

SOLVER = "portfolioopt_highs"


@dataclass
class Subproblem:
    """A scenario, its Pyomo model and the same handed over."""

    apart: Apart
    model: Any
    program: Program
    stop: Stop
    settings: Settings
    last: Run | None = field(default=None, repr=False)
    slice: float = math.inf
    """most seconds of a run"""
    warm: bool = True
    """whether runs begin with the arcs of the run before"""

    @property
    def takes(self) -> Any:
        """The variables of the arcs, numbered as the columns of the formulation."""
        return self.model.component("take")

    def bound_at_once(self, worth: Floats, constant: float) -> float:
        """What no life of any partnership can add up to more than, all limits between them aside."""
        formulation = self.apart.formulation
        width = len(formulation.objective)
        if np.any(worth[width:]):
            return math.inf
        at_that = replace(formulation, objective=worth[:width], constant=constant)
        priced = PriceList(at_that).evaluate(np.zeros(len(formulation.labels)), losses=False)
        return priced.bound

    def solution(self) -> Floats | None:
        """The last run's solution in the columns of the formulation."""
        if self.last is None or self.last.x is None:
            return None
        return self.program.whole(self.last.x[: len(self.program.columns)])


def subproblem(apart: Apart, stop: Stop, settings: Settings) -> Subproblem:
    """The Pyomo model of one scenario, with what the solver needs to know about it attached."""
    chosen = whole(apart.formulation)
    model = pyomo_model(chosen)
    made = Subproblem(apart, model, program_of(chosen, standard_form(model), hair=HAIR), stop, settings)
    object.__setattr__(model, "subproblem", made)
    return made


def decided_arcs(apart: Apart, years: tuple[int, ...]) -> Ints:
    """Columns of the arcs on which something is decided in these years.

    Lives that decide the same are the same: where a place is left without a decision there is one way only.
    """
    formulation = apart.formulation
    found = [
        formulation.take_start[year] + np.flatnonzero(formulation.portfolio.years[year].decided >= 0) for year in years
    ]
    columns: Ints = np.concatenate(found)
    return columns


@SolverFactory.register(SOLVER, doc="HiGHS under the numeric policy of portfolioopt, for its own scenario models")
class ScenarioSolver(PersistentSolver):  # type: ignore[misc]
    """Solves a model that `subproblem` made, whatever has become of its objective and its bounds."""

    def __init__(self, **keywords: Any) -> None:
        keywords["type"] = SOLVER
        super().__init__(**keywords)

    def available(self, exception_flag: bool = True) -> bool:  # noqa: ARG002  (Pyomo's name)
        return True

    def set_instance(self, model: Any, **_keywords: Any) -> None:
        """Takes a model; what was known of another is forgotten."""
        self._pyomo_model = model
        self._sub: Subproblem = model.subproblem
        program = self._sub.program
        self._variables: list[Any] = [None] * len(program.columns)
        self._number: dict[int, int] = {}
        for component in model.component_objects(descend_into=False):
            if hasattr(component, "numbers") and hasattr(component, "lower_bounds"):
                for place, column in enumerate(component.numbers.tolist()):
                    self._variables[column] = component[place]
                    self._number[id(component[place])] = column
        self._lower, self._upper = program.lower.copy(), program.upper.copy()
        self._more: list[tuple[list[int], list[float], float, float]] = []
        for cuts in model.component_objects(descend_into=True):
            if cuts.local_name == "xsqvar_cuts":
                for cut in cuts.values():
                    self.add_constraint(cut)
        self.set_objective(next(model.component_data_objects(_objectives(), active=True)))

    def set_objective(self, objective: Any) -> None:
        """Takes the objective as it now is."""
        form = generate_standard_repn(objective.expr, compute_values=True, quadratic=False)
        if form.nonlinear_expr is not None:
            raise EngineFault("the objective of a scenario has become quadratic")
        coefficients = {self._column(variable): 0.0 for variable in form.linear_vars}
        for variable, coefficient in zip(form.linear_vars, form.linear_coefs, strict=True):
            coefficients[self._column(variable)] += float(coefficient)
        self._worth, self._constant = coefficients, float(form.constant)

    def add_constraint(self, constraint: Any) -> None:
        """A row more: a tangent of a proximal term."""
        form = generate_standard_repn(constraint.body, compute_values=True)
        columns = [self._column(variable) for variable in form.linear_vars]
        lower = -np.inf if constraint.lower is None else float(constraint.lower) - float(form.constant)
        upper = np.inf if constraint.upper is None else float(constraint.upper) - float(form.constant)
        self._more.append((columns, [float(value) for value in form.linear_coefs], lower, upper))

    def update_var(self, variable: Any) -> None:
        """Takes notice that a variable has been fixed, or is free again."""
        column, program = self._column(variable), self._sub.program
        if variable.fixed:
            self._lower[column] = self._upper[column] = variable.value / program.column_scale[column]
        else:
            self._lower[column], self._upper[column] = program.lower[column], program.upper[column]

    def solve(self, *_model: Any, **_keywords: Any) -> SolverResults:
        """Solves; values are loaded by `load_vars`."""
        sub = self._sub
        settings = replace(sub.settings, start=self._taken()) if sub.warm else sub.settings
        program, worth = self._program()
        if sub.stop.due:  # all have to come to their end
            sub.last = Run("stopped", None, -math.inf, math.inf, None, 0.0, "", gap_reached=False)
        else:
            sub.last = run(program, settings, sub.stop.within(sub.slice))
        if not math.isfinite(sub.last.bound) and sub.last.ending == "stopped":
            sub.last = replace(sub.last, bound=sub.bound_at_once(worth, self._constant))
        return _results(sub.last)

    def _taken(self) -> Ints:
        """The arcs of the last run, and before there is one, those of doing nothing."""
        x = self._sub.solution()
        if x is None:
            return arcs_of(self._sub.apart.formulation, TODAY)
        taken: Ints = np.flatnonzero(x[: self._sub.apart.formulation.takes] > 0.5)
        return taken

    def load_vars(self, vars_to_load: Any = None) -> None:  # noqa: ARG002  (Pyomo's name)
        """Puts the values of the last run into the variables."""
        last = self._sub.last
        if last is None or last.x is None:
            self._load_today()
            return
        scale = np.concatenate((self._sub.program.column_scale, np.ones(len(last.x) - len(self._sub.program.columns))))
        whole_numbers = self._sub.program.integer
        for column, (variable, value) in enumerate(zip(self._variables, (last.x * scale).tolist(), strict=True)):
            if not variable.fixed:
                variable.set_value(
                    float(round(value)) if column < len(whole_numbers) and whole_numbers[column] else value,
                    skip_validation=True,
                )
                variable.stale = False

    def _load_today(self) -> None:
        """What a run that was cut off without a solution goes on from: what was there, and at first doing nothing."""
        taken = set(arcs_of(self._sub.apart.formulation, TODAY).tolist())
        for column, variable in enumerate(self._variables):
            if variable.value is None:
                variable.set_value(float(column in taken), skip_validation=True)
            variable.stale = False

    def _column(self, variable: Any) -> int:
        """The column of a variable; one that is new gets the next."""
        known = self._number.get(id(variable))
        if known is None:
            known = self._number[id(variable)] = len(self._variables)
            self._variables.append(variable)
            low, high = variable.bounds
            self._lower = np.append(self._lower, -np.inf if low is None else low)
            self._upper = np.append(self._upper, np.inf if high is None else high)
        return known

    def _program(self) -> tuple[Program, Floats]:
        """The rows of the scenario with what has been added, at the worth that columns now have; and that worth."""
        program = self._sub.program
        fresh, added = len(self._variables) - len(program.columns), self._more
        if fresh or added:
            program = _with_rows(program, fresh, added)
        worth = np.zeros(len(self._variables))
        worth[list(self._worth)] = list(self._worth.values())
        return replace(revalued(program, worth, self._constant), lower=self._lower, upper=self._upper), worth


def _with_rows(program: Program, fresh: int, rows: list[tuple[list[int], list[float], float, float]]) -> Program:
    """The same with columns and rows at the end that are no part of the formulation."""
    width = len(program.columns) + fresh
    scale = np.concatenate((program.column_scale, np.ones(fresh)))
    more = sp.lil_array((len(rows), width))
    size = np.ones(len(rows))
    for number, (columns, values, _, _) in enumerate(rows):
        scaled = np.array(values) * scale[columns]
        size[number] = 2.0 ** -np.round(np.log2(max(float(np.abs(scaled).max()), 1e-9)))
        more[number, columns] = scaled * size[number]
    wide = sp.hstack([program.matrix, sp.csc_array((program.matrix.shape[0], fresh))], format="csc")
    return replace(
        program,
        matrix=sp.csc_array(sp.vstack([wide, sp.csc_array(more)], format="csc")),
        row_lower=np.concatenate((program.row_lower, size * [row[2] for row in rows])),
        row_upper=np.concatenate((program.row_upper, size * [row[3] for row in rows])),
        integer=np.concatenate((program.integer, np.zeros(fresh, dtype=bool))),
        columns=np.concatenate((program.columns, np.full(fresh, program.width))),
        rows=np.concatenate((program.rows, np.full(len(rows), -1))),
        column_scale=scale,
    )


def _results(ended: Run) -> SolverResults:
    """What Pyomo and mpi-sppy look at."""
    results = SolverResults()
    results.problem.lower_bound, results.problem.upper_bound = ended.value, ended.bound
    results.solver.status = SolverStatus.ok
    solution = Solution()
    if ended.ending == "infeasible":
        results.solver.termination_condition = TerminationCondition.infeasible
        solution.status = SolutionStatus.infeasible
    else:
        # a run that was cut off is as good: its bound holds, and `load_vars` knows what to load
        results.solver.termination_condition = TerminationCondition.optimal
        solution.status = SolutionStatus.feasible
    results.solution.insert(solution)
    return results


def _objectives() -> Callable[..., Any]:
    from pyomo.core import Objective

    return Objective  # type: ignore[no-any-return]
