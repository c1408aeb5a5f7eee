"""Where the re-solves of a study are made: one session that shares work between them, one clock, one wish to stop."""

import math
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from portfolioopt.audit import Audit
from portfolioopt.errors import Fault, InvalidModel, UnknownOption
from portfolioopt.formulation.build import Formulation
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.reading import read_model
from portfolioopt.plan import Plan
from portfolioopt.result import Result, Status
from portfolioopt.solution.judgement import Judge
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.prices import Priced
from portfolioopt.solution.request import PLAIN, Request
from portfolioopt.solution.search import Options, Search, Sight, divided
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strategies import search_for_plan
from portfolioopt.solving import Session
from portfolioopt.studies.interval import NEVER, UNKNOWN, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import RECENT, Step, Watch

LEAST_SECONDS = 0.02
"""Below so little time left no solve is begun."""


@dataclass(frozen=True)
class Optimum:
    """The best plan of one re-solve, and between what the optimum lies."""

    asked: str
    value: Interval
    """In the units of the objective; −∞ at both ends where no plan keeps all limits and conditions."""
    status: Status
    stop_reason: str
    plan: Plan | None
    audit: Audit | None
    verified: bool
    seconds: float

    @property
    def infeasible(self) -> bool:
        return self.status == "infeasible"

    @property
    def exact(self) -> Fraction | None:
        """The audit's objective of the plan found."""
        return None if self.audit is None else self.audit.objective

    @property
    def gap(self) -> float:
        """Relative width of the value."""
        low, high = self.value.low, self.value.high
        return 0.0 if low == high else (high - low) / max(abs(low), 1e-9)


