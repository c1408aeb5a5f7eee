"""Partnerships that are left one life only: what they take is settled, and leaves the rows before HiGHS sees them."""

from dataclasses import replace

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import ROUNDING
from portfolioopt.formulation.pyomo_model import Mask
from portfolioopt.networks.tree import Floats, Ints


def settled(formulation: Formulation, kept: Mask) -> tuple[Formulation, Ints]:
    """What is left where `kept` leaves some partnerships one life only: those arcs, taken, are folded into the
    bounds of the rows and the constant. Returns the rest and the columns that are settled.
    """
    taken = _only_lives(formulation, kept)
    x = np.zeros(len(formulation.objective))
    x[taken] = 1
    use, size = formulation.matrix @ x, abs(formulation.matrix) @ x

    def left(side: Floats) -> Floats:
        rest = side - use
        only_rounding = np.abs(rest) <= 10 * ROUNDING * np.maximum(np.abs(side), size)
        kept: Floats = np.where(np.isfinite(side) & only_rounding, 0.0, rest)
        return kept

    rest = replace(
        formulation,
        row_lower=left(formulation.row_lower),
        row_upper=left(formulation.row_upper),
        constant=formulation.constant + float(formulation.objective[taken].sum()),
    )
    return rest, taken


def _only_lives(formulation: Formulation, kept: Mask) -> Ints:
    """Columns of the partnerships that have one arc a year at every node."""
    portfolio = formulation.portfolio
    nodes = portfolio.tree.nodes.count
    single = np.ones(len(portfolio.partnerships), dtype=bool)
    for year, arcs in enumerate(portfolio.years):
        chosen = kept[formulation.year_columns(year)].reshape(nodes[year], arcs.size)
        for node in range(nodes[year]):
            single &= np.bincount(arcs.partnership[chosen[node]], minlength=len(single)) == 1
    columns = [
        formulation.year_columns(year).start
        + np.flatnonzero(kept[formulation.year_columns(year)] & np.tile(single[arcs.partnership], nodes[year]))
        for year, arcs in enumerate(portfolio.years)
    ]
    return np.concatenate(columns)
