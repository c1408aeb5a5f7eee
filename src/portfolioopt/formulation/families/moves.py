"""Moves: decisions of some kinds, counted in the year they are taken.

Σ_{p, a decides} take[p,n,a] ≤ at_most(y)                         at every node
Σ_{m on the way to n} Σ_{p, a decides} take[p,m,a] ≤ at_most       total: at every node n of the last year
"""

import numpy as np

from portfolioopt.formulation.draft import Draft, Term, at, perhaps
from portfolioopt.language.families.moves import Moves
from portfolioopt.networks.tree import Floats

FAMILY = "moves"


def decisions(draft: Draft, year: int, kinds: tuple[str, ...]) -> Floats:
    """1 along every arc on which an action of these kinds is decided."""
    portfolio = draft.portfolio
    counts = np.array([*(action.kind in kinds for _, action in portfolio.actions), False], dtype=float)
    flow: Floats = counts[portfolio.years[year].decided]  # −1, no decision, reads the last entry
    return flow


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    for limit in sorted(draft.portfolio.instance.moves, key=lambda limit: limit.id):
        if limit.total:
            _over_the_horizon(draft, limit)
            continue
        for year in range(draft.years):
            flow = decisions(draft, year, limit.kinds)
            bound = at(limit.at_most, year)
            reach = draft.most(year, flow) - bound
            if not perhaps(reach, bound):
                continue
            draft.limit(FAMILY, limit.id, year, [draft.along_nodes(year, flow)], at_most=bound, reach=reach)


def _over_the_horizon(draft: Draft, limit: Moves) -> None:
    tree = draft.portfolio.tree
    flows = [decisions(draft, year, limit.kinds) for year in range(draft.years)]
    bound = at(limit.at_most, 0)
    reach = sum(draft.most(year, flow) for year, flow in enumerate(flows)) - bound
    if not perhaps(reach, bound):
        return
    last = draft.years - 1
    terms: list[Term] = []
    for year, flow in enumerate(flows):
        columns, counts = draft.along_nodes(year, flow)
        on_the_way = tree.nodes.of[year, tree.nodes.first_scenario(last)]
        terms.append((columns[on_the_way], counts))
    draft.limit(FAMILY, limit.id, last, terms, at_most=bound, reach=reach)
