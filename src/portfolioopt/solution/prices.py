"""Prices of the coupling rows, and what they prove without any solver.

Take any prices λ of the rows that couple partnerships (λ ≥ 0 where the row is an upper limit, ≤ 0 where it is a lower
one). Then no plan is worth more than

    Σ_i λ_i·b_i + Σ_{other columns j} max over their bounds of (c_j − λ·A_j)·x_j + Σ_p best life of p at c − λ·A

(Lagrangian relaxation; Everett 1963, Geoffrion 1974). The best lives are one backward sweep over all networks and the
whole tree at once. A forward sweep beside it gives, for every arc, the best total of any life through it: an arc
whose total falls short of a known plan cannot be part of a better one.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats, Ints

ROUNDING = 1e-12
"""Relative allowance for the rounding of the sums in a bound."""


@dataclass(frozen=True)
class Priced:
    """A bound on the objective, and how far it falls if an arc must be taken."""

    prices: Floats
    """[coupling rows] money per unit"""
    bound: float
    loss: Floats
    """[take columns] bound − best total of any life through the arc, 0 on the best lives"""
    reduced: Floats
    """[all columns] c − λ·A over the coupling rows"""


class PriceList:
    """Bounds for any prices of one formulation; keeps what does not change between calls."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        coupling = formulation.matrix[formulation.paths :]
        self._transposed = sp.csr_array(coupling.T)
        self._lower = formulation.row_lower[formulation.paths :]
        self._upper = formulation.row_upper[formulation.paths :]
        self._other = np.arange(formulation.takes, len(formulation.objective))

    def evaluate(self, prices: Floats, *, losses: bool = True) -> Priced:
        """The bound at these prices ([coupling rows], wrong signs are set to 0)."""
        formulation = self._formulation
        prices = np.where(np.isneginf(self._lower), np.maximum(prices, 0), prices)
        prices = np.where(np.isposinf(self._upper), np.minimum(prices, 0), prices)
        side = np.where(prices >= 0, self._upper, self._lower)
        reduced = formulation.objective - self._transposed @ prices
        worth = float(np.dot(prices[prices != 0], side[prices != 0]))
        rest = reduced[self._other]
        boxes = np.where(rest > 0, rest * formulation.upper[self._other], rest * formulation.lower[self._other])
        starts, loss = sweep(formulation, reduced[: formulation.takes], losses=losses)
        bound = worth + float(boxes.sum()) + float(starts.sum()) + formulation.constant
        size = float(
            np.abs(prices * np.where(np.isfinite(side), side, 0)).sum() + np.abs(boxes).sum() + np.abs(starts).sum()
        )
        return Priced(prices, bound + ROUNDING * size, loss, reduced)


def sweep(formulation: Formulation, worth: Floats, *, losses: bool = True) -> tuple[Floats, Floats]:
    """Best total by partnership over all lives, and for every arc how far the best life through it falls short.

    Backward, over the nodes of every year at once, with W(n, q) the best total from node n on, coming from place q:

        W(n, q) = max over arcs a out of q of  worth[n, a] + Σ_{children m of n} W(m, target(a))
    """
    portfolio = formulation.portfolio
    tree = portfolio.tree
    totals, best = onward(formulation, worth)
    if not losses:
        return best[0].sum(axis=0), np.zeros(0)
    # forward: how far the best life through a slot falls short, added along the way
    loss = np.zeros(formulation.takes)
    short_before = np.zeros((1, len(portfolio.partnerships)))
    for year, arcs in enumerate(portfolio.years):
        short = (best[year][:, arcs.source] - totals[year]) + short_before[tree.nodes.parent[year]][:, arcs.source]
        loss[formulation.year_columns(year)] = short.ravel()
        reached = np.full((tree.nodes.count[year], arcs.slots), np.inf)
        for node in range(tree.nodes.count[year]):
            np.minimum.at(reached[node], arcs.target, short[node])
        short_before = reached
    return best[0].sum(axis=0), loss


def onward(formulation: Formulation, worth: Floats) -> tuple[list[Floats], list[Floats]]:
    """By year: the best total of a life from an arc on ([nodes, arcs]), and from a place on ([nodes, slots before])."""
    years = len(formulation.portfolio.years)
    totals: list[Floats] = [np.zeros(0)] * years
    best: list[Floats] = [np.zeros(0)] * years
    for year in reversed(range(years)):
        totals[year] = totals_from(formulation, worth, year, best)
        best[year] = np.maximum.reduceat(totals[year], arc_starts(formulation.portfolio.years[year].source), axis=1)
    return totals, best


def totals_from(formulation: Formulation, worth: Floats, year: int, onward_from: list[Floats]) -> Floats:
    """[nodes, arcs] What an arc and the years after it are worth, if those are worth `onward_from` ([nodes, slots])."""
    tree, arcs = formulation.portfolio.tree, formulation.portfolio.years[year]
    total = worth[formulation.year_columns(year)].reshape(tree.nodes.count[year], arcs.size)
    if year + 1 == len(onward_from):
        return total
    onward = np.zeros((tree.nodes.count[year], arcs.slots))
    for child, parent in enumerate(tree.nodes.parent[year + 1].tolist()):
        onward[parent] += onward_from[year + 1][child]
    through: Floats = total + onward[:, arcs.target]
    return through


def arc_starts(source: Ints) -> Ints:
    """Where the arcs out of each slot begin (arcs are sorted by source, every slot has one)."""
    return np.flatnonzero(np.concatenate(([True], source[1:] != source[:-1])))
