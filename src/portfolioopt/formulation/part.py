"""A part of a formulation: some of its columns, and what its rows then still say.

Columns that are left out are 0. Where only one life of a partnership is kept, that life is settled: its arcs are 1,
and what they use and earn is folded into the sides of the rows and the constant.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import ROUNDING
from portfolioopt.networks.tree import Floats, Ints

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
NOTHING = 1e-9
"""What a row without columns may be away from zero, left by sums of fixed columns."""


@dataclass(frozen=True)
class Part:
    """maximize objective[columns]·x + constant, row_lower ≤ matrix·x ≤ row_upper."""

    formulation: Formulation
    columns: Ints
    """columns of the formulation, ascending"""
    rows: Ints
    """rows of the formulation that hold one of them, ascending"""
    matrix: sp.csr_array
    """[rows, columns]"""
    row_lower: Floats
    row_upper: Floats
    constant: float
    settled: Ints
    """columns of the formulation that are 1 and left out"""
    impossible: tuple[int, ...]
    """rows of the formulation that no column is left to satisfy"""


def whole(formulation: Formulation) -> Part:
    """All of it."""
    return _part(
        formulation,
        np.arange(len(formulation.objective)),
        np.zeros(0, dtype=np.int64),
        formulation.matrix,
        formulation.row_lower,
        formulation.row_upper,
        formulation.constant,
    )


def part(formulation: Formulation, kept: Mask) -> Part:
    """What is kept of it, with single lives settled."""
    settled = _settled(formulation, kept)
    open_columns = kept.copy()
    open_columns[settled] = False
    columns = np.flatnonzero(open_columns)
    taken = formulation.by_column[:, settled]
    one = np.ones(len(settled))
    use, size = taken @ one, abs(taken) @ one
    return _part(
        formulation,
        columns,
        settled,
        sp.csr_array(formulation.by_column[:, columns]),
        _left(formulation.row_lower, use, size),
        _left(formulation.row_upper, use, size),
        formulation.constant + float(formulation.objective[settled].sum()),
    )


def _part(
    formulation: Formulation,
    columns: Ints,
    settled: Ints,
    matrix: sp.csr_array,
    row_lower: Floats,
    row_upper: Floats,
    constant: float,
) -> Part:
    filled = np.diff(matrix.indptr) > 0
    rows = np.flatnonzero(filled)
    impossible = np.flatnonzero(~filled & ((row_lower > NOTHING) | (row_upper < -NOTHING)))
    return Part(
        formulation,
        columns,
        rows,
        matrix if len(rows) == matrix.shape[0] else matrix[rows],
        row_lower[rows],
        row_upper[rows],
        constant,
        settled,
        tuple(impossible.tolist()),
    )


def _settled(formulation: Formulation, kept: Mask) -> Ints:
    """Arcs of the partnerships that have one arc left at every node."""
    portfolio = formulation.portfolio
    count = portfolio.tree.nodes.count
    single = np.ones(len(portfolio.partnerships), dtype=bool)
    for year, arcs in enumerate(portfolio.years):
        chosen = kept[formulation.year_columns(year)].reshape(count[year], arcs.size)
        for node in range(count[year]):
            single &= np.bincount(arcs.partnership[chosen[node]], minlength=len(single)) == 1
    columns = [
        formulation.year_columns(year).start
        + np.flatnonzero(kept[formulation.year_columns(year)] & np.tile(single[arcs.partnership], count[year]))
        for year, arcs in enumerate(portfolio.years)
    ]
    return np.concatenate(columns)


def _left(side: Floats, use: Floats, size: Floats) -> Floats:
    """A side less what is used of it, and 0 where rounding alone is left."""
    rest = side - use
    only_rounding = np.abs(rest) <= 10 * ROUNDING * np.maximum(np.abs(side), size)
    left: Floats = np.where(np.isfinite(side) & only_rounding, 0.0, rest)
    return left
