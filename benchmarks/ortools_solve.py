"""CP-SAT or SCIP on a program's arrays, in a process of its own: OR-Tools brings a HiGHS that ours cannot stand beside.

python benchmarks/ortools_solve.py PROGRAM.npz ANSWER.npz sat|scip SECONDS GAP
"""

import sys
import time

import numpy as np
import scipy.sparse as sp
from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper, ModelSolverHelper  # type: ignore[import-not-found, unused-ignore]


def main(source: str, target: str, engine: str, time_limit: float, gap: float) -> None:
    """Solves and writes x, bound (no x where there is no plan) and seconds."""
    with np.load(source) as read:
        arrays = dict(read)
    matrix = sp.csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=arrays["shape"])
    began = time.perf_counter()
    model = ModelBuilderHelper()
    sides = (arrays["lower"], arrays["upper"], arrays["objective"], arrays["row_lower"], arrays["row_upper"])
    model.fill_model_from_sparse_data(*sides, matrix)
    model.set_maximize(True)
    for column in np.flatnonzero(arrays["integer"]).tolist():
        model.set_var_integrality(column, True)
    solver = ModelSolverHelper(engine)
    solver.set_time_limit_in_seconds(time_limit)
    one_thread = {
        # CP-SAT knows whole numbers only; without this it would count in ones our amounts, which run over about one
        "sat": f"num_workers:1 relative_gap_limit:{gap} mip_var_scaling:65536",
        "scip": f"limits/gap = {gap}\nparallel/maxnthreads = 1",
    }
    solver.set_solver_specific_parameters(one_thread[engine])
    solver.solve(model)
    answer = {"seconds": np.array(time.perf_counter() - began)}
    if solver.has_response() and solver.has_solution():
        answer["x"] = np.asarray(solver.variable_values(), dtype=float)
        answer["bound"] = np.array(solver.best_objective_bound())
    np.savez(target, **answer)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
