"""Where the re-solves of a study are made: one session that shares work between them, one clock, one wish to stop."""

import contextlib
import math
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from portfolioopt.audit import Audit, Auditor
from portfolioopt.errors import Fault, InvalidInput, InvalidModel, UnknownOption
from portfolioopt.formulation.build import Formulation
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.levels import Level
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import read_model
from portfolioopt.plan import Plan
from portfolioopt.points import Outcome, Point, Store, Worked
from portfolioopt.points.facts import memory_from, memory_text
from portfolioopt.points.solving import MEMORY
from portfolioopt.result import Status
from portfolioopt.result.exact import decode, encode
from portfolioopt.solution.judgement import Judge
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.prices import Priced
from portfolioopt.solution.request import PLAIN, Request
from portfolioopt.solution.search import Options, Search, Sight, cores, divided
from portfolioopt.solution.stop import BY_TIME, Stop, Work
from portfolioopt.solution.strategies import search_for_plan
from portfolioopt.solving import Session, Solved
from portfolioopt.studies.ahead import Ahead, Asked, Shared
from portfolioopt.studies.interval import NEVER, Interval
from portfolioopt.studies.kept import Kept, ended_by_the_clock, plain
from portfolioopt.studies.means import Means, net
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import RECENT, Step, Watch

LEAST_SECONDS = 0.02
"""Below so little time left no solve is begun."""
OPTIMUM, BEST_LEVEL = "portfolioopt.studies.desk:Desk.optimum", "portfolioopt.studies.desk:Desk.best_level"
"""Who answers the points of a study: both in the process of the study."""
EXACTLY = "objective"
NOTHING_KNOWN = Memory({}, None, math.inf, math.inf)
WORTH_IT = 20.0
"""Seconds that solves would take one after the other, from which on processes are started for them."""
LOOK = 0.1
"""Seconds between looks at the wish to stop."""


