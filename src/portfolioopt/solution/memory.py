"""What one search found out that the next one may start from: prices, plans, and a bound where it still holds.

Nothing of it is believed. Prices prove what they prove under the new facts; plans are audited again; only the bound is
taken over, by whoever knows that the new facts ask more and give nothing.
"""

from dataclasses import dataclass

import numpy as np

from portfolioopt.formulation.build import Formulation, RowKey
from portfolioopt.language.instance import Instance
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import Plan
from portfolioopt.solution.basis import Basis
from portfolioopt.solution.decisions import arcs_of, plan_of
from portfolioopt.solution.inequalities.remembered import Remembered, Written, recalled
from portfolioopt.solution.search import Search, relative_gap


@dataclass(frozen=True)
class Memory:
    """Kept from a search."""

    prices: dict[RowKey, float]
    plan: Plan | None
    bound: float
    price_gap: float
    """relative distance of the best plan to what prices alone proved"""
    inequalities: tuple[Remembered, ...] = ()
    """with their prices"""
    basis: Basis | None = None
    """of the LP relaxation"""

    @staticmethod
    def of(search: Search) -> "Memory":
        """What a search leaves behind."""
        prices, theirs = search.prices, {one.row for one in search.strengthened}
        keyed = zip(search.formulation.row_keys(), prices.tolist(), strict=True)
        known = {key: price for row, (key, price) in enumerate(keyed) if price and row not in theirs}
        inequalities = tuple(
            Remembered.of(one, search.formulation, float(prices[one.row]))
            for one in search.strengthened
            if prices[one.row]
        )
        proven = np.inf if search.priced is None else search.priced.bound
        plan = None if search.best is None else search.best.plan
        return Memory(known, plan, search.bound, relative_gap(search.value, proven), inequalities, search.basis)

    def recalled(self, formulation: Formulation) -> tuple[Formulation, list[Written], Floats]:
        """Another formulation, with those inequalities that hold there too as rows at its end, and prices of its
        coupling rows: those of the same limits and inequalities, 0 for the rest.
        """
        prices = np.array([self.prices.get(key, 0.0) for key in formulation.row_keys()])
        formulation, written, theirs = recalled(formulation, self.inequalities)
        return formulation, written, np.concatenate((prices, theirs))

    def plan_for(self, formulation: Formulation) -> Plan | None:
        """The plan as far as the new facts allow its decisions, with the engineers to hire that it now needs."""
        if self.plan is None:
            return None
        known = _still_possible(self.plan, formulation.portfolio.instance)
        x = np.zeros(len(formulation.objective))
        x[arcs_of(formulation, known)] = 1
        return plan_of(formulation, x)


def _still_possible(plan: Plan, instance: Instance) -> Plan:
    """The decisions on actions, years and scenarios that the instance has."""
    actions = {(one.id, action.id) for one in instance.partnerships for action in one.actions}
    years = range(instance.horizon.first_year, instance.horizon.first_year + instance.horizon.years)
    scenarios = {future.name for future in instance.futures}
    return Plan.of(
        decision
        for decision in plan.decisions
        if (decision.partnership, decision.action) in actions
        and decision.year in years
        and decision.scenario in scenarios
    )
