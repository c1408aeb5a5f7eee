"""`solve`: facts and choices in, an audited result out."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from portfolioopt.audit import Audit, Auditor
from portfolioopt.audit.levels import level_of
from portfolioopt.errors import EngineFault, Fault, InvalidModel, UnknownOption
from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.language.faults import faults_of
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model, Solver, check_model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import read_model
from portfolioopt.language.tightening import only_tightened
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Plan
from portfolioopt.result import NOT_VERIFIED, Result, Status, Verification, make_result
from portfolioopt.solution.conflict import Conflict, find_conflict
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.prices import Priced, PriceList
from portfolioopt.solution.request import PLAIN, Request
from portfolioopt.solution.search import KNOWN, LOOSER, MOST_CUTS, STOPPING, Options, Search, Sight, divided
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strategies import search_for_plan

RESERVE = 0.03
"""Share of the time limit kept for the last audit and the tables, at least..."""
AFTERWARDS = 2.0
"""...and how many times what laying out and the audit of today's portfolio took, which grow in the same way."""


def solve(
    instance: Instance,
    model: Model | str = "expected_value",
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    work_limit: float | None = None,
    threads: int | None = None,
    seed: int | None = None,
    verify: bool = True,
    progress: Callable[[Sight], None] | None = None,
    **unknown: Any,
) -> Result:
    """The best plan for an instance under a model, audited; or why there is none.

    gap          relative gap at which a plan counts as optimal; the model's if not given, as for the next three
    time_limit   seconds for the whole solve, checks included
    work_limit   work after which to stop, counted in units of very roughly a second: where that ends it, and not the
                 time limit, the same plan comes out on every machine
    threads      cores to use; with more than one a prover works beside the search, in a process of its own, and which
                 of several plans within the gap comes out may differ from run to run. If not given: two where there are
                 as many, one where work is limited
    seed         random seed of the solver
    verify       whether a second, different run must confirm the first
    progress     called now and then with phase, value, bound, gap and seconds; Ctrl-C is told as phase "stopping"

    Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`, and `EngineFault` where the engine itself fails.
    """
    return Session().solve(
        instance,
        model,
        gap=gap,
        time_limit=time_limit,
        work_limit=work_limit,
        threads=threads,
        seed=seed,
        verify=verify,
        progress=progress,
        **unknown,
    )


@dataclass(frozen=True)
class Solved:
    """The case that a session solved last, and what it found out."""

    instance: Instance
    model: Model
    request: Request
    memory: Memory


