"""A model as HiGHS takes it: scaled rows and columns, and the way back. Loads fast: a process of its own needs it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse as sp

    from portfolioopt.formulation.part import Mask
    from portfolioopt.networks.tree import Floats, Ints

HAIR = 3.1e-8
"""Relative to the largest coefficient of a row, how much further it may be told to reach."""


@dataclass(frozen=True)
class Program:
    """maximize objective·x (times `objective_scale`, plus `constant`), scaled rows; columns and rows by number."""

    matrix: "sp.csc_array"
    row_lower: "Floats"
    row_upper: "Floats"
    lower: "Floats"
    upper: "Floats"
    objective: "Floats"
    objective_scale: float
    constant: float
    integer: "Mask"
    columns: "Ints"
    """column of the formulation for each column here"""
    rows: "Ints"
    """row of the formulation for each row here"""
    row_scale: "Floats"
    column_scale: "Floats"
    """x of the formulation = column_scale · x here"""
    impossible: tuple[int, ...]
    width: int
    """columns of the formulation"""
    takes: int
    """the first so many of them are arcs"""
    settled: "Ints"
    """columns of the formulation that are left out and not 0, ..."""
    settled_at: "Floats"
    """...and what they are: 1 for arcs"""

    @property
    def arcs(self) -> int:
        """How many of its columns are arcs."""
        return int(np.count_nonzero(self.columns < self.takes))

    def money(self, row_dual: "Floats") -> "Floats":
        """Money per unit of the first so many rows, from their duals here."""
        count = len(row_dual)
        return row_dual * self.row_scale[:count] * self.objective_scale

    def whole(self, x: "Floats") -> "Floats":
        """A solution in the columns of the formulation; those left out are 0."""
        full = np.zeros(self.width)
        full[self.settled] = self.settled_at
        full[self.columns] = x * self.column_scale
        return full

    def within(self, full: "Floats") -> "Floats | None":
        """The way there: a solution in the columns here; None if it takes an arc that is left out."""
        arcs = np.flatnonzero(full[: self.takes] > 0.5)
        known = np.concatenate((self.columns[self.columns < self.takes], self.settled[self.settled < self.takes]))
        if not np.isin(arcs, known).all():
            return None
        x: Floats = full[self.columns] / self.column_scale
        return x
