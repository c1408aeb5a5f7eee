"""Coordination, at every node: live interfaces fill the pieces of a convex curve, the cheapest first by itself.

Σ interfaces = Σ_i load[n,i],   0 ≤ load[n,i] ≤ length_i (the last piece as long as needed);
NPV − Σ_i slope_i·load[n,i]
"""

from itertools import pairwise

import numpy as np

from portfolioopt.formulation.draft import Draft, Term

FAMILY = "coordination"


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
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
