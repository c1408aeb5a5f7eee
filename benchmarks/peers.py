"""Other ways to do the same work on the same rows: raw arrays as the floor, HiGHS without restrictions, and, where
installed, linopy, CP-SAT and SCIP (the last two through OR-Tools, which brings both).
"""

import importlib.util
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from portfolioopt import Instance
from portfolioopt.formulation.build import formulate
from portfolioopt.language.model import Model
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.highs import Progress, Run, Settings, Stop, run
from portfolioopt.solution.program import Program, hand_over

GAP = 1e-4
"""Relative gap at which every engine may stop; the model's default."""


@dataclass(frozen=True)
class Ended:
    """How a peer's solve ended, in the units of the instance; x in the columns of the program."""

    x: Floats | None
    value: float
    bound: float
    seconds: float


def installed(module: str) -> bool:
    """Whether an optional peer can be imported."""
    return not module or importlib.util.find_spec(module) is not None


def pass_arrays(program: Program) -> highspy.Highs:
    """The floor of every hand-over: finished arrays straight to HiGHS."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.columns), len(program.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.objective, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.matrix.indptr, program.matrix.indices
    lp.a_matrix_.value_ = program.matrix.data
    kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
    lp.integrality_ = kinds[program.integer.astype(int)].tolist()
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS does not take the model")
    return solver


def pass_linopy(program: Program) -> highspy.Highs:
    """The same rows as linopy expressions: rows of like length together, so that little is padded."""
    import linopy  # type: ignore[import-not-found, unused-ignore]
    import xarray  # type: ignore[import-not-found, unused-ignore]

    model = linopy.Model()
    rows = sp.csr_array(program.matrix)
    variables = []
    for name, kind in (("amount", False), ("take", True)):
        numbers = np.flatnonzero(program.integer == kind)
        if len(numbers):
            bounds = {"lower": program.lower[numbers], "upper": program.upper[numbers]}
            made = model.add_variables(**bounds, coords=[numbers], name=name, integer=kind)
            variables.append((numbers, np.asarray(made.labels)))
    label = np.zeros(len(program.columns), dtype=np.int64)
    for numbers, labels in variables:
        label[numbers] = labels

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
    with _silenced():
        solver: highspy.Highs = model.to_highspy()
    return solver


@contextmanager
def _silenced() -> Iterator[None]:
    """Keeps the banner of HiGHS from between our lines; it does not go through Python's `sys.stdout`."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def plain_highs(
    instance: Instance, model: Model, time_limit: float, progress: Progress | None = None
) -> tuple[Program, Run]:
    """HiGHS on all rows and columns from cold, under our tolerances; the time limit includes the writing."""
    stop = Stop(time.perf_counter() + time_limit)
    program = hand_over(formulate(lay_out(instance), model))
    return program, run(program, Settings("plain HiGHS", gap=GAP), stop, progress)


def through_ortools(program: Program, engine: str, time_limit: float) -> Ended:
    """CP-SAT ("sat") or SCIP ("scip") on the same matrix, with its own tolerances, one thread."""
    rows = sp.csr_array(program.matrix)
    sides = ("lower", "upper", "objective", "row_lower", "row_upper", "integer")
    with tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-") as folder:
        source, target = Path(folder) / "program.npz", Path(folder) / "answer.npz"
        arrays = {name: getattr(program, name) for name in sides}
        np.savez(source, data=rows.data, indices=rows.indices, indptr=rows.indptr, shape=np.array(rows.shape), **arrays)
        command = [sys.executable, str(Path(__file__).with_name("ortools_solve.py")), str(source), str(target)]
        subprocess.run([*command, engine, str(time_limit), str(GAP)], check=True)
        with np.load(target) as read:
            answer = dict(read)
    seconds = float(answer["seconds"])
    if "x" not in answer:
        return Ended(None, -math.inf, math.inf, seconds)
    value, bound = float(program.objective @ answer["x"]), float(answer["bound"])
    scale, constant = program.objective_scale, program.constant
    return Ended(answer["x"], value * scale + constant, bound * scale + constant, seconds)
