"""Moves: decisions of some kinds, on some partnerships, counted in the year they are taken.

at_least(y) ≤ Σ_{p, a decides} take[p,n,a] ≤ at_most(y)                         at every node
at_least ≤ Σ_{m on the way to n} Σ_{p, a decides} take[p,m,a] ≤ at_most          total: at every node n of the last year
"""

import numpy as np

from portfolioopt.formulation.draft import Draft, Term, at, perhaps
from portfolioopt.language.families.moves import Moves, counted_years, counts
from portfolioopt.networks.tree import Floats

FAMILY = "moves"


def decisions(draft: Draft, year: int, limit: Moves) -> Floats:
    """1 along every arc on which an action that the limit counts is decided."""
    portfolio = draft.portfolio
    counted = [counts(limit, portfolio.partnerships[owner], action) for owner, action in portfolio.actions]
    flow: Floats = np.array([*counted, False], dtype=float)[portfolio.years[year].decided]  # −1, none, reads the last
    return flow


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    instance = draft.portfolio.instance
    for limit in sorted(instance.moves, key=lambda limit: limit.id):
        years = counted_years(limit, instance.horizon.first_year, draft.years)
        if limit.total:
            _over_the_horizon(draft, limit, years)
            continue
        for year in years:
            flow = decisions(draft, year, limit)
            terms: list[Term] = [draft.along_nodes(year, flow)]
            _bound(draft, limit, year, terms, draft.least(year, flow), draft.most(year, flow))


def _over_the_horizon(draft: Draft, limit: Moves, years: range) -> None:
    tree = draft.portfolio.tree
    last = draft.years - 1
    flows = {year: decisions(draft, year, limit) for year in years}
    flows = flows or {last: np.zeros(draft.portfolio.years[last].size)}
    terms: list[Term] = []
    for year, flow in flows.items():
        columns, counted = draft.along_nodes(year, flow)
        on_the_way = tree.nodes.of[year, tree.nodes.first_scenario(last)]
        terms.append((columns[on_the_way], counted))
    least = sum(draft.least(year, flow) for year, flow in flows.items())
    most = sum(draft.most(year, flow) for year, flow in flows.items())
    _bound(draft, limit, last, terms, least, most)


def _bound(draft: Draft, limit: Moves, year: int, terms: list[Term], least: float, most: float) -> None:
    """Rows for the bounds that decisions, between `least` and `most` of them, can break."""
    if limit.at_most is not None and perhaps(most - at(limit.at_most, year), at(limit.at_most, year)):
        bound = at(limit.at_most, year)
        draft.limit(FAMILY, limit.id, year, terms, at_most=bound, reach=most - bound)
    if limit.at_least is not None and perhaps(at(limit.at_least, year) - least, at(limit.at_least, year)):
        bound = at(limit.at_least, year)
        draft.limit(FAMILY, limit.id, year, terms, at_least=bound, reach=bound - least)
