"""Volume pools, at every node: the total provided fills the pieces of the curve one after the other.

    Σ provided = Σ_i fill[n,i],   0 ≤ fill[n,i] ≤ length_i;   NPV + Σ_i slope_i·fill[n,i]

Where slopes fall, filling in order pays by itself. Where a piece is steeper than the one before, a binary keeps the
order (incremental formulation, Markowitz and Manne 1957; Padberg 2000), runs of falling slopes sharing one:

    open[n,j] ≤ fill[n,i]/length_i for every piece i of the run before,   fill[n,i] ≤ length_i·open[n,j] in the run
"""

from itertools import pairwise

import numpy as np

from portfolioopt.formulation.draft import Draft, Term
from portfolioopt.language.values import Curve

FAMILY = "pools"


def pieces(curve: Curve, most: float) -> list[tuple[float, float]]:
    """(length, slope) of the curve's pieces up to the most that can be provided; flat beyond its last point."""
    points = [(float(x), float(y)) for x, y in curve]
    cut: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 < most:
            cut.append((min(x1, most) - x0, (y1 - y0) / (x1 - x0)))
    if points[-1][0] < most:
        cut.append((most - points[-1][0], 0.0))
    return cut


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    portfolio = draft.portfolio
    for pool in sorted(portfolio.instance.pools, key=lambda pool: pool.id):
        carried = portfolio.carried(("provides", pool.capability))
        for year in range(draft.years):
            provided = portfolio.along(year, carried)
            cut = pieces(pool.curve, draft.most(year, provided))
            if not any(slope for _, slope in cut):
                continue
            lengths = np.array([length for length, _ in cut])
            slopes = np.array([slope for _, slope in cut])
            steeper = np.concatenate(([False], slopes[1:] > slopes[:-1] + 1e-12 * np.abs(slopes[:-1])))
            run = np.cumsum(steeper)
            fill = draft.columns_at_nodes(year, "pools_fill", 0.0, lengths)
            draft.earn(year, fill, slopes)
            terms: list[Term] = [draft.along_nodes(year, provided), (fill, -1.0)]
            draft.row(FAMILY, pool.id, year, terms, lower=0.0, upper=0.0)
            for j in range(1, int(run[-1]) + 1):
                opened = draft.columns_at_nodes(year, "pools_open", 0.0, 1.0, binary=True)
                for i in np.flatnonzero(run == j - 1).tolist():
                    terms = [(fill[:, i : i + 1], 1.0), (opened, -lengths[i])]
                    draft.row(FAMILY, pool.id, year, terms, lower=0.0)
                for i in np.flatnonzero(run == j).tolist():
                    terms = [(fill[:, i : i + 1], 1.0), (opened, -lengths[i])]
                    draft.row(FAMILY, pool.id, year, terms, upper=0.0)