class Desk:
    """Solves the cases of one study, one after the other.

    To be opened by `at_work`, so that Ctrl-C asks it to stop: what is under way then ends with the best plan so far,
    no other solve is begun, and the study tells what it has. A second Ctrl-C interrupts at once.
    """

    def __init__(
        self, study: str, instance: Instance, model: Model | str, means: Means, watch: Watch | None = None
    ) -> None:
        self.study = study
        self.instance = checked(instance)
        chosen = read_model(model) if isinstance(model, str) else model
        if not isinstance(chosen, Model):
            raise InvalidModel([Fault((), f"a model or the name of one is needed, not {type(model).__name__}")])
        check_model(chosen, self.instance)
        if not means.time_limit > 0 or (means.solve_limit is not None and not means.solve_limit > 0):
            raise UnknownOption("a time limit must be above 0")
        self.model = chosen
        self.means = means
        self.began = time.perf_counter()
        self._whole = self.stop = Stop(self.began + means.time_limit)
        self.done = 0
        self.cut_short = False
        """whether some solve was ended by Ctrl-C or the study's clock"""
        self._session = Session()
        self._base: Session | None = None
        self._watch = watch
        self._doing = ""
        self._expected = 0
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._whole.heard = self._tell

    @property
    def due(self) -> bool:
        """Whether it is time to stop: the study, or the part of it that is under way."""
        return self.stop.asked.is_set() or self.stop.left <= LEAST_SECONDS

    @property
    def over(self) -> bool:
        """Whether it is time to stop the study."""
        return self._whole.asked.is_set() or self._whole.left <= LEAST_SECONDS

    @contextmanager
    def for_a_part(self, share: float) -> Iterator[None]:
        """What is done inside may take at most that share of the time left."""
        before = self.stop
        self.stop = before.within(share * before.left)
        try:
            yield
        finally:
            self.stop = before

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def seed(self) -> int:
        return self.model.solver.seed if self.means.seed is None else self.means.seed

    @property
    def stopped_by(self) -> str:
        """Why it was cut short, in words; empty if it was not."""
        if self.stop.asked.is_set():
            return "interrupted"
        return "time limit" if self.over or self.cut_short else ""

    def expect(self, solves: int) -> None:
        """Tells that so many solves are still to come, besides those told before."""
        self._expected = max(self._expected, self.done) + solves

    def doing(self, what: str) -> None:
        """Tells the watcher what is being worked at."""
        self._doing = what
        self._tell()

    def start_from_here(self) -> None:
        """From now on every solve starts from what the last one found out, instead of each from the one before."""
        self._base = self._session.fork()

    def worked(self, seconds: float) -> None:
        """Books a solve that was made elsewhere."""
        self.done += 1
        self._recent.append(seconds)
        self._tell()

    def optimum(
        self,
        asked: str,
        instance: Instance | None = None,
        model: Model | None = None,
        request: Request = PLAIN,
        *,
        seconds: float = math.inf,
    ) -> Optimum:
        """The optimum of a case: the study's own instance and model where none is given.

        `seconds` is the most that it may take, within the limits of the study. Where no time is left nothing is
        solved, and nothing is known of the optimum. Raises what `solve` raises.
        """
        self.doing(asked)
        if self.due:
            self.cut_short = self.cut_short or self.over
            return Optimum(asked, UNKNOWN, "no_plan", self.stopped_by, None, None, verified=False, seconds=0.0)
        began = time.perf_counter()
        if self._base is not None:
            self._session = self._base.fork()
        chosen = self.model if model is None else model
        each = float(chosen.solver.time_limit) if self.means.solve_limit is None else self.means.solve_limit
        result = self._session.solve(
            self.instance if instance is None else instance,
            chosen,
            gap=self.means.gap,
            time_limit=min(each, seconds, self.stop.left),
            threads=self.means.threads,
            seed=self.means.seed,
            verify=self.means.verify,
            progress=None if self._watch is None else self._tell,
            request=replace(request, stop=self.stop, explain=False),
        )
        found = _optimum(asked, result, time.perf_counter() - began)
        if found.stop_reason == "interrupted" or (found.stop_reason == "time limit" and self.over):
            self.cut_short = True
        self.worked(found.seconds)
        return found

    def search(
        self,
        asked: str,
        formulation: Formulation,
        judge: Judge,
        *,
        gap: float,
        starts: Sequence[Plan] = (),
        memory: Memory | None = None,
    ) -> Search:
        """A search with an objective of the study's own: what `formulation` maximizes, and `judge` tells exactly.

        The same search as for the best plan: small models whole and twice, large ones from prices and cores.
        """
        self.doing(asked)
        began = time.perf_counter()
        each = float(self.model.solver.time_limit) if self.means.solve_limit is None else self.means.solve_limit
        threads, beside = divided(self.means.threads or self.model.solver.threads, counted=False)
        options = Options(gap, threads, self.seed, self.means.verify, beside=beside)
        watch = None if self._watch is None else self._tell
        search = Search(formulation, judge, options, self.stop.within(each), watch)
        for plan in starts:
            search.offer(plan, "plan to start from")
        if not search.done:
            search_for_plan(search, memory)
        self.worked(time.perf_counter() - began)
        return search

    def priced(self, formulation: Formulation) -> Priced | None:
        """What the prices of the last optimum prove of a formulation; None where it needed none."""
        return self._session.priced(formulation)

    def drew(self, done: int, expected: int, seconds: float) -> None:
        """Tells the watcher of draws instead of solves: so many done, which took so long."""
        if self._watch is not None:
            stopping = self.stop.asked.is_set()
            each = seconds / max(done, 1)
            step = Step(self.study, "drawing", done, expected, self.seconds, each, stopping, unit="draws")
            self._watch(step)

    def _tell(self, sight: Sight | None = None) -> None:
        if self._watch is None:
            return
        recent = sum(self._recent) / len(self._recent) if self._recent else 0.0
        expected = self._expected if self._expected >= self.done else 0
        stopping = self.stop.asked.is_set()
        self._watch(Step(self.study, self._doing, self.done, expected, self.seconds, recent, stopping, sight))

    @contextmanager
    def at_work(self) -> Iterator["Desk"]:
        """Hears Ctrl-C while it is open."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = signal.getsignal(signal.SIGINT)

        def ask(_signal: int, _frame: Any) -> None:
            if self._whole.asked.is_set():
                raise KeyboardInterrupt
            self._whole.ask()

        signal.signal(signal.SIGINT, ask)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)


def _optimum(asked: str, result: Result, seconds: float) -> Optimum:
    if result.status == "infeasible":
        value = NEVER
    else:
        low = -math.inf if result.objective is None else result.objective
        high = math.inf if result.bound is None else result.bound
        value = Interval(low, max(low, high))
    return Optimum(
        asked,
        value,
        result.status,
        result.stop_reason,
        None if result.chosen is None else Plan(result.chosen.decisions, result.chosen.hiring),
        result.audit,
        result.verified,
        seconds,
    )
