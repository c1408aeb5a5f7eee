"""The LP relaxation of a program, kept open: rows can be added, and the simplex method goes on from where it was."""

import math
import time
from dataclasses import replace

import highspy
import numpy as np
import scipy.sparse as sp

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import coupling_matrix
from portfolioopt.formulation.draft import Row
from portfolioopt.solution.basis import Standing
from portfolioopt.solution.highs import Run, Settings, listen, opened, outcome
from portfolioopt.solution.program import row_scale
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.stop import Stop


class Relaxation:
    """Solves a program without whole numbers; later solves, after rows were added, start from the last basis."""

    def __init__(self, program: Program, name: str, stop: Stop, begin: tuple[Standing, Standing] | None = None) -> None:
        """`begin` is a basis, by column and row of the formulation, of this or a similar one."""
        self.program = program
        self._settings, self._stop = Settings(name, relaxed=True), stop
        self._log: list[str] = []
        self._solver = opened(program, self._settings, stop)
        if begin is not None:
            columns, rows = begin
            basis = highspy.HighsBasis()
            basis.col_status, basis.row_status = _kinds(columns[program.columns]), _kinds(rows[program.rows])
            basis.valid = basis.alien = True  # alien: HiGHS completes it
            if self._solver.setBasis(basis) == highspy.HighsStatus.kError:
                raise EngineFault("HiGHS does not take the basis")

    def solve(self) -> Run:
        """As `highs.run` without whole numbers."""
        began, first = time.perf_counter(), len(self._log)
        reached = listen(self._solver, self._settings, self._stop, self.program, self._log, None, None)
        if self._solver.run() == highspy.HighsStatus.kError:
            seconds = time.perf_counter() - began
            log = "".join(self._log[first:])
            return Run("stopped", None, -math.inf, math.inf, None, seconds, log, gap_reached=False)
        return outcome(self._solver, self.program, self._settings, began, "".join(self._log[first:]), reached)

    @property
    def basis(self) -> tuple[Standing, Standing]:
        """How the columns and rows of the program stand since the last solve."""
        ended = self._solver.getBasis()
        columns, rows = ([int(kind) for kind in standing] for standing in (ended.col_status, ended.row_status))
        return np.array(columns, dtype=np.uint8), np.array(rows, dtype=np.uint8)

    def add(self, rows: list[Row]) -> None:
        """Rows of the formulation at its end; they count on from the last row of the program."""
        program = self.program
        added = sp.csr_array(
            coupling_matrix(rows, program.width)[:, program.columns] @ sp.diags_array(program.column_scale)
        )
        scale = row_scale(added)
        added.data *= np.repeat(scale, np.diff(added.indptr))
        lower, upper = (scale * np.array([getattr(row, side) for row in rows]) for side in ("lower", "upper"))
        status = self._solver.addRows(
            len(rows),
            lower,
            upper,
            added.nnz,
            added.indptr[:-1].astype(np.int32),
            added.indices.astype(np.int32),
            added.data,
        )
        if status == highspy.HighsStatus.kError:
            raise EngineFault("HiGHS does not take more rows")
        self.program = replace(
            program,
            matrix=sp.csc_array(sp.vstack([program.matrix, added], format="csc")),
            row_lower=np.concatenate((program.row_lower, lower)),
            row_upper=np.concatenate((program.row_upper, upper)),
            rows=np.concatenate((program.rows, program.rows[-1] + 1 + np.arange(len(rows)))),
            row_scale=np.concatenate((program.row_scale, scale)),
        )


def _kinds(standing: Standing) -> list[highspy.HighsBasisStatus]:
    return [highspy.HighsBasisStatus(number) for number in standing.tolist()]
