"""The state of a search: the best audited plan, what is proven about the rest, and the runs that got there.

Every plan is audited as soon as it is found; only audited plans count. Every bound is kept with the name of what
proved it, and one that a plan contradicts is dropped: HiGHS can end "optimal" and be wrong.
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import Mask, around
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import Plan
from portfolioopt.solution.basis import Basis
from portfolioopt.solution.cuts import cuts_for
from portfolioopt.solution.decisions import arcs_of, arcs_taken, plan_of
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.inequalities.remembered import Written
from portfolioopt.solution.judgement import Candidate, Judge, Verdict
from portfolioopt.solution.prices import Priced, PriceList
from portfolioopt.solution.program import hand_over, hand_over_part
from portfolioopt.solution.prover import Prover
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.stop import Stop

MOST_CUTS = 200
STAND_BACK = (3, 30)
"""Numbers of refused plans after which one is sought that keeps clear of the limits."""
AWAY = 1e-8
"""Relative distance that it keeps."""
EXACT = 1e-9
"""Relative difference that counts as none."""
HAIR = 1e-8
"""Relative difference by which a plan contradicts a bound."""
KNOWN, LOOSER = "what is known of the case", "the same case with looser limits"
"""Names of bounds that were proven before the search."""
AUDIT, HAND_OVER, SWEEP = 5e-6, 7e-8, 1e-8
"""Work of an audit, by partnership, year and scenario; of a hand-over, by non-zero; of a bound from prices, by arc and
non-zero of the coupling rows."""
Done = TypeVar("Done")


@dataclass(frozen=True)
class Sight:
    """What a watcher sees while a search runs."""

    phase: str
    value: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)


Watch = Callable[[Sight], None]
STOPPING = "stopping"
"""The phase after somebody has asked to stop: what is under way ends, and the best plan is audited."""


def relative_gap(value: float, bound: float) -> float:
    """(bound − value) / max(|value|, 1e-9), never negative; infinite where one of them is not known."""
    if not math.isfinite(value) or not math.isfinite(bound):
        return math.inf
    return max(bound - value, 0.0) / max(abs(value), 1e-9)


@dataclass(frozen=True)
class Options:
    """When to stop and with what means."""

    gap: float
    threads: int = 1
    seed: int = 0
    verify: bool = True
    ties: bool = True
    beside: int = 0
    """threads of a prover in a process beside the search, for models that are not solved at once; 0: none"""


def divided(threads: int | None, *, counted: bool) -> tuple[int, int]:
    """Threads of the search itself, and of a prover beside it, of so many in all (None: up to two that are there).

    What counts its work is one sequence of steps: all threads are HiGHS's own.
    """
    if counted:
        return threads or 1, 0
    many = min(2, cores()) if threads is None else threads
    return (1, many - 1) if many > 1 else (1, 0)


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Proof:
    """A bound on the objective of every plan, and what proved it."""

    by: str
    bound: float
    rounding: float = 0.0
    beside: bool = False
    """proven in the process beside the search"""


@dataclass
class Search:
    """One search; the strategies in `strategies.py` drive it."""

    formulation: Formulation
    judge: Judge
    options: Options
    stop: Stop
    watch: Watch | None = None
    best: Candidate | None = None
    proofs: list[Proof] = field(default_factory=list)
    contradicted: list[Proof] = field(default_factory=list)
    """proofs that an audited plan showed to be wrong"""
    priced: Priced | None = None
    relaxed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """arcs of the last solution of the LP relaxation of a part, which keeps all limits"""
    timings: dict[str, float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    infeasible: bool = False
    agreeing: tuple[str, ...] = ()
    """the different runs that ended with the same best value, or without any plan"""
    began: float = field(default_factory=time.perf_counter)
    cuts: int = 0
    strengthened: list[Written] = field(default_factory=list)
    """rows of the formulation that follow from others, for the sake of the bound"""
    basis: Basis | None = None
    """of the LP relaxation of the whole, of this search or one before it"""
    exhausted: set[tuple[str, int, int]] = field(default_factory=set)
    """parts that were freed around a plan (name, hashes of open arcs and of arcs taken) and hold no better one"""
    prover: Prover | None = None
    """at work beside the search"""
    last_audit: float = 0.0
    """seconds, or work, that the last audit took"""

    @property
    def value(self) -> float:
        return -math.inf if self.best is None else self.best.value

    @property
    def bound(self) -> float:
        """The lowest bound that nothing contradicts, never below the best plan."""
        return max(min((proof.bound for proof in self.proofs), default=math.inf), self.value)

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)

    @property
    def gap_reached(self) -> bool:
        """Whether the asked gap is reached, as far as floats can tell."""
        return self.gap <= max(self.options.gap, EXACT)

    @property
    def done(self) -> bool:
        return self.gap_reached or self.stop.due

    @property
    def verified(self) -> bool:
        """Whether more than one run has been believed for the asked gap."""
        return self.proven_by_prices or len(self.agreeing) >= 2

    @property
    def proven_by_prices(self) -> bool:
        """Whether prices alone, without the solver's word, prove the asked gap."""
        return self.priced is not None and relative_gap(self.value, self.priced.bound) <= max(self.options.gap, EXACT)

    def tolerance(self, relative: float = EXACT) -> float:
        """A difference of values too small to count."""
        return relative * max(abs(self.value), 1e-9) if self.best is not None else 0.0

    def offer(self, plan: Plan, found_by: str) -> Candidate | None:
        """Audits a plan and keeps it if it is the best so far; None if it breaks a hard limit."""
        return self._keep(plan, self._judged(plan), found_by)

    def _judged(self, plan: Plan) -> Verdict:
        began = self.stop.now
        verdict = self.timed("audit", lambda: self.judge(plan))
        portfolio = self.formulation.portfolio
        self.stop.work.add(AUDIT * len(portfolio.partnerships) * len(portfolio.years) * len(portfolio.tree.scenarios))
        self.last_audit = self.stop.now - began
        return verdict

    def _keep(self, plan: Plan, verdict: Verdict, found_by: str) -> Candidate | None:
        if not verdict.ok:
            return None
        candidate = Candidate(plan, verdict.objective, found_by)
        if self.best is None or candidate.objective > self.best.objective:
            self.best = candidate
            self._drop_contradicted()
        return candidate

    def take_if_equal(self, plan: Plan, found_by: str) -> None:
        """Takes a plan instead of the best one if it is worth exactly as much."""
        verdict = self._judged(plan)
        if verdict.ok and self.best is not None and verdict.objective == self.best.objective:
            self.best = Candidate(plan, verdict.objective, found_by)

    def prove(self, by: str, bound: float, rounding: float = 0.0, *, beside: bool = False) -> None:
        """Keeps a bound."""
        if math.isfinite(bound) or bound == -math.inf:
            self.proofs.append(Proof(by, bound, rounding, beside))
            self._drop_contradicted()

    def _drop_contradicted(self) -> None:
        wrong = [proof for proof in self.proofs if proof.bound + proof.rounding < self.value - self.tolerance(HAIR)]
        self.contradicted += wrong
        self.proofs = [proof for proof in self.proofs if proof not in wrong]

    def solve(
        self,
        settings: Settings,
        phase: str,
        kept: Mask | None = None,
        stop: Stop | None = None,
        *,
        skip_worse: bool = False,
        complete: bool = False,
    ) -> Run:
        """A run on all columns, or on those kept, repeated while the audit refuses what it finds.

        `complete` where every plan better than the best one keeps to what is kept, so that a bound holds for all.
        `skip_worse` spares the audit of plans that the solver itself holds for no better than the best.
        """
        stop = stop or self.stop
        while True:
            program = self.program(kept, hair=settings.hair)
            ended = self.run(program, settings, phase, stop, proves=complete or kept is None)
            if (
                ended.x is None
                or (skip_worse and ended.value <= self.value)
                or self.accept(program.whole(ended.x), settings.name)
            ):
                return ended
            if stop.due or self.cuts > MOST_CUTS:
                return Run("stopped", None, -math.inf, ended.bound, None, ended.seconds, ended.log, gap_reached=False)

    def program(self, kept: Mask | None = None, *, hair: float = 0.0) -> Program:
        """All columns handed over, or those kept."""
        return self._handed_over(lambda: hand_over(self.formulation, kept, hair=hair))

    def program_around(self, arcs: Ints, at: Floats, *, hair: float = 0.0) -> Program:
        """What is left to decide near a solution with these arcs open, handed over."""
        return self._handed_over(lambda: hand_over_part(around(self.formulation, arcs, at), hair=hair))

    def _handed_over(self, make: Callable[[], Program]) -> Program:
        program = self.timed("hand-over", make)
        self.stop.work.add(HAND_OVER * program.matrix.nnz)
        return program

    def run(
        self, program: Program, settings: Settings, phase: str, stop: Stop, *, proves: bool, plans: bool = True
    ) -> Run:
        """One run of HiGHS, timed and logged; `proves` where its bound holds for all plans, `plans` where what it finds
        are plans that are audited at its end.
        """

        def seen(value: float, bound: float) -> None:
            self.show(phase, value if plans else -math.inf, max(bound, self.value) if proves else math.inf)

        self.show(phase)
        ended = self.timed(phase, lambda: run(program, settings, stop, seen))
        self.log.append(f"--- {phase}: {settings.name}\n{ended.log}")
        return ended

    def completed(self, taken: Ints, phase: str, stop: Stop) -> Floats | None:
        """The plan that takes these arcs with all that follows from it ([columns of the formulation]); None where the
        solver does not find that in time.
        """
        kept = np.ones(len(self.formulation.lower), dtype=bool)
        kept[: self.formulation.takes] = False
        kept[taken] = True
        settings = Settings("the plan itself", True, self.options.seed, self.options.threads)
        program = self.program(kept, hair=settings.hair)
        ended = self.run(program, settings, phase, stop, proves=False)
        return None if ended.x is None else program.whole(ended.x)

    def attend(self) -> None:
        """Takes in what the prover beside has found out; one that has ended, or died, is let go."""
        prover = self.prover
        if prover is None:
            return
        alive = prover.alive  # before its news are read, so that none are lost
        misled = False
        for full, value in prover.news():
            if value > self.value + self.tolerance():
                misled = not self.accept(full, f"{prover.settings.name}, beside") or misled
        bound = prover.bound if prover.ended is None else min(prover.bound, prover.ended.bound)
        rounding = 0.0 if prover.ended is None else prover.ended.rounding
        if prover.ended is not None and prover.ended.ending == "infeasible" and self.best is None:
            self.infeasible = not misled
        self.proofs = [proof for proof in self.proofs if not proof.beside or proof.bound < bound]
        if not any(proof.beside for proof in self.proofs):
            self.prove(f"{prover.settings.name}, beside", max(bound, prover.floor), rounding, beside=True)
        if misled or not alive:
            self.let_go()

    def let_go(self) -> None:
        """Ends the prover beside."""
        if self.prover is not None:
            self.log.append(f"--- beside: {self.prover.settings.name}\n{self.prover.log}")
            self.prover.end()
            self.prover = None

    def unproven(self) -> Stop:
        """The stop of the search for what goes on beside the prover: over, too, where that one has come to the end."""
        return replace(self.stop, heard=None, enough=self._proven_beside)

    def _proven_beside(self) -> bool:
        prover = self.prover
        if prover is None or not prover.alive or (self.best is None and prover.has_news):
            return True
        bound = max(min(self.bound, prover.bound), prover.floor)
        return relative_gap(self.value, bound) <= max(self.options.gap, EXACT)

    def show(self, phase: str, value: float = -math.inf, bound: float = math.inf) -> None:
        """Tells the watcher where the search is; `value` and `bound` where a run knows better ones."""
        if self.watch is not None:
            seconds = time.perf_counter() - self.began
            self.watch(Sight(phase, max(value, self.value), min(self.bound, bound), seconds))

    def timed(self, phase: str, work: Callable[[], Done]) -> Done:
        """Runs the work and books its seconds under the phase."""
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.timings[phase] = self.timings.get(phase, 0.0) + time.perf_counter() - began

    def accept(self, full: Floats, name: str) -> bool:
        """Whether the plan of a solution ([columns of the formulation]) passes the audit; if not, it is cut off."""
        plan = plan_of(self.formulation, full)
        verdict = self._judged(plan)
        before = self.value
        if self._keep(plan, verdict, name) is not None:
            if self.prover is not None and self.value > before:
                self.prover.offer(full)
            return True
        self.cuts += 1
        if self.cuts > MOST_CUTS and self.best is None:
            raise EngineFault("the audit refuses every plan that the model finds")
        breaches = list(verdict.breaches)
        rows = cuts_for(self.formulation, arcs_taken(self.formulation, full), breaches)
        self.formulation = self.formulation.with_rows(rows)
        if self.cuts in STAND_BACK:
            self._stand_back({breach.limit for breach in breaches})
        return False

    def _stand_back(self, limits: set[str]) -> None:
        """A plan that keeps clear of limits that others break by a hair: surely within them, perhaps not best."""
        rows = [number for number, label in enumerate(self.formulation.labels) if label.limit in limits]
        numbers = self.formulation.paths + np.array(rows, dtype=np.int64)
        upper, lower = self.formulation.row_upper.copy(), self.formulation.row_lower.copy()
        for side, away in ((upper, -AWAY), (lower, AWAY)):
            bounded = numbers[np.isfinite(side[numbers])]
            side[bounded] += away * np.abs(side[bounded])
        apart = replace(self.formulation, row_upper=upper, row_lower=lower)
        program = self._handed_over(lambda: hand_over(apart))
        settings = Settings("a little away from the limits", seed=self.options.seed, gap=1e-3)
        ended = self.run(program, settings, "search", self.stop.within(0.3 * self.stop.left), proves=False)
        if ended.x is not None:
            self.offer(plan_of(self.formulation, program.whole(ended.x)), settings.name)

    def strengthen(self, written: list[Written]) -> None:
        """Takes up inequalities as rows of the formulation, in this order."""
        first = len(self.formulation.labels)
        written = [replace(one, row=row) for row, one in enumerate(written, first)]
        self.formulation = self.formulation.with_rows([one.made() for one in written])
        self.strengthened = [*self.strengthened, *written]

    def try_prices(self, exact: PriceList, prices: Floats) -> Priced:
        """What prices of the coupling rows prove; they are kept if that is more than is known."""
        priced = self.timed("prices", lambda: exact.evaluate(prices))
        self.stop.work.add(self.sweep_work)
        self.take_prices(priced)
        return priced

    @property
    def sweep_work(self) -> float:
        """Work of one bound from prices."""
        return SWEEP * (self.formulation.matrix.nnz - self.formulation.takes)

    def take_prices(self, priced: Priced) -> None:
        """Keeps prices if they prove more than those before."""
        if self.priced is None or priced.bound < self.priced.bound:
            self.priced = priced
            self.prove("prices", priced.bound)
            self.show_bound(priced.bound)

    def show_bound(self, bound: float) -> None:
        """Tells the watcher what prices prove."""
        self.show("prices", bound=bound)

    @property
    def prices(self) -> Floats:
        """The best prices of the coupling rows so far, 0 where there are none."""
        known = np.zeros(0) if self.priced is None else self.priced.prices
        return np.concatenate((known, np.zeros(len(self.formulation.labels) - len(known))))

    def arcs_of_best(self) -> Ints | None:
        """Columns that the best plan takes."""
        return None if self.best is None else arcs_of(self.formulation, self.best.plan)

    def kept_within(self, loss: float) -> Mask:
        """All columns but the arcs that cost more than `loss` of the price bound."""
        kept = np.ones(len(self.formulation.lower), dtype=bool)
        if self.priced is not None:
            kept[: self.formulation.takes] = self.priced.loss <= loss
        return kept

    def loss_of(self, arcs: int) -> float:
        """The loss within which so many arcs lie besides those of the best lives."""
        if self.priced is None:
            return math.inf
        losses = self.priced.loss
        best = int(np.count_nonzero(losses <= EXACT * max(abs(self.priced.bound), 1.0)))
        last = min(best + arcs, len(losses)) - 1
        return float(np.partition(losses, last)[last])

    def could_be_better(self) -> Mask:
        """All columns but the arcs that no plan better than the best one can hold."""
        if self.priced is None or self.best is None:
            return self.kept_within(math.inf)
        allowance = EXACT * max(abs(self.priced.bound), abs(self.value))
        return self.kept_within(self.priced.bound - self.value + allowance)
