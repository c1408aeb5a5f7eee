"""Plans of equal value: the one with the fewest decisions is taken, so that nothing is done for nothing.

A last run maximizes −Σ_n π_n·Σ_{p, a decides} take[p,n,a] over the plans that are worth as much as the best one; its
plan replaces the best one only if the audit finds exactly the same objective. What is equal even then is settled by
the order of the model, which is that of the ids, whatever the order of the file.
"""

from dataclasses import replace

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import Plan
from portfolioopt.solution.decisions import plan_of
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.search import Search

SLACK = 1e-9
"""Relative shortfall of the objective within which the solver may look; the audit then asks for none."""


def fewest_decisions(search: Search) -> None:
    """Takes the plan of equal value with the fewest expected decisions, if the solver finds one."""
    best = search.best
    if best is None or search.stop.due:
        return
    formulation = search.formulation
    program = search.timed("hand-over", lambda: hand_over(_among_equals(formulation, best.value)))
    settings = Settings("fewest decisions", False, search.options.seed, search.options.threads, nodes=500)
    ended = search.run(program, settings, "ties", search.stop, proves=False, plans=False)
    if ended.x is None:
        return
    plan = plan_of(formulation, program.whole(ended.x))
    if expected_decisions(formulation, plan) < expected_decisions(formulation, best.plan) - SLACK:
        search.take_if_equal(plan, "fewest decisions")


def expected_decisions(formulation: Formulation, plan: Plan) -> float:
    """Number of decisions, by probability."""
    tree = formulation.portfolio.tree
    weight = dict(zip(tree.scenarios, tree.probability.tolist(), strict=True))
    return float(sum(weight[decision.scenario] for decision in plan.decisions))


def _among_equals(formulation: Formulation, value: float) -> Formulation:
    counted = np.flatnonzero(formulation.objective)
    least = value - formulation.constant - SLACK * max(abs(value), 1e-9)
    worth = Row("tie", "objective", 0, 0, counted, formulation.objective[counted], least, INFINITY)
    return replace(formulation.with_rows([worth]), objective=_decisions(formulation), constant=0.0)


def _decisions(formulation: Formulation) -> Floats:
    """−π_n for every arc that decides something."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    cost = np.zeros(len(formulation.objective))
    for year, arcs in enumerate(portfolio.years):
        decides = (arcs.decided >= 0).astype(float)
        # a decision of an impossible scenario still counts a little
        weight = np.maximum(tree.nodes.probability[year], 1e-6)
        cost[formulation.year_columns(year)] = -np.outer(weight, decides).ravel()
    return cost
