"""What a plan is worth: expected NPV, and NPV by scenario where a risk measure asks for it."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
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


@algebra
def expected_value(draft: Draft) -> Floats:
    """Expected NPV: money of every node, weighed with the probability of its scenarios.

        E[NPV] = Σ_w π[w]·NPV(w)
        NPV(w) = Σ_y discount(y)·earned(n) + end·Σ_{p,a} terminal[p,n,a]·take[p,n,a]    n: the node of w in each year
        earned(n) = Σ_{p,a} money[p,n,a]·take[p,n,a] + joint(n)
        money = realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds    along each arc

    Flows carry the driver factors of w and y; terminal values those of the last year.

    Returns the value of each column.
    """
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
