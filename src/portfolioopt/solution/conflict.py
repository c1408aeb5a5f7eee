"""Why nothing is feasible: a smallest set of named limits that no plan can keep together.

A set of limits conflicts if no plan keeps them all; every conflicting set shares a member with the complement of
every set that some plan does keep. So: find the smallest set that meets all complements known so far; if a plan keeps
it, what else that plan keeps gives a new complement; if not, no smaller conflict exists (implicit hitting sets,
Ignatiev, Previti, Liffiton and Marques-Silva 2015).
"""

from dataclasses import dataclass, replace

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.cuts import CUT
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.program import COSTS, hand_over
from portfolioopt.solution.stop import Stop

WITHIN = 1e-7
"""Relative violation up to which a solution is taken to keep a row."""


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot be kept together; `smallest` where no conflict with fewer members exists."""

    limits: tuple[str, ...]
    smallest: bool


def find_conflict(formulation: Formulation, stop: Stop) -> Conflict:
    """A smallest conflict, or the smallest one found in time."""
    owners = [
        "" if label.family in COSTS or (label.family == CUT and label.limit == "plan") else label.limit
        for label in formulation.labels
    ]
    names = sorted({name for name in owners if name})
    by_row = np.array([names.index(name) if name else -1 for name in owners], dtype=np.int64)
    complements: list[frozenset[int]] = []
    everything = frozenset(range(len(names)))
    while True:
        chosen = _smallest_hitting_set(len(names), complements)
        kept = _kept_together(formulation, by_row, chosen, stop)
        if kept is None:
            return Conflict(tuple(names[number] for number in sorted(chosen)), smallest=True)
        if stop.due or kept >= everything:
            return _shrunk(formulation, names, by_row, stop)
        complements.append(everything - kept)


def _smallest_hitting_set(size: int, sets: list[frozenset[int]]) -> frozenset[int]:
    if not sets:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, and only conflicts need it

    matrix = np.zeros((len(sets), size))
    for row, members in enumerate(sets):
        matrix[row, sorted(members)] = 1
    # of equally small sets the one of the first names, so that the answer does not depend on chance
    cost = 1 + np.arange(size) * 1e-6
    found = milp(
        cost, constraints=LinearConstraint(matrix, lb=1), integrality=np.ones(size, dtype=np.int64), bounds=Bounds(0, 1)
    )
    return frozenset(np.flatnonzero(np.asarray(found.x) > 0.5).tolist())


def _kept_together(
    formulation: Formulation, by_row: np.ndarray, chosen: frozenset[int], stop: Stop
) -> frozenset[int] | None:
    """All limits that some plan keeping the chosen ones keeps; None if no plan keeps those."""
    enforced = np.isin(by_row, sorted(chosen))
    program = hand_over(_without(formulation, enforced))
    ended = run(program, Settings("feasibility", feasibility_only=True), Stop(asked=stop.asked))
    if ended.ending == "infeasible":
        return None
    if ended.x is None:  # stopped: no more is known than what was asked for
        return chosen
    kept = _kept(formulation, by_row, program.whole(ended.x))
    return kept | chosen


def _without(formulation: Formulation, enforced: np.ndarray) -> Formulation:
    """Only the paths and the enforced rows."""
    rows = np.concatenate((np.ones(formulation.paths, dtype=bool), enforced))
    return replace(
        formulation,
        matrix=formulation.matrix[np.flatnonzero(rows)],
        row_lower=formulation.row_lower[rows],
        row_upper=formulation.row_upper[rows],
        labels=tuple(label for label, there in zip(formulation.labels, enforced.tolist(), strict=True) if there),
    )


def _kept(formulation: Formulation, by_row: np.ndarray, x: Floats) -> frozenset[int]:
    """Limits all of whose rows hold at a solution (columns that the solved rows did not need stand at 0)."""
    activity = (formulation.matrix @ x)[formulation.paths :]
    lower, upper = formulation.row_lower[formulation.paths :], formulation.row_upper[formulation.paths :]
    size = WITHIN * np.maximum(1.0, np.abs(np.where(np.isfinite(upper), upper, lower)))
    broken = (activity < lower - size) | (activity > upper + size)
    return frozenset(range(int(by_row.max(initial=-1)) + 1)) - frozenset(by_row[broken].tolist())


def _shrunk(formulation: Formulation, names: list[str], by_row: np.ndarray, stop: Stop) -> Conflict:
    """Time is up: all limits, less those without which the rest still conflicts."""
    left = frozenset(range(len(names)))
    for number in sorted(left):
        if stop.asked.is_set():
            break
        if _kept_together(formulation, by_row, left - {number}, stop) is None:
            left -= {number}
    return Conflict(tuple(names[number] for number in sorted(left)), smallest=False)
