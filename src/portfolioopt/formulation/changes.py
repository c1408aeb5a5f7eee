"""The price of change: what a plan pays, undiscounted, for each decision that only it or the other plan holds.

    − price·Σ_w π_w·|decisions(w) Δ other(w)|  =  − price·(Σ_w π_w·|other(w)| + Σ_{decided} Σ_{w∈n} π_w·(±1)·take)

with −1 where the other plan holds the decision in w and +1 where it does not.
"""

import numpy as np

from portfolioopt.formulation.draft import Draft
from portfolioopt.plan import Plan


def write(draft: Draft, against: Plan) -> None:
    """Charges every decision that differs from the other plan."""
    changes = draft.model.changes
    if changes is None or not changes.price:
        return
    portfolio = draft.portfolio
    tree = portfolio.tree
    price = float(changes.price)
    scenario = {name: position for position, name in enumerate(tree.scenarios)}
    number = {(portfolio.partnerships[p].id, action.id): place for place, (p, action) in enumerate(portfolio.actions)}
    first_year = portfolio.instance.horizon.first_year
    held_by = np.zeros((draft.years, len(portfolio.actions), len(scenario)))
    for decision in against.decisions:
        w = scenario.get(decision.scenario)
        if w is None:
            continue
        draft.constant -= price * float(tree.probability[w])
        year = decision.year - first_year
        action = number.get((decision.partnership, decision.action))
        if action is not None and 0 <= year < draft.years:
            held_by[year, action, w] = 1
    for year, arcs in enumerate(portfolio.years):
        decided = np.flatnonzero(arcs.decided >= 0)
        sign = 1 - 2 * held_by[year][arcs.decided[decided]]
        for node in draft.nodes(year):
            members = tree.nodes.members(year, node)
            weight = sign[:, members] @ tree.probability[members]
            draft.charge(draft.take(year, node, decided), -price * weight)
