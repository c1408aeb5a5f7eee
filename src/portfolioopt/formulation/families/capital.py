"""The capital budget: what is drawn in a year, what comes back, and what is carried over."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term, at, difference, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.networks.flows import driver_factor

FAMILY = "capital"
SYMBOLS = (
    Symbol("drawn", "[p,n,a]", "capital drawn along an arc", "Portfolio.capital", "partnerships.*.states.*.capital"),
    Symbol("left", "[h]", "capital left at the end of the year; 0 before the first", "capital_left"),
    Symbol("net", "(h)", "proceeds that may be spent again, less capital drawn"),
    Symbol("budget", "(h)", "the budget of the year, with its driver factor", "Capital.budget", "capital.budget"),
    Symbol("carry_over", "", "share of what is left that may be spent the year after", "Capital.carry_over",
           "capital.carry_over"),
    Symbol("recycle", "", "share of proceeds that may be spent again", "Capital.recycle", "capital.recycle"),
)  # fmt: skip


@algebra
def write(draft: Draft) -> None:
    """Capital drawn comes out of the budget, of what was left the year before, and of proceeds.

        left[h] = budget(h) + carry_over·left[parent(h)] + net(h)
        net(h) = Σ_{p,a} (recycle·proceeds[p,n,a] − drawn[p,n,a])·take[p,n,a]    n: the node of h
        left[h] ≥ 0    for every history h of every year

    One row for every history: scenarios that share the node and all levels so far that capital, proceeds or the budget
    vary with have the same left. Where nothing is carried over the row is an inequality without left.
    """
    portfolio = draft.portfolio
    capital = portfolio.instance.capital
    if capital is None:
        return
    tree = portfolio.tree
    histories = portfolio.capital_histories()
    budget_factor = driver_factor(dict(capital.sensitivity.budget), tree)
    carry_over, recycle = float(capital.carry_over), float(capital.recycle)
    price = draft.model.price(FAMILY, FAMILY)
    left_before = np.zeros(0, dtype=np.int64)
    most_left = np.zeros(1)
    for year in range(draft.years):
        drawn = portfolio.along(year, portfolio.capital)
        returned = portfolio.along(year, portfolio.proceeds)
        first = histories.first_scenario(year)
        left = np.zeros(0, dtype=np.int64)
        reach = np.zeros(len(first))
        budgets = np.zeros(len(first))
        for h, w in enumerate(first.tolist()):
            level = tree.level_of[year, w]
            budgets[h] = at(capital.budget, year) * budget_factor[level]
            before = most_left[histories.parent[year][h]] if year else 0.0
            # a budget below zero (it may be any series) leaves nothing, but excess may be added
            reach[h] = max(budgets[h], 0.0) + carry_over * before + recycle * draft.most(year, returned[level])
        if price is not None:
            reach = reach + max(draft.most(year, drawn[level]) for level in set(tree.level_of[year].tolist()))
            reach = reach + abs(budgets)
        if carry_over and year < draft.years - 1:
            left = draft.columns("capital_left", 0, reach)
        for h, w in enumerate(first.tolist()):
            level, node = tree.level_of[year, w], int(tree.nodes.of[year, w])
            net = difference(drawn[level], recycle * returned[level])
            terms: list[Term] = [draft.along(year, node, net)]
            if len(left_before):
                terms.append((left_before[histories.parent[year][h]][None], np.array([-carry_over])))
            if len(left):
                terms.append((left[h : h + 1], np.ones(1)))
            elif price is None and not len(left_before) and not perhaps(draft.most(year, net) - budgets[h], budgets[h]):
                continue  # cannot bind
            draft.limit(
                FAMILY,
                FAMILY,
                year,
                terms,
                group=h,
                probability=float(histories.probability[year][h]),
                at_most=budgets[h],
                reach=float(reach[h] + draft.most(year, drawn[level])),
            )
        left_before, most_left = left, reach
