"""What a plan is worth: expected NPV, and NPV by scenario where a risk measure asks for it.

    NPV(w) = Σ_y discount(y)·(Σ_p money + synergies + pools − coordination − hiring − shortfall) + discounted terminals

with money = realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds along the arcs taken.
Terminal values are those of the places held in the last year, with the driver factors of that year.
"""

import numpy as np

from portfolioopt.formulation.draft import Draft
from portfolioopt.networks.tree import Floats, Ints


def arc_values(draft: Draft, year: int) -> Floats:
    """Discounted money along the arcs of a year; [level vectors, arcs]."""
    portfolio = draft.portfolio
    values = draft.discount(year) * portfolio.along(year, portfolio.money)
    if year == draft.years - 1:
        end = float((1 + float(portfolio.instance.discount_rate)) ** -draft.years)
        values = values + end * portfolio.along(year, portfolio.terminal)
    return values


def expected_value(draft: Draft) -> Floats:
    """E[NPV] by column: money of every node weighed with its scenarios' probabilities."""
    portfolio = draft.portfolio
    tree = portfolio.tree
    worth = np.zeros(draft.width)
    for year, arcs in enumerate(portfolio.years):
        values = arc_values(draft, year)
        weight = np.zeros((tree.nodes.count[year], len(tree.levels)))
        np.add.at(weight, (tree.nodes.of[year], tree.level_of[year]), tree.probability)
        start = draft.take_start[year]
        worth[start : start + weight.shape[0] * arcs.size] = (weight @ values).ravel()
    for year, columns, money in draft.earned:
        np.add.at(worth, columns, tree.nodes.probability[year][:, None] * money)
    return worth


def scenario_value(draft: Draft, scenario: int) -> tuple[Ints, Floats]:
    """NPV(w) as columns and coefficients."""
    portfolio = draft.portfolio
    tree = portfolio.tree
    parts: list[tuple[Ints, Floats]] = []
    for year in range(draft.years):
        node = int(tree.nodes.of[year, scenario])
        parts.append(draft.along(year, node, arc_values(draft, year)[tree.level_of[year, scenario]]))
    parts += [(columns[tree.nodes.of[year, scenario]], money) for year, columns, money in draft.earned]
    return np.concatenate([part for part, _ in parts]), np.concatenate([money for _, money in parts])


def most_by_scenario(draft: Draft, scenario: int) -> float:
    """A bound on |NPV(w)|: the largest money of any arc or column, year by year."""
    columns, money = scenario_value(draft, scenario)
    upper = np.concatenate([np.maximum(abs(group.lower), abs(group.upper)) for group in draft.groups])
    takes = columns < draft.takes
    total = float((abs(money[~takes]) * upper[columns[~takes]]).sum())
    for year in range(draft.years):
        values = arc_values(draft, year)[draft.portfolio.tree.level_of[year, scenario]]
        total += draft.most(year, abs(values))
    return total
