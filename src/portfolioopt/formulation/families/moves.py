"""Moves: decisions of some kinds, on some partnerships, counted in the year they are taken."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term, at, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.moves import Moves, counted_years, counts
from portfolioopt.networks.tree import Floats

FAMILY = "moves"
SYMBOLS = (
    Symbol("decides", "[p,n,a]", "1 along arcs on which an action that the limit counts is decided", "YearArcs.decided",
           "moves.*.kinds"),
    Symbol("moves.at_most", "(y)", "most decisions", "Moves.at_most", "moves.*.at_most"),
    Symbol("moves.at_least", "(y)", "fewest decisions", "Moves.at_least", "moves.*.at_least"),
)  # fmt: skip


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
        (_over_the_horizon if limit.total else _year_by_year)(draft, limit, years)


@algebra
def _year_by_year(draft: Draft, limit: Moves, years: range) -> None:
    """So many decisions are taken in a year.

    moves.at_least(y) ≤ Σ_{p,a} decides[p,n,a]·take[p,n,a] ≤ moves.at_most(y)    at every node n of its years
    """
    for year in years:
        flow = decisions(draft, year, limit)
        terms: list[Term] = [draft.along_nodes(year, flow)]
        _bound(draft, limit, year, terms, draft.least(year, flow), draft.most(year, flow))


@algebra
def _over_the_horizon(draft: Draft, limit: Moves, years: range) -> None:
    """So many decisions are taken over all years together.

    moves.at_least ≤ Σ_{m,p,a} decides[p,m,a]·take[p,m,a] ≤ moves.at_most    n in the last year, m on the way to it
    """
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