class Desk:
    """Solves the cases of one study, one after the other, or ahead of being asked for (`ahead`).

    To be opened by `at_work`, so that Ctrl-C asks it to stop: what is under way here then ends with the best plan so
    far, what is under way in other processes is given up, no other solve is begun, and the study tells what it has. A
    second Ctrl-C interrupts at once.
    """

    def __init__(
        self,
        study: str,
        instance: Instance,
        model: Model | str,
        means: Means,
        watch: Watch | None = None,
        *,
        going_on: bool = False,
        folder: FilePath | str | None = None,
    ) -> None:
        """With `going_on` a solve that fails is told and ends nothing; in a `folder` each is kept as a point."""
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
        self._ahead: Ahead | None = None
        self.known = 0
        """solves whose answers were stored before"""
        self.failed: list[tuple[str, str]] = []
        """what was asked in vain, and why there is no answer"""
        self._going_on = going_on
        self._kept = None if folder is None else Kept(Store(FilePath(folder)), means)
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
        if self.over or self.cut_short:
            return "time limit"
        return ("a solve that failed" if len(self.failed) == 1 else "solves that failed") if self.failed else ""

    @property
    def counted(self) -> bool:
        """Whether solves are ended by work, so that each may take its time."""
        return self.means.work_limit is not None

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

    def ahead(self, cases: Sequence[Asked]) -> None:
        """Begins to solve cases that `optimum` will be asked for, in this order, several at a time.

        To be called after `start_from_here`. Nothing is begun where that would not pay, and where threads are HiGHS's
        own; answers are the same in kind, and, where work is limited, the same altogether.
        """
        threads = self.means.threads or self.model.solver.threads
        processes = threads or min(2, cores())
        pays = len(cases) * sum(self._recent) / max(len(self._recent), 1) >= WORTH_IT
        if self._kept is not None or self.due or processes < 2 or (self.counted and threads) or not pays:
            return
        base = None if self._base is None else self._base.last
        if base is not None and len(cases) > 1:
            ends = time.time() + self.stop.left
            with contextlib.suppress(OSError, NotImplementedError):  # where no process can be had
                self._ahead = Ahead(cases, Shared(base, self.means, self._most_seconds(self.model), ends), processes)

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
        if self._base is not None:
            self._session = self._base.fork()
        chosen = self.model if model is None else model
        # as the session will remember it
        case = Solved(self.instance if instance is None else checked(instance), chosen, request, NOTHING_KNOWN)
        point = None
        if self._kept is not None:
            point = self._kept.point(case, {}, self._session.last, OPTIMUM)
            known = self._known(asked, case, self._kept.found(point))
            if known is not None:
                return known
        found = self._from_ahead(Asked(asked, case.instance, chosen, request))
        if found is not None:
            return found
        if self.due:
            self.cut_short = self.cut_short or self.over
            return Optimum.none(asked, self.stopped_by)
        began = time.perf_counter()
        try:
            result = self._session.solve(
                case.instance,
                chosen,
                gap=self.means.gap,
                time_limit=min(self._most_seconds(chosen), seconds, self.stop.left),
                work_limit=self.means.work_limit,
                threads=self.means.threads,
                seed=self.means.seed,
                verify=self.means.verify,
                progress=None if self._watch is None else self._tell,
                request=replace(request, stop=self.stop, explain=False),
            )
        except Exception as error:
            reason = self._fails(asked, point, error, time.perf_counter() - began)
            return Optimum.none(asked, reason, time.perf_counter() - began)
        found = Optimum.of(asked, result, time.perf_counter() - began)
        cut = found.stop_reason == "interrupted" or (found.stop_reason == "time limit" and self.over)
        self.cut_short = self.cut_short or cut
        if self._kept is not None and point is not None and self._session.memory is not None:
            answer = {**_as_kept(found), MEMORY: memory_text(self._session.memory)}
            worked = Worked(answer, clock=ended_by_the_clock(found.stop_reason))
            self._kept.keep(point, worked, found.seconds, cut_short=cut)
        self.worked(found.seconds)
        return found

    def _from_ahead(self, asked: Asked) -> Optimum | None:
        """What is found of a case that is solved ahead, once it is there, its plan audited; None where it is not."""
        ahead = self._ahead
        if ahead is None or not ahead.holds(asked):
            return None
        while not ahead.wait(asked.name, LOOK):
            self._tell()
            if self.due:
                return None
        found = ahead.answer(asked.name)
        if found is None or (found.status == "no_plan" and found.stop_reason == BY_TIME and not self.due):
            return None
        if found.plan is not None:
            audit = _audited(found.plan, asked)
            if not audit.ok or float(audit.objective) != found.value.low:
                return None
            found = replace(found, audit=audit)
        self.cut_short = self.cut_short or (found.stop_reason == "time limit" and self.over)
        self.worked(found.seconds / ahead.processes)
        return found

    def _known(self, asked: str, case: Solved, outcome: Outcome | None) -> Optimum | None:
        """What is stored of a solve, its plan audited again; None where nothing is, or where it cannot be true."""
        found = _from_kept(asked, outcome)
        if outcome is None or found is None:
            return None
        try:
            memory = memory_from(outcome.answer[MEMORY])
        except (ValueError, KeyError, TypeError):
            return None
        if found.plan is not None:
            audit = _audited(found.plan, case)
            if not audit.ok or str(audit.objective) != outcome.answer[EXACTLY]:
                return None
            found = replace(found, audit=audit)
        asked_then = replace(case.request, stop=None, starts=(), explain=False)
        self._session = Session.knowing(case.instance, case.model, memory, asked_then)
        self._took()
        return found

    def _took(self) -> None:
        """Books a solve that was stored before."""
        self.known += 1
        if self._expected > self.done:
            self._expected -= 1
        self._tell()

    def _fails(self, asked: str, point: Point | None, error: Exception, seconds: float) -> str:
        """Books a solve that has no answer, and says why; raises the error where that is to end the study."""
        if not self._going_on or isinstance(error, InvalidInput | UnknownOption):
            raise error
        reason = f"{type(error).__name__}: {error}"
        self.failed.append((asked, reason))
        if self._kept is not None and point is not None:
            self._kept.fail(point, reason, seconds)
        self.worked(seconds)
        return reason

    def _most_seconds(self, model: Model) -> float:
        """The most that a solve may take by itself."""
        if self.means.solve_limit is not None:
            return self.means.solve_limit
        return float(model.solver.time_limit) if self.means.work_limit is None else net(self.means.work_limit)

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
        threads, beside = divided(self.means.threads or self.model.solver.threads, counted=self.counted)
        options = Options(gap, threads, self.seed, self.means.verify, beside=beside)
        watch = None if self._watch is None else self._tell
        stop = self.stop.within(self._most_seconds(self.model))
        if self.means.work_limit is not None:
            stop = replace(stop, work=Work(), most_work=self.means.work_limit)
        search = Search(formulation, judge, options, stop, watch)
        for plan in starts:
            search.offer(plan, "plan to start from")
        if not search.done:
            search_for_plan(search, memory)
        self.worked(time.perf_counter() - began)
        return search

    def best_level(
        self, asked: str, case: Solved, level: Level, make: Callable[[], Formulation], judge: Judge, gap: float
    ) -> Optimum | None:
        """The plan that goes furthest in a level, and between what that lies; None where the search failed.

        `make` gives the formulation whose objective the level is, and `judge` tells what a plan comes to. The plan has
        no audit here, and nothing is remembered for the next solve.
        """
        self.doing(asked)
        point = None
        if self._kept is not None:
            point = self._kept.point(case, {"level": plain(level), "within": gap}, None, BEST_LEVEL)
            known = _from_kept(asked, self._kept.found(point))
            if known is not None and (known.plan is None or float(judge(known.plan).objective) == known.value.low):
                self._took()
                return known
        if self.due:
            self.cut_short = self.cut_short or self.over
            return None
        began = time.perf_counter()
        try:
            search = self.search(asked, make(), judge, gap=gap, starts=case.request.starts)
        except Exception as error:
            self._fails(asked, point, error, time.perf_counter() - began)
            return None
        took = time.perf_counter() - began
        clock = search.stop.due and not (search.gap_reached or search.infeasible)
        reason = search.stop.reason if clock else "gap reached"
        plan = None if search.best is None else search.best.plan
        status: Status = "infeasible" if search.infeasible else "no_plan" if plan is None else "feasible"
        value = NEVER if search.infeasible else Interval(search.value, max(search.value, search.bound))
        found = Optimum(asked, value, status, reason, plan, None, verified=False, seconds=took)
        cut = clock and self.over and ended_by_the_clock(reason)
        self.cut_short = self.cut_short or cut
        if self._kept is not None and point is not None:
            self._kept.keep(point, Worked(_as_kept(found), clock=ended_by_the_clock(reason)), took, cut_short=cut)
        return found

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
        heard = threading.current_thread() is threading.main_thread()
        before = signal.getsignal(signal.SIGINT)

        def ask(_signal: int, _frame: Any) -> None:
            if self._whole.asked.is_set():
                raise KeyboardInterrupt
            self._whole.ask()

        if heard:
            signal.signal(signal.SIGINT, ask)
        try:
            yield self
        finally:
            if heard:
                signal.signal(signal.SIGINT, before)
            if self._ahead is not None:
                self._ahead.close()
                self._ahead = None


def _audited(plan: Plan, case: Asked | Solved) -> Audit:
    """A plan that was found elsewhere, or before, in its case."""
    request = case.request
    against = compared_with(case.model, case.instance) if request.against is None else request.against
    return Auditor(case.instance, case.model, against, request.known).audit(plan, tables=False)


def _as_kept(found: Optimum) -> dict[str, Any]:
    """An optimum as JSON; seconds are no part of it."""
    return {
        "value": encode(found.value),
        "status": found.status,
        "stop_reason": found.stop_reason,
        "verified": found.verified,
        "plan": encode(found.plan),
        EXACTLY: None if found.exact is None else str(found.exact),
    }


def _from_kept(asked: str, outcome: Outcome | None) -> Optimum | None:
    """What `_as_kept` made; None where there is none, or where it cannot be read."""
    if outcome is None:
        return None
    answer = outcome.answer
    try:
        status: Status = decode(Status, answer["status"])
        value, plan = decode(Interval, answer["value"]), decode(Plan | None, answer["plan"])
        reason, verified = str(answer["stop_reason"]), bool(answer["verified"])
    except (ValueError, KeyError, TypeError):
        return None
    return Optimum(asked, value, status, reason, plan, None, verified=verified, seconds=0.0)
