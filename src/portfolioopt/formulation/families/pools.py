"""Volume pools: the total provided of a capability earns along a curve of any shape."""

from itertools import pairwise

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.pools import Pool
from portfolioopt.language.values import Curve
from portfolioopt.networks.tree import Floats, Ints

FAMILY = "pools"
SYMBOLS = (
    Symbol("fill", "[n,i]", "how much of the total provided lies in piece i of the curve", "pools_fill"),
    Symbol("open", "[n,j]", "1 where run j may be filled: all pieces before it are full", "pools_open"),
    Symbol("pools.length", "[i]", "length of piece i", "Pool.curve", "pools.*.curve"),
    Symbol("pools.slope", "[i]", "benefit of one more in piece i", "Pool.curve", "pools.*.curve"),
)


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
            fill = _filled(draft, pool, year, provided, cut)
            _in_order(draft, pool, year, fill, cut)


@algebra
def _filled(draft: Draft, pool: Pool, year: int, provided: Floats, cut: list[tuple[float, float]]) -> Ints:
    """The total provided fills the pieces of the curve one after the other.

        Σ_{p,a} provides[p,n,a]·take[p,n,a] = Σ_i fill[n,i]    at every node n, for every pool
        0 ≤ fill[n,i] ≤ pools.length[i]    beyond the last point there is one more piece, of slope 0
        joint(n): Σ_i pools.slope[i]·fill[n,i]

    Where slopes fall, filling in order pays by itself.
    """
    lengths, slopes = np.array(cut).T
    fill = draft.columns_at_nodes(year, "pools_fill", 0.0, lengths)
    draft.earn(year, fill, slopes)
    terms: list[Term] = [draft.along_nodes(year, provided), (fill, -1.0)]
    draft.row(FAMILY, pool.id, year, terms, lower=0.0, upper=0.0)
    return fill


@algebra
def _in_order(draft: Draft, pool: Pool, year: int, fill: Ints, cut: list[tuple[float, float]]) -> None:
    """Where a piece is steeper than the one before, a binary keeps the order; runs of falling slopes share one.

        fill[n,i] ≥ pools.length[i]·open[n,j]    for every piece i of the run before j, at every node n
        fill[n,i] ≤ pools.length[i]·open[n,j]    for every piece i of run j
        open[n,j] ∈ {0, 1}

    The incremental formulation of Markowitz and Manne (1957); Padberg (2000).
    """
    lengths, slopes = np.array(cut).T
    steeper = np.concatenate(([False], slopes[1:] > slopes[:-1] + 1e-12 * np.abs(slopes[:-1])))
    run = np.cumsum(steeper)
    for j in range(1, int(run[-1]) + 1):
        opened = draft.columns_at_nodes(year, "pools_open", 0.0, 1.0, binary=True)
        for i in np.flatnonzero(run == j - 1).tolist():
            terms: list[Term] = [(fill[:, i : i + 1], 1.0), (opened, -lengths[i])]
            draft.row(FAMILY, pool.id, year, terms, lower=0.0)
        for i in np.flatnonzero(run == j).tolist():
            terms = [(fill[:, i : i + 1], 1.0), (opened, -lengths[i])]
            draft.row(FAMILY, pool.id, year, terms, upper=0.0)
