"""Coordination: live interfaces cost money along a convex curve."""

from itertools import pairwise

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term
from portfolioopt.formulation.symbols import Symbol

FAMILY = "coordination"
SYMBOLS = (
    Symbol("interfaces", "[p,n,a]", "live interfaces along an arc", "State.interfaces",
           "partnerships.*.states.*.interfaces"),
    Symbol("load", "[n,i]", "interfaces that lie in piece i of the curve", "coordination_load"),
    Symbol("coordination.length", "[i]", "length of piece i", "Coordination.curve", "coordination.curve"),
    Symbol("coordination.slope", "[i]", "cost of one more interface in piece i", "Coordination.curve",
           "coordination.curve"),
)  # fmt: skip


@algebra
def write(draft: Draft) -> None:
    """Live interfaces fill the pieces of the curve, the cheapest first by itself, as it is convex.

    Σ_{p,a} interfaces[p,n,a]·take[p,n,a] = Σ_i load[n,i]    at every node n
    0 ≤ load[n,i] ≤ coordination.length[i]    the last piece is as long as needed
    joint(n): − Σ_i coordination.slope[i]·load[n,i]
    """
    portfolio = draft.portfolio
    coordination = portfolio.instance.coordination
    if coordination is None or len(coordination.curve) < 2:
        return
    points = [(float(x), float(y)) for x, y in coordination.curve]
    slopes = np.array([(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)])
    carried = portfolio.carried(("interfaces", ""))
    for year in range(draft.years):
        interfaces = portfolio.along(year, carried)
        most = draft.most(year, interfaces)
        lengths = np.array([max(min(x1, most) - x0, 0.0) for (x0, _), (x1, _) in pairwise(points)])
        lengths[-1] = max(most - points[-2][0], 0.0)
        kept = lengths > 0
        if not np.any(slopes[kept]):
            continue
        load = draft.columns_at_nodes(year, "coordination_load", 0.0, lengths[kept])
        draft.earn(year, load, -slopes[kept])
        terms: list[Term] = [draft.along_nodes(year, interfaces), (load, -1.0)]
        draft.row(FAMILY, FAMILY, year, terms, lower=0.0, upper=0.0)