class Session:
    """Solves one case after the other, each from what the one before found out: for what-ifs, one edit at a time.

    Results are what `solve` would say: every plan is audited, every bound holds for the case at hand. Where only the
    time limit ends a search, a session usually gets further.
    """

    def __init__(self) -> None:
        self._last: Solved | None = None

    def fork(self) -> "Session":
        """Another session that begins with what this one knows now."""
        other = Session()
        other._last = self._last
        return other

    @staticmethod
    def knowing(instance: Instance, model: Model, memory: Memory, request: Request = PLAIN) -> "Session":
        """A session that has solved this case before, elsewhere perhaps, and kept what it found out."""
        session = Session()
        session._last = Solved(instance, model, request, memory)
        return session

    @property
    def last(self) -> Solved | None:
        """The case that was solved last, and what came of it; None before the first."""
        return self._last

    @property
    def memory(self) -> Memory | None:
        """What the last solve found out, for the next one to start from; None before the first."""
        return None if self._last is None else self._last.memory

    def solve(
        self,
        instance: Instance,
        model: Model | str = "expected_value",
        *,
        gap: float | None = None,
        time_limit: float | None = None,
        work_limit: float | None = None,
        threads: int | None = None,
        seed: int | None = None,
        verify: bool = True,
        progress: Callable[[Sight], None] | None = None,
        request: Request = PLAIN,
        **unknown: object,
    ) -> Result:
        """As the function `solve`; `request` asks more of the plan than instance and model do."""
        began = time.perf_counter()
        if unknown:
            known = "gap, time_limit, work_limit, threads, seed, verify, progress and request"
            raise UnknownOption(f"there is no option {', '.join(sorted(unknown))}; the options are {known}")
        if not isinstance(verify, bool):
            raise UnknownOption(f"verify is True or False, not {verify!r}")
        instance = checked(instance)
        chosen = read_model(model) if isinstance(model, str) else model
        if not isinstance(chosen, Model):
            raise InvalidModel([Fault((), f"a model or the name of one is needed, not {type(model).__name__}")])
        check_model(chosen, instance)
        solver = solver_settings(
            chosen, gap=gap, time_limit=time_limit, work_limit=work_limit, threads=threads, seed=seed
        )
        deadline = began + float(solver.time_limit) * (1 - RESERVE)
        against = compared_with(chosen, instance) if request.against is None else request.against
        auditor = Auditor(instance, chosen, against, request.known)

        def judge(plan: Plan) -> Verdict:
            found = today if plan == TODAY else auditor.audit(plan, tables=False)
            verdict, scenario = verdict_of(instance, found), instance.futures[0].name
            more = request.breaches(plan, scenario, lambda level: level_of(level, found, instance))
            return replace(verdict, breaches=(*verdict.breaches, *more))

        with _stoppable(deadline, solver.work_limit, request.stop) as stop:
            laid = time.perf_counter()
            portfolio = lay_out(instance, request.known)
            formulated = time.perf_counter()
            formulation = formulate(portfolio, chosen, against)
            for condition in request.conditions:
                formulation = condition.applied(formulation)
            ready = time.perf_counter()
            threads, beside = divided(solver.threads, counted=stop.counted)
            options = Options(float(solver.gap), threads, solver.seed, verify, request.ties, beside)
            search = Search(formulation, judge, options, stop, progress)
            stop.heard = lambda: search.show(STOPPING)
            search.timings.update({"networks": formulated - laid, "formulation": ready - formulated})
            today = auditor.audit(TODAY)
            prepared = formulated - laid + time.perf_counter() - ready
            stop.deadline = min(stop.deadline, began + float(solver.time_limit) - AFTERWARDS * prepared)
            if today.ok:
                search.offer(TODAY, "today")
            if against != TODAY:
                search.offer(against, "plan compared with")
            for plan in request.starts:
                search.offer(plan, "plan to start from")
            self._carry_over(search, instance, chosen, request)
            if request.bound < math.inf:
                search.prove(KNOWN, request.bound)
            search_for_plan(search, None if self._last is None else self._last.memory)
            conflict: Conflict | None = None
            if search.infeasible and request.explain:
                search.show("conflict")
                conflict = search.timed("conflict", lambda: find_conflict(search.formulation, stop))
        self._last = Solved(instance, chosen, replace(request, stop=None, starts=()), Memory.of(search))
        return _result(instance, chosen, solver, search, today, auditor, conflict, began)

    def priced(self, formulation: Formulation) -> Priced | None:
        """What the prices of the case solved last prove of a formulation; None where it needed none."""
        if self._last is None or not self._last.memory.prices:
            return None
        formulation, _, prices = self._last.memory.recalled(formulation)
        return PriceList(formulation).evaluate(prices)

    def _carry_over(self, search: Search, instance: Instance, model: Model, request: Request) -> None:
        """Takes over the bound of the case before if the new one only asks more."""
        last = self._last
        if (
            last is not None
            and _same_worth(last.model, model, request)
            and request.asks_no_less_than(last.request)
            and only_tightened(last.instance, instance)
        ):
            search.prove(LOOSER, last.memory.bound)


def _same_worth(one: Model, other: Model, request: Request) -> bool:
    """Whether two models value every plan alike (a plan file that changes are counted from may have changed)."""
    same = (one.objective, one.limits, one.changes) == (other.objective, other.limits, other.changes)
    return same and (other.changes is None or request.against is not None)


def solver_settings(model: Model, **given: float | int | None) -> Solver:
    """The model's solver settings with what the caller gave instead."""
    settings: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        settings[name] = value
    try:
        return Solver.model_validate({**model.solver.model_dump(), **settings})
    except ValidationError as error:
        said = "; ".join(str(fault) for fault in faults_of(error, Solver, settings))
        raise UnknownOption(f"a solver option cannot be used: {said}") from None


