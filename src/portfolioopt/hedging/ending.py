"""From what all processes have found to a result that says what it is worth and how far it is proven."""

import math
import time
from dataclasses import dataclass, replace

from portfolioopt.audit import Auditor
from portfolioopt.errors import EngineFault
from portfolioopt.formulation.apart import alone
from portfolioopt.hedging.board import Board
from portfolioopt.hedging.case import Case
from portfolioopt.hedging.ranks import Ranks
from portfolioopt.plan import TODAY
from portfolioopt.result import Result, Status, Verification, make_result
from portfolioopt.solution.judgement import Candidate
from portfolioopt.solution.stop import Stop
from portfolioopt.solving import Session

ROUNDING = 1e-9
"""Relative difference up to which a value and a bound do not contradict each other."""


LEAST_TO_EXPLAIN = 2.0
"""Seconds to find out which limits clash, whatever time is left."""


@dataclass(frozen=True)
class Found:
    """What of a board the first process needs to know."""

    best: Candidate | None
    refused: int
    tried: int
    iterations: int
    bound: float
    proven: float
    again: float
    worth_again: float
    seconds_again: float
    infeasible: tuple[str, ...]
    set_up: bool = True
    """Whether there was time to set up the scenarios."""


def found_on(board: Board) -> Found:
    """What a process sends to the first one."""
    return Found(
        board.best,
        board.refused,
        board.tried,
        board.iterations,
        board.bound,
        board.proven,
        board.again,
        board.worth_again,
        board.seconds_again,
        tuple(board.infeasible),
    )


def together(boards: list[Found]) -> Found:
    """One account of all processes."""
    best = [board.best for board in boards if board.best is not None]
    return Found(
        max(best, key=lambda candidate: candidate.objective) if best else None,
        sum(board.refused for board in boards),
        sum(board.tried for board in boards),
        max(board.iterations for board in boards),
        min(board.bound for board in boards),
        min(board.proven for board in boards),
        min(board.again for board in boards),
        max(board.worth_again for board in boards),
        max(board.seconds_again for board in boards),
        tuple(sorted(name for board in boards for name in board.infeasible)),
    )


def result_of(case: Case, found: Found, ranks: Ranks, search: Stop, began: float, timings: dict[str, float]) -> Result:
    """The result; where some scenario has no plan of its own, a smallest set of limits that says why."""
    instance, model, best = case.instance, case.model, found.best
    auditor = Auditor(instance, model, case.against)
    today = auditor.audit(TODAY)
    final = None if best is None else auditor.afresh().audit(best.plan)
    if final is not None and best is not None and (not final.ok or final.objective != best.objective):
        raise EngineFault("the same plan was audited twice with different answers")
    bound = max(found.proven, found.again) if math.isfinite(found.again) else min(found.proven, found.bound)
    value = -math.inf if best is None else best.value
    verification = _verification(case, found, bound, value)
    conflict: tuple[str, ...] = ()
    smallest = False
    if best is None and found.infeasible:
        status: Status = "infeasible"
        names = ", ".join(found.infeasible[:3]) + (" and others" if len(found.infeasible) > 3 else "")
        reason = f"infeasible: no plan keeps all limits in {names}, not even one for that alone"
        bound = -math.inf
        left = max(began + float(case.solver.time_limit) - time.perf_counter(), LEAST_TO_EXPLAIN)
        only = Session().solve(alone(instance, found.infeasible[0]), model, time_limit=left)
        conflict, smallest = only.conflict, only.conflict_is_smallest
        said = f"Already {found.infeasible[0]} by itself, as if it were sure to come, has no plan."
        verification = replace(only.verification, said=f"{said} {only.verification.said}")
        if only.chosen is not None:
            raise EngineFault(f"two runs disagree on whether {found.infeasible[0]} has a plan")
    else:
        reached = bound - value <= float(case.solver.gap) * max(abs(value), 1e-9)
        status = "no_plan" if best is None else "optimal" if reached else "feasible"
        reason = "gap reached" if reached else _why(case, found, search)
    timings["total"] = time.perf_counter() - began
    return make_result(
        instance,
        model,
        status=status,
        stop_reason=reason,
        plan=None if best is None else best.plan,
        audit=final,
        do_nothing=today,
        bound=bound,
        verified=verification.passed,
        verification=verification,
        conflict=conflict,
        conflict_is_smallest=smallest,
        timings=timings,
        options={
            "gap": float(case.solver.gap),
            "time_limit": float(case.solver.time_limit),
            "threads": case.solver.threads,
            "seed": case.solver.seed,
            "verify": case.verify,
            "method": "progressive hedging",
            "processes": ranks.size,
            "iterations": found.iterations,
            "rho": case.rho,
            "plans_tried": found.tried,
        },
        log=ranks.said.getvalue(),
    )


def _why(case: Case, found: Found, search: Stop) -> str:
    """Why the search ended before the gap was reached."""
    if not found.set_up and not search.asked.is_set():
        return f"time limit, too short to set up {len(case.instance.futures)} scenarios"
    if search.asked.is_set():
        return "interrupted"
    if search.due:
        return "time limit"
    if found.iterations >= case.iterations:
        return f"{found.iterations} rounds of hedging"
    return f"all scenarios agree after {found.iterations} rounds of hedging, which proves no smaller gap"


def _verification(case: Case, found: Found, bound: float, value: float) -> Verification:
    """Whether a second proof of the bound, by other runs at the same prices, contradicts nothing."""
    refused = f" The audit refused {found.refused} of {found.tried} plans." if found.refused else ""
    if not case.verify:
        return Verification("none", None, 0.0, f"Not verified: no second proof of the bound was asked for.{refused}")
    if not math.isfinite(found.again):
        said = "Not verified: there was no time to prove the bound a second time."
        return Verification("none", None, found.seconds_again, f"{said}{refused}")
    allowed = ROUNDING * max(abs(bound), abs(value) if math.isfinite(value) else 0.0, 1e-9)
    if found.worth_again > found.proven + allowed or value > min(found.proven, found.again) + allowed:
        said = "Not verified: two runs under different settings disagree on the bound; the higher one is told."
        return Verification("none", None, found.seconds_again, f"{said}{refused}")
    said = "Verified: two runs of every scenario under different settings prove the bound; the value is the audit's."
    return Verification("second run", found.again, found.seconds_again, f"{said}{refused}")
