"""The matrix of an instance as arrays in a file: what portfolioopt would hand to HiGHS, for peers to take.

Reading it needs numpy and scipy alone, so that a peer's process holds the peer and nothing of ours.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from portfolioopt.solution.scaled import Program

Array = np.ndarray[Any, np.dtype[Any]]
PLAIN = ("row_lower", "row_upper", "lower", "upper", "objective", "integer", "columns", "column_scale", "settled")


@dataclass(frozen=True)
class Matrix:
    """maximize (objective·x)·objective_scale + constant, row_lower ≤ matrix·x ≤ row_upper, lower ≤ x ≤ upper."""

    matrix: sp.csc_array
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array
    objective: Array
    integer: Array
    objective_scale: float
    constant: float
    columns: Array
    """column of the formulation for each column here"""
    column_scale: Array
    settled: Array
    width: int
    """columns of the formulation"""

    def worth(self, amount: float) -> float:
        """An objective of the matrix in the units of the instance."""
        return amount * self.objective_scale + self.constant

    def value(self, x: Array) -> float:
        """What a solution is worth, in the units of the instance."""
        return self.worth(float(self.objective @ x))

    def whole(self, x: Array) -> Array:
        """A solution in the columns of the formulation."""
        full = np.zeros(self.width)
        full[self.settled] = 1
        full[self.columns] = x * self.column_scale
        return full


def write_matrix(program: "Program", path: Path) -> None:
    """A program of ours as arrays."""
    arrays: dict[str, Any] = {name: getattr(program, name) for name in PLAIN}
    arrays |= {"data": program.matrix.data, "indices": program.matrix.indices, "indptr": program.matrix.indptr}
    arrays |= {"objective_scale": program.objective_scale, "constant": program.constant, "width": program.width}
    np.savez(path, **arrays)


def read_matrix(path: Path) -> Matrix:
    """What `write_matrix` wrote."""
    with np.load(path) as file:
        read = dict(file)
    shape = (len(read["row_lower"]), len(read["lower"]))
    return Matrix(
        matrix=sp.csc_array((read["data"], read["indices"], read["indptr"]), shape=shape),
        objective_scale=float(read["objective_scale"]),
        constant=float(read["constant"]),
        width=int(read["width"]),
        **{name: read[name] for name in PLAIN},
    )