def verdict_of(instance: Instance, found: Audit) -> Verdict:
    """What the search needs of an audit."""
    first_year = instance.horizon.first_year
    return Verdict(
        found.objective,
        tuple(
            Breach(finding.family, finding.id, finding.scenario, finding.year - first_year)
            for finding in found.findings
        ),
    )


@contextmanager
def _stoppable(deadline: float, work_limit: Decimal | None, shared: Stop | None = None) -> Iterator[Stop]:
    """Ctrl-C asks the search to stop and keep its best plan; a second Ctrl-C interrupts at once.

    A wish to stop that is shared is its owner's to hear.
    """
    most_work = math.inf if work_limit is None else float(work_limit)
    if shared is not None:
        yield Stop(min(deadline, shared.deadline), shared.asked, most_work=most_work)
        return
    stop = Stop(deadline, most_work=most_work)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(_signal: int, _frame: object) -> None:
        if stop.asked.is_set():
            raise KeyboardInterrupt
        stop.ask()

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _result(
    instance: Instance,
    model: Model,
    solver: Solver,
    search: Search,
    today: Audit,
    auditor: Auditor,
    conflict: Conflict | None,
    began: float,
) -> Result:
    best = search.best
    # read from the instance once more, by an auditor that remembers nothing
    final = None if best is None else auditor.afresh().audit(best.plan)
    if final is not None and best is not None and (not final.ok or final.objective != best.objective):
        raise EngineFault("the same plan was audited twice with different answers")
    status, reason = _ending(search)
    verification = _verification(search)
    search.timings["total"] = time.perf_counter() - began
    return make_result(
        instance,
        model,
        status=status,
        stop_reason=reason,
        plan=None if best is None else best.plan,
        audit=final,
        do_nothing=today,
        bound=search.bound,
        verified=verification.passed,
        verification=verification,
        conflict=() if conflict is None else conflict.limits,
        conflict_is_smallest=conflict is not None and conflict.smallest,
        timings=search.timings,
        options={
            "gap": float(solver.gap),
            "time_limit": float(solver.time_limit),
            **({} if solver.work_limit is None else {"work_limit": float(solver.work_limit)}),
            "threads": search.options.threads + search.options.beside,
            "seed": solver.seed,
            "verify": search.options.verify,
        },
        log="\n".join(search.log),
    )


def _ending(search: Search) -> tuple[Status, str]:
    """How the search ended, and why it stopped."""
    if search.best is not None and search.gap_reached:
        return "optimal", "gap reached"
    if search.infeasible:
        return "infeasible", "infeasible"
    if search.stop.due:
        reason = search.stop.reason
    else:
        after = f", after {search.cuts} plans that the audit refused" if search.cuts > MOST_CUTS else ""
        reason = f"the search ended without reaching the gap{after}"
    return ("no_plan" if search.best is None else "feasible"), reason


def _verification(search: Search) -> Verification:
    """Two different runs agree, or prices prove the gap; for a plan that is not called optimal, prices need only
    not contradict it or the bound.
    """
    prices = None if search.priced is None else search.priced.bound
    seconds = search.timings.get("verification", 0.0) + search.timings.get("prices", 0.0)
    if not search.options.verify:
        method, said = "none", NOT_VERIFIED.said
        prices, seconds = None, 0.0
    elif len(search.agreeing) >= 2:
        method = "second run"
        said = f"Verified: {len(search.agreeing)} runs under different settings ({'; '.join(search.agreeing)}) agree."
    elif search.proven_by_prices:
        method = "prices"
        said = "Verified: a bound computed from prices alone, without the solver's word, proves the asked gap."
    elif search.best is not None and prices is not None and not search.gap_reached:
        method = "prices"
        said = (
            "Not contradicted: a bound computed from prices alone, without the solver's word, fits the plan and the "
            f"solver's bound; by itself it proves that no plan is worth more than {prices:,.6g}."
        )
    else:
        method, said = "none", "Not verified: no second run ended in time."
    return Verification(method, prices, seconds, f"{said}{_refused(search.cuts)}")


def _refused(plans: int) -> str:
    """What the audit did not let pass, where it did not."""
    if not plans:
        return ""
    which, rest = ("a plan", "it") if plans == 1 else (f"{plans} plans", "them")
    return f" The audit refused {which} of the solver that broke a hard limit; the search went on without {rest}."
