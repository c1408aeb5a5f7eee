"""The price of change: what a plan pays for each decision that only it or the plan compared with holds."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft
from portfolioopt.plan import Plan


@algebra
def write(draft: Draft, against: Plan) -> None:
    """Every decision that only one of the two plans holds costs its price, undiscounted.

        changes = price·Σ_w π[w]·|decided[w] Δ other[w]|
        changes = price·(Σ_w π[w]·|other[w]| + Σ_{p,n,a} π[n]·new[n,a]·take[p,n,a])    a: arcs that decide something

    new[n,a] is 1 less twice the share of n's probability in which the other plan holds the decision of arc a.
    """
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
