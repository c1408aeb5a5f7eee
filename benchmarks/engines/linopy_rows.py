"""linopy: the same rows as its expressions, handed to HiGHS by its own direct way."""

import os
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.answers import Answer, timed
from benchmarks.matrix import Matrix
from benchmarks.output import output_to
from benchmarks.stage import Limits, Stage


def hand_over(stage: Stage, limits: Limits) -> Answer:
    """From arrays through linopy into HiGHS."""
    import linopy  # noqa: F401 - loaded here, so that loading is not timed

    matrix = stage.matrix
    return timed(lambda: pass_linopy(matrix), limits.repeats)


def pass_linopy(program: Matrix) -> Any:
    """Rows of like length together, so that little is padded: as well as we know how to use it."""
    import linopy
    import xarray

    model = linopy.Model()
    rows = sp.csr_array(program.matrix)
    label = np.zeros(rows.shape[1], dtype=np.int64)
    for name, kind in (("amount", False), ("take", True)):
        numbers = np.flatnonzero(program.integer == kind)
        if len(numbers):
            bounds = {"lower": program.lower[numbers], "upper": program.upper[numbers]}
            made = model.add_variables(**bounds, coords=[numbers], name=name, integer=kind)
            label[numbers] = np.asarray(made.labels)

    def expression(chosen: Any) -> Any:
        lengths = np.diff(rows.indptr)[chosen]
        place = np.arange(lengths.max())[None, :]
        there = place < lengths[:, None]
        position = np.where(there, rows.indptr[chosen][:, None] + place, 0)
        data = {
            "coeffs": (("row", "_term"), np.where(there, rows.data[position], np.nan)),
            "vars": (("row", "_term"), np.where(there, label[rows.indices[position]], -1)),
        }
        return linopy.LinearExpression(xarray.Dataset(data, coords={"row": chosen}), model)

    size = np.ceil(np.log2(np.maximum(np.diff(rows.indptr), 1))).astype(int)
    equal = program.row_lower == program.row_upper
    sides = (
        ("=", equal, program.row_upper),
        ("<=", ~equal & np.isfinite(program.row_upper), program.row_upper),
        (">=", ~equal & np.isfinite(program.row_lower), program.row_lower),
    )
    for sign, mine, right in sides:
        for width in np.unique(size[mine]).tolist():
            chosen = np.flatnonzero(mine & (size == width))
            limit = xarray.DataArray(right[chosen], coords={"row": chosen})
            model.add_constraints(expression(chosen), sign, limit, name=f"{width}{sign}")
    worth = np.flatnonzero(program.objective)
    goal = {"coeffs": (("_term",), program.objective[worth]), "vars": (("_term",), label[worth])}
    model.add_objective(linopy.LinearExpression(xarray.Dataset(goal), model), sense="max")
    with output_to(os.devnull):  # the banner of HiGHS
        return model.to_highspy()
