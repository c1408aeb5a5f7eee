"""A bound from single scenarios: each decided by itself, with worths that make it agree with the others where it must.

Give every column of the tree to the scenarios that share it, its objective split between them in any way: what each
scenario is worth at most by itself, added up, is a bound on what all are worth together (Lagrangian decomposition by
scenario; Carøe and Schultz 1999). The split that loses nothing in the LP relaxation follows from the prices λ of the
coupling rows and from what the years after each place are worth at these prices, W (`prices.py`). With s(n,w) the
probability of scenario w within a node, and m the child of n on the path of w, an arc a at n is worth to w

    c[w,a] = s(n,w)·(c[a] − λ·A[a] + Σ_children k W(k, target)) − s(m,w)·W(m, target) + Σ_rows r of w s(r,w)·λ[r]·A[r,a]

so that a scenario pays for leaving places that the others need, and is paid for reaching them. In whole numbers single
scenarios leave far less of a gap than the tree, and each is a small model of one path.
"""

import math
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.prices import PriceList, onward

Table = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Shared:
    """Which scenarios each column and row of a formulation is for."""

    columns: Table
    """[columns, scenarios]"""
    rows: Table
    """[rows, scenarios]"""
    probability: Floats
    """[scenarios]"""

    def shares(self, members: Table) -> Floats:
        """[…, scenarios] How much of each is a scenario's, by probability; equal shares where that is 0."""
        weight = members * self.probability
        total = weight.sum(axis=1, keepdims=True)
        even = members / np.maximum(members.sum(axis=1, keepdims=True), 1)
        found: Floats = np.where(total > 0, weight / np.where(total > 0, total, 1.0), even)
        return found


def shared(formulation: Formulation) -> Shared:
    """Which scenarios share what."""
    portfolio = formulation.portfolio
    nodes, histories = portfolio.tree.nodes, portfolio.capital_histories()
    futures = len(portfolio.tree.scenarios)
    columns = np.zeros((len(formulation.lower), futures), dtype=bool)
    last = np.zeros(len(formulation.lower), dtype=np.int64)
    for year, arcs in enumerate(portfolio.years):
        of_node = nodes.of[year][None, :] == np.arange(nodes.count[year])[:, None]
        columns[formulation.year_columns(year)] = np.repeat(of_node, arcs.size, axis=0)
        last[formulation.year_columns(year)] = year
    rows = np.zeros((len(formulation.row_lower), futures), dtype=bool)
    # a path row at a node holds the arcs out of a place there, and those into it at the parent
    for row in range(formulation.paths):
        held = formulation.matrix.indices[formulation.matrix.indptr[row] : formulation.matrix.indptr[row + 1]]
        rows[row] = columns[held[np.argmax(last[held])]]
    for row, label in enumerate(formulation.labels, start=formulation.paths):
        if label.family == "risk":
            rows[row, label.group] = True
        else:
            groups = histories if label.family == "capital" else nodes
            rows[row] = groups.of[label.year] == label.group
    others = formulation.others_by_row.tocoo()
    for future in range(futures):
        columns[formulation.takes + others.col[rows[others.row, future]], future] = True
    columns[~columns.any(axis=1)] = True  # in no row: everybody's
    # a row that joins scenarios (a plan that was refused, a condition on the mean) is nobody's: its price remains
    entry = sp.coo_array(formulation.matrix)
    for future in range(futures):
        rows[entry.row[~columns[entry.col, future]], future] = False
    probability = np.array([nodes.probability[-1][nodes.of[-1, w]] for w in range(futures)])
    return Shared(columns, rows, probability)


@dataclass(frozen=True)
class Apart:
    """What is left of a formulation for one scenario."""

    formulation: Formulation
    columns: Mask
    """[columns] its own"""
    bound: float
    """on what it is worth, from prices alone"""

    def moved(self, worth: Floats) -> "Apart":
        """The same with other worths of its arcs; its bound is not known."""
        objective = self.formulation.objective.copy()
        objective[: len(worth)] += worth
        return replace(self, formulation=replace(self.formulation, objective=objective), bound=math.inf)


def apart(formulation: Formulation, prices: Floats, split: Shared) -> list[Apart]:
    """Every scenario by itself; what all are worth at most, added up, is a bound on the worth of the whole."""
    matrix = sp.csr_array(formulation.matrix)
    coupling = matrix[formulation.paths :]
    reduced = formulation.objective - coupling.T @ prices
    mine, rows = split.shares(split.columns), split.shares(split.rows)
    _, follows = onward(formulation, reduced[: formulation.takes])
    nobodys = np.flatnonzero(~split.rows[formulation.paths :].any(axis=1) & (prices != 0))
    lower, upper = formulation.row_lower[formulation.paths :], formulation.row_upper[formulation.paths :]
    sides = np.where(prices > 0, upper, lower)[nobodys]
    constant = formulation.constant + float(prices[nobodys] @ sides)
    found: list[Apart] = []
    for future in range(len(split.probability)):
        objective = mine[:, future] * reduced + coupling.T @ (rows[formulation.paths :, future] * prices)
        objective[: formulation.takes] += _places(formulation, mine[:, future], follows, future)
        own = split.rows[:, future]
        alone = replace(
            formulation,
            objective=np.where(split.columns[:, future], objective, 0.0),
            constant=constant / len(split.probability),
            matrix=matrix[np.flatnonzero(own)],
            row_lower=formulation.row_lower[own],
            row_upper=formulation.row_upper[own],
            paths=int(own[: formulation.paths].sum()),
            labels=tuple(compress(formulation.labels, own[formulation.paths :].tolist())),
        )
        shares = (rows[formulation.paths :, future] * prices)[own[formulation.paths :]]
        found.append(Apart(alone, split.columns[:, future], PriceList(alone).evaluate(shares, losses=False).bound))
    return found


def agreeing(split: Shared, taken: list[Floats]) -> list[Floats]:
    """[scenarios][take columns] By how much each scenario's arcs differ from the mean of those that share them: moving
    the worths against it brings scenarios to agree (a subgradient step), and leaves their sum as it is.
    """
    own = split.columns[: len(taken[0])]
    mean = np.sum(taken, axis=0) / own.sum(axis=1)
    return [np.where(own[:, future], arcs - mean, 0.0) for future, arcs in enumerate(taken)]


def _places(formulation: Formulation, mine: Floats, after: list[Floats], future: int) -> Floats:
    """[take columns] What reaching its target is worth to a scenario beyond its share of what follows."""
    nodes = formulation.portfolio.tree.nodes
    worth = np.zeros(formulation.takes)
    for year, arcs in enumerate(formulation.portfolio.years[:-1]):
        node, child = int(nodes.of[year, future]), int(nodes.of[year + 1, future])
        start = formulation.take_start[year] + node * arcs.size
        children = np.flatnonzero(nodes.parent[year + 1] == node)
        follows = after[year + 1][children].sum(axis=0)
        own = formulation.take_start[year + 1] + child * formulation.portfolio.years[year + 1].size
        worth[start : start + arcs.size] = (mine[start] * follows - mine[own] * after[year + 1][child])[arcs.target]
    return worth
