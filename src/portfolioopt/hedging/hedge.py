"""`hedge`: facts and choices in, an audited plan and a bound out, the work shared between processes."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from portfolioopt.audit import Audit, Auditor
from portfolioopt.hedging.case import Case, case_of
from portfolioopt.hedging.ending import Found, found_on, result_of, together
from portfolioopt.hedging.ranks import CYLINDERS, Ranks, join
from portfolioopt.hedging.stages import stages_of
from portfolioopt.hedging.stakes import board_for, known_plans, survey
from portfolioopt.hedging.wheel import spin
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.networks.tree import grow
from portfolioopt.plan import TODAY
from portfolioopt.result import Result
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.judgement import Candidate
from portfolioopt.solution.stop import Stop
from portfolioopt.solving import verdict_of

ITERATIONS = 200
SEARCH, ALL = 0.75, 0.97
"""Shares of the time limit until the search ends, and until the bound has been proven again."""
ONE_PRESS = 0.5
"""Seconds within which two signals are one press of Ctrl-C."""
SET_UP = 2.5
"""How many times what taking a scenario apart takes all takes that has to be done before it can be solved."""
FINER = 0.1
"""Gap of a scenario's run, as a share of the asked gap."""


@dataclass(frozen=True)
class Sight:
    """How far the search is, for whoever watches."""

    phase: str
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float


def hedge(
    instance: Instance | None,
    model: Model | str = "expected_value",
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    iterations: int = ITERATIONS,
    rho: float = 1.0,
    threads: int | None = None,
    seed: int | None = None,
    verify: bool = True,
    progress: Callable[[Sight], None] | None = None,
) -> Result | None:
    """The best plan that progressive hedging finds, audited, and the bound that its prices prove.

    To be called by all processes that `mpiexec` started, three or a multiple of that. What the first is given counts;
    the others may be given None. Returns the result in the first process and None in the others.

    gap          relative gap at which to stop; the model's if not given, as for time_limit, threads and seed
    time_limit   seconds for the whole, checks included
    iterations   most rounds of progressive hedging
    rho          how hard scenarios are drawn together, as a multiple of the weights made from what is at stake
    verify       whether the bound is proven a second time, by other runs
    progress     called in the first process after every round

    Raises what `solve` raises, `MissingExtra` without mpi-sppy and mpi4py, and `WrongProcesses` where the number of
    processes does not do.
    """
    began = time.perf_counter()
    ranks = join()
    case: Case | None = None
    with ranks.together():
        if ranks.first:
            given = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
            case = case_of(
                instance, model, processes=ranks.size, iterations=iterations, rho=rho, verify=verify, **given
            )
        case = ranks.shared(case)
    if case is None:
        return None
    with ranks.at_work(), _heard(began, float(case.solver.time_limit)) as (search, last):
        return _hedged(case, ranks, search, last, began, progress)


@contextmanager
def _heard(began: float, limit: float) -> Iterator[tuple[Stop, Stop]]:
    """Ctrl-C, which mpiexec passes on, ends the search; the best plan so far is kept. A second one interrupts."""
    search = Stop(began + limit * SEARCH)
    last = Stop(began + limit * ALL)
    if threading.current_thread() is not threading.main_thread():
        yield search, last
        return
    heard = began
    before = signal.getsignal(signal.SIGINT)

    def ask(_signal: int, _frame: object) -> None:
        nonlocal heard
        now = time.perf_counter()
        if search.asked.is_set():
            # the terminal and mpiexec may both pass the same one on
            if now - heard > ONE_PRESS:
                raise KeyboardInterrupt
            return
        heard = now
        search.ask()
        last.ask()

    signal.signal(signal.SIGINT, ask)
    try:
        yield search, last
    finally:
        signal.signal(signal.SIGINT, before)


def _hedged(
    case: Case,
    ranks: Ranks,
    search: Stop,
    last: Stop,
    began: float,
    progress: Callable[[Sight], None] | None,
) -> Result | None:
    instance, model = case.instance, case.model
    stages = stages_of(grow(instance))
    auditor = Auditor(instance, model, case.against)
    nothing = auditor.audit(TODAY, tables=False) if ranks.first else None
    surveyed = survey(case, stages, ranks.shared(_value(nothing)), ranks, search)
    if surveyed is None:
        return _with_what_is_known(case, ranks, auditor, search, began)
    level, stake = surveyed
    settings = Settings(
        seed=case.solver.seed, threads=case.solver.threads or 1, gap=max(FINER * float(case.solver.gap), 1e-9)
    )
    board, seconds = board_for(case, stages, stake, level, settings)
    groups = max(ranks.size // CYLINDERS, 1)
    each = SET_UP * seconds * math.ceil(len(stages.scenarios) / groups)
    if any(ranks.world.allgather(each > search.seconds_left)):
        return _with_what_is_known(case, ranks, auditor, search, began)
    board.judge = lambda plan: verdict_of(instance, auditor.audit(plan, tables=False))
    board.stop, board.last = search, last

    def told(phase: str, value: float, bound: float) -> None:
        if progress is not None:
            known = math.isfinite(value) and math.isfinite(bound)
            gap = max(0.0, bound - value) / max(abs(value), 1e-9) if known else None
            progress(Sight(phase, _finite(value), _finite(bound), gap, time.perf_counter() - began))

    board.progress = told
    ready = time.perf_counter()
    spin(case, stages, board, level, ranks)
    spun = time.perf_counter()
    boards = ranks.world.gather(found_on(board), root=0)
    if not ranks.first:
        return None
    found = together(boards)
    timings = {
        "survey": ready - began,
        "hedging": spun - ready - found.seconds_again,
        "verification": found.seconds_again,
    }
    return result_of(case, found, ranks, search, began, timings)


def _with_what_is_known(case: Case, ranks: Ranks, auditor: Auditor, search: Stop, began: float) -> Result | None:
    """The best plan of those there were before, where there is no time to set up the scenarios."""
    if not ranks.first:
        return None
    search.deadline = min(search.deadline, time.perf_counter())
    best: Candidate | None = None
    refused = 0
    plans = known_plans(case)
    for name, plan in plans:
        verdict = verdict_of(case.instance, auditor.audit(plan, tables=False))
        refused += not verdict.ok
        if verdict.ok and (best is None or verdict.objective > best.objective):
            best = Candidate(plan, verdict.objective, name)
    found = Found(best, refused, len(plans), 0, math.inf, math.inf, math.inf, -math.inf, 0.0, (), set_up=False)
    return result_of(case, found, ranks, search, began, {"survey": time.perf_counter() - began})


def _value(audit: Audit | None) -> float:
    """What an audited plan is worth; −∞ where it breaks a limit."""
    return float(audit.objective) if audit is not None and audit.ok else -math.inf


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
