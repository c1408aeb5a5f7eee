"""A scenario's Pyomo model under the solver that progressive hedging calls."""

import math
import time

import numpy as np
import pytest
from pyomo.core import Constraint, Param, Var, value
from pyomo.opt import SolverFactory

from portfolioopt import Instance, Model, read_instance, read_model
from portfolioopt.formulation.apart import take_apart
from portfolioopt.formulation.draft import Level
from portfolioopt.hedging.subproblem import SOLVER, Subproblem, decided_arcs, subproblem
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.stop import Stop

FIVE_DEALS: Instance = read_instance("instances/five_deals")


def made(model: Model | None = None, stop: Stop | None = None) -> Subproblem:
    apart = take_apart(FIVE_DEALS, model or Model(), "steady", level=Level(-1e4, 1e4, 1e4))
    return subproblem(apart, stop or Stop(), Settings())


def solver_for(sub: Subproblem):
    solver = SolverFactory(SOLVER)
    solver.set_instance(sub.model)
    return solver


def test_the_model_handed_over_has_the_value_of_the_hand_over() -> None:
    sub = made()
    solver = solver_for(sub)
    results = solver.solve(sub.model, load_solutions=False)
    solver.load_vars()
    plain = run(sub.program, Settings(), Stop())
    assert results.Problem[0].Upper_bound == pytest.approx(plain.value)
    assert value(sub.model.objective) == pytest.approx(plain.value)
    broken = [row.name for row in sub.model.component_data_objects(Constraint) if row.slack() < -1e-3]
    assert not broken


def test_what_is_added_to_the_objective_counts_and_fixed_variables_stay() -> None:
    sub = made()
    columns = decided_arcs(sub.apart, (0,))
    solver = solver_for(sub)
    solver.solve(sub.model)
    solver.load_vars()
    first = {int(column): round(value(sub.takes[int(column)])) for column in columns}
    chosen = next(column for column, taken in first.items() if taken)
    free = sub.last.value

    sub.model.price = Param(initialize=7.0, mutable=True)
    sub.model.objective.expr -= sub.model.price * sub.takes[chosen]
    solver.set_objective(sub.model.objective)
    solver.solve(sub.model)
    assert free - 7 <= sub.last.value + 1e-6 <= free + 1e-6
    sub.model.price.set_value(1e6)
    solver.set_objective(sub.model.objective)
    solver.solve(sub.model)
    solver.load_vars()
    assert round(value(sub.takes[chosen])) == 0
    without = sub.last.value

    sub.takes[chosen].fix(1)
    solver.update_var(sub.takes[chosen])
    solver.solve(sub.model)
    assert sub.last.value == pytest.approx(free - 1e6)
    sub.takes[chosen].unfix()
    solver.update_var(sub.takes[chosen])
    solver.solve(sub.model)
    assert sub.last.value == pytest.approx(without)


def test_rows_and_variables_of_others_are_taken_in() -> None:
    model = read_model("risk_averse")
    sub = made(model)
    solver = solver_for(sub)
    level = next(sub.model.component(name)[0] for name in ("cvar_level",))
    sub.model.square = Var(bounds=(0, None))
    sub.model.tangent = Constraint(expr=sub.model.square >= 200 * level - 100**2)
    solver.add_constraint(sub.model.tangent)
    sub.model.objective.expr -= sub.model.square
    solver.set_objective(sub.model.objective)
    solver.solve(sub.model)
    solver.load_vars()
    # beyond the foot of the tangent a unit more costs 200
    assert value(level) == pytest.approx(50, abs=1e-4)
    assert value(sub.model.square) == pytest.approx(0, abs=1e-3)


def test_a_run_cut_off_proves_a_bound_and_goes_on_from_what_there_was() -> None:
    sub = made(stop=Stop(time.perf_counter() - 1))
    solver = solver_for(sub)
    results = solver.solve(sub.model)
    solver.load_vars()
    optimum = run(sub.program, Settings(), Stop()).value
    assert math.isfinite(results.Problem[0].Upper_bound)
    assert results.Problem[0].Upper_bound >= optimum
    assert all(value(variable) is not None for variable in sub.model.component_data_objects(Var))


def test_lives_that_decide_the_same_are_the_same() -> None:
    apart = take_apart(FIVE_DEALS, Model(), "steady")
    decided = set(decided_arcs(apart, tuple(range(FIVE_DEALS.horizon.years))).tolist())
    for year, arcs in enumerate(apart.formulation.portfolio.years):
        start = apart.formulation.take_start[year]
        open_ways = [arc for arc in range(arcs.size) if start + arc not in decided]
        assert len(open_ways) == len(np.unique(arcs.source[open_ways])), "one way on from every place"
