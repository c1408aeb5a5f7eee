"""Activity: how many of the partnerships chosen may, or must, be active at once."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, at, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.activity import chosen

FAMILY = "activity"
SYMBOLS = (
    Symbol("active", "[p,n,a]", "1 along arcs on which a partnership that counts is active", "Portfolio.active"),
    Symbol("activity.at_most", "(y)", "most active at once", "Activity.at_most", "activity.*.at_most"),
    Symbol("activity.at_least", "(y)", "fewest active at once", "Activity.at_least", "activity.*.at_least"),
)


@algebra
def write(draft: Draft) -> None:
    """So many partnerships of those chosen are active at once.

    activity.at_least(y) ≤ Σ_{p,a} active[p,n,a]·take[p,n,a] ≤ activity.at_most(y)    at every node n
    """
    portfolio = draft.portfolio
    for limit in sorted(portfolio.instance.activity, key=lambda limit: limit.id):
        counted = np.array([chosen(limit, partnership) for partnership in portfolio.partnerships], dtype=float)
        for year in range(draft.years):
            arcs = portfolio.years[year]
            flow = portfolio.active[arcs.place] * counted[arcs.partnership]
            most, least = draft.most(year, flow), draft.least(year, flow)
            terms = [draft.along_nodes(year, flow)]
            if limit.at_most is not None and perhaps(most - at(limit.at_most, year), at(limit.at_most, year)):
                bound = at(limit.at_most, year)
                draft.limit(FAMILY, limit.id, year, terms, at_most=bound, reach=most - bound)
            if limit.at_least is not None and perhaps(at(limit.at_least, year) - least, at(limit.at_least, year)):
                bound = at(limit.at_least, year)
                draft.limit(FAMILY, limit.id, year, terms, at_least=bound, reach=bound - least)
