"""Activity, at every node: at_least(y) ≤ Σ_{p chosen} active[p,n] ≤ at_most(y), active a sum of arcs."""

import numpy as np

from portfolioopt.formulation.draft import Draft, at, perhaps
from portfolioopt.language.families.activity import chosen

FAMILY = "activity"


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
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
