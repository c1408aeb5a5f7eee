"""A part of a formulation: some of its columns, and what its rows then still say.

Columns that are left out are 0. Where only one arc of a partnership is kept at a node, that arc is settled: it is 1.
Other columns may be held at the values of a known solution. What settled and held columns use and earn is folded into
the sides of the rows and the constant.
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
TOLERATED = 1e-6
"""By how much a solution may break a row, relative to what is summed up: rows are widened by a hair where it was found.
"""


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
    """columns of the formulation that are left out and not 0, ..."""
    settled_at: Floats
    """...and what they are: 1 for arcs"""
    impossible: tuple[int, ...]
    """rows of the formulation that no column is left to satisfy"""


def whole(formulation: Formulation) -> Part:
    """All of it."""
    return _part(
        formulation,
        np.arange(len(formulation.objective)),
        (np.zeros(0, dtype=np.int64), np.zeros(0)),
        formulation.matrix,
        formulation.row_lower,
        formulation.row_upper,
        formulation.constant,
    )


def part(formulation: Formulation, kept: Mask) -> Part:
    """What is kept of it, with single arcs settled."""
    arcs, single = kept[: formulation.takes], _single(formulation, kept)
    open_columns = kept.copy()
    open_columns[: formulation.takes] = arcs & ~single
    settled, columns = np.flatnonzero(arcs & single), np.flatnonzero(open_columns)
    values = np.ones(len(settled))
    taken = formulation.by_column[:, settled]
    use, size = taken @ values, abs(taken) @ values
    return _part(
        formulation,
        columns,
        (settled, values),
        sp.csr_array(formulation.by_column[:, columns]),
        _left(formulation.row_lower, use, 10 * ROUNDING * size),
        _left(formulation.row_upper, use, 10 * ROUNDING * size),
        formulation.constant + float(formulation.objective[settled] @ values),
    )


def around(formulation: Formulation, arcs: Ints, at: Floats) -> Part:
    """What is left to decide near a solution ([columns of the formulation]) with these arcs open, ascending.

    Everything else is held at its values, but for columns other than arcs that share a row with an open arc, or hang on
    such columns by rows without arcs. Takes time with what is open, not with the size of the whole.
    """
    columns = np.concatenate((arcs, _reached(formulation, arcs)))
    rows = np.unique(formulation.by_column[:, columns].indices).astype(np.int64)
    inside = formulation.matrix[rows]
    outside = at.copy()
    outside[columns] = 0.0
    use, size = inside @ outside, abs(inside) @ np.abs(outside)
    now, tolerated = inside @ at, TOLERATED * (abs(inside) @ np.abs(at))
    lower, upper = formulation.row_lower[rows], formulation.row_upper[rows]
    # what the solution breaks by no more than a solver tolerates shall not leave it, or those near it, without a way
    lower = np.where((now < lower) & (now >= lower - tolerated), now, lower)
    upper = np.where((now > upper) & (now <= upper + tolerated), now, upper)
    settled = np.flatnonzero(outside)
    return Part(
        formulation,
        columns,
        rows,
        sp.csr_array(sp.csc_array(inside)[:, columns]),
        _left(lower, use, 10 * ROUNDING * size),
        _left(upper, use, 10 * ROUNDING * size),
        formulation.constant + float(formulation.objective[settled] @ outside[settled]),
        settled,
        outside[settled],
        (),
    )


def _part(
    formulation: Formulation,
    columns: Ints,
    settled: tuple[Ints, Floats],
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
        *settled,
        tuple(impossible.tolist()),
    )


def _single(formulation: Formulation, kept: Mask) -> Mask:
    """[takes] Where a partnership has one arc left at a node, or none."""
    portfolio = formulation.portfolio
    partnerships = len(portfolio.partnerships)
    single = np.zeros(formulation.takes, dtype=bool)
    for year, arcs in enumerate(portfolio.years):
        nodes, span = portfolio.tree.nodes.count[year], formulation.year_columns(year)
        owner = (np.arange(nodes)[:, None] * partnerships + arcs.partnership).ravel()
        left = np.bincount(owner[kept[span]], minlength=nodes * partnerships)
        single[span] = left[owner] <= 1
    return single


def _reached(formulation: Formulation, arcs: Ints) -> Ints:
    """Columns other than arcs that share a row with these, or hang on such columns by rows without arcs; ascending."""
    others, reached = formulation.others_by_row, np.zeros(0, dtype=np.int64)
    rows = np.unique(formulation.by_column[:, arcs].indices)
    while len(rows):
        fresh = np.setdiff1d(others[rows].indices, reached)
        reached = np.union1d(reached, fresh)
        rows = np.unique(formulation.by_column[:, fresh + formulation.takes].indices)
        rows = rows[~formulation.rows_with_arcs[rows]]
        if not len(fresh):
            break
    return reached + formulation.takes


def _left(side: Floats, use: Floats, rounding: Floats) -> Floats:
    """A side less what is used of it, and 0 where rounding alone is left."""
    rest = side - use
    only_rounding = np.abs(rest) <= np.maximum(rounding, 10 * ROUNDING * np.abs(side))
    left: Floats = np.where(np.isfinite(side) & only_rounding, 0.0, rest)
    return left
