"""A sweep: the same question for many variations of an instance, each solved by itself, here or on a cluster.

    inputs.py       what is varied, between which levels
    designs.py      which combinations of levels: grid, one at a time, sample; or cases as given
    files.py        a sweep declared in a file (portfolioopt-sweep/1)
    asked.py        what was asked, as it is kept in the folder, so that a sweep goes on anywhere
    found.py        what each point has found
    tornado.py      how far value moves with one input at a time, and where the plan changes
    tables.py       the tables

The base is solved first, and every point starts from what that found out: its plan, and the prices of its limits. How
much work a point may take is counted, not timed, so that its answer is the same wherever it is solved. What is not told
is taken from the model, and where that says no work limit, as much work as it gives seconds.
"""

import math
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from portfolioopt.errors import EngineFault, Fault, InvalidModel
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.reading import read_model
from portfolioopt.points import Facts, Outcome, Pace, Point, Store, Where, compute_points, solve_asked
from portfolioopt.points.engines import Engine
from portfolioopt.points.solving import MEMORY
from portfolioopt.result import input_hash
from portfolioopt.result.exhibit import Exhibit
from portfolioopt.result.making import versions
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words
from portfolioopt.solution.stop import Stop
from portfolioopt.studies.answer import About
from portfolioopt.studies.exhibiting import exhibit
from portfolioopt.studies.means import Means, net
from portfolioopt.studies.pace import Step, Watch
from portfolioopt.studies.sweep import tables
from portfolioopt.studies.sweep.designs import Design, Trial, grid, listed, one_at_a_time, sample
from portfolioopt.studies.sweep.found import SweepPoint, point_of, tail_of
from portfolioopt.studies.sweep.inputs import Input, Range, levels_of, range_of
from portfolioopt.studies.sweep.tornado import Swing, core_index, said_of, swings, tornado_of

__all__ = [
    "Design",
    "Input",
    "Range",
    "Sweep",
    "SweepPoint",
    "grid",
    "levels_of",
    "listed",
    "one_at_a_time",
    "range_of",
    "sample",
    "sweep",
]

NO_LIMIT = Means(time_limit=math.inf)


@dataclass(frozen=True)
class Sweep:
    """Every point of a sweep; the base is the first one."""

    about: About
    kind: str
    inputs: tuple[str, ...]
    points: tuple[SweepPoint, ...]
    swings: tuple[Swing, ...]
    """Of one input at a time."""
    first_year: int
    tail: Decimal
    """Share of the worst cases that `cvar` is the mean of."""
    objective: str
    """What is maximized, in words."""
    work_limit: float
    """Work that each solve may take."""
    engine: str
    workers_lost: int
    known: int
    """Points that were solved before, and not again."""

    @property
    def base(self) -> SweepPoint:
        return self.points[0]

    @property
    def solved(self) -> tuple[SweepPoint, ...]:
        """The points that have an answer."""
        return tuple(point for point in self.points if point.outcome in ("done", "clock"))

    def exhibits(self) -> dict[str, Exhibit]:
        """The tornado, where one input was varied at a time; and the share of the plans that hold each decision."""
        found = {}
        if self.swings and self.base.value is not None:
            content = tornado_of(self.swings, self.points, self.inputs, self.objective)
            found[""] = exhibit(self.about, "One input at a time", content, *said_of(self.swings, self.points))
        plans = sum(1 for point in self.points if point.value is not None)
        if plans > 1:
            said = f"Decisions of the best plans of {plans} variations, in any year."
            found["core"] = exhibit(self.about, "Decisions over the variations", core_index(self.points), said)
        return found

    def tables(self) -> dict[str, Table]:
        """points, decisions, changes, binding, npv, core; and tornado where one input was varied at a time."""
        found = {
            "points": tables.points_table(self.points, self.inputs, self.first_year),
            "decisions": tables.decisions_table(self.points),
            "changes": tables.changes_table(self.points),
            "binding": tables.binding_table(self.points),
            "npv": tables.npv_table(self.points),
            "core": tables.core_table(self.points),
        }
        if self.kind == "one_at_a_time":
            found["tornado"] = tables.tornado_table(self.swings, self.points, self.inputs)
        return found


ANSWER = Sweep


def sweep(
    instance: Instance,
    design: Design,
    model: Model | str = "expected_value",
    means: Means = NO_LIMIT,
    *,
    where: Where | None = None,
    folder: Path | str | None = None,
    stop: Stop | None = None,
    watch: Watch | None = None,
) -> Sweep:
    """Solves every trial of a design; `design` is made by `grid`, `one_at_a_time`, `sample` or `listed`.

    `where` says on which engine (processes on this machine, if not given). What is stored in `folder` is not solved
    again, and what is solved is stored there at once; without a folder nothing is kept. Raises `InvalidInput`,
    `MissingExtra`, and `ConnectionError` where a cluster cannot be reached.
    """
    where, stop = where or Where(), stop or Stop()
    chosen = read_model(model) if isinstance(model, str) else model
    if not isinstance(chosen, Model):
        raise InvalidModel([Fault((), f"a model or the name of one is needed, not {type(model).__name__}")])
    facts = checked(instance)
    check_model(chosen, facts)
    where.check()
    keeping = tempfile.TemporaryDirectory(prefix="portfolioopt-sweep-") if folder is None else nullcontext(str(folder))
    with keeping as kept:
        return _Sweeping(facts, chosen, design, means, where, Store(Path(kept)), stop, watch).done()


@dataclass
class _Sweeping:
    """A sweep under way."""

    instance: Instance
    model: Model
    design: Design
    means: Means
    where: Where
    store: Store
    stop: Stop
    watch: Watch | None
    lost: int = 0
    known: int = 0
    solves: int = 0

    def done(self) -> Sweep:
        began = time.perf_counter()
        self.stop = replace(self.stop, deadline=min(self.stop.deadline, began + self.means.time_limit))
        base, memory, engine = self.base()
        facts = Facts.of(self.instance, self.model).starting_from(memory)
        asked = [facts.point(self.asked(trial)) for trial in self.design.trials]
        found = self.computed(asked, self.where, engine=engine)
        trials = (Trial("base", (), ()), *self.design.trials)
        keys = ("" if base is None else base.key, *(point.key for point in asked))
        tail = tail_of(self.model)
        points = tuple(
            point_of(number, trial, key, found.get(key) if number else base, base, tail)
            for number, (trial, key) in enumerate(zip(trials, keys, strict=True))
        )
        complete = base is not None and all(point.outcome != "missing" for point in points)
        return Sweep(
            about=self.about(complete=complete, seconds=time.perf_counter() - began),
            kind=self.design.kind,
            inputs=self.design.inputs,
            points=points,
            swings=swings(self.design.inputs, points) if self.design.kind == "one_at_a_time" else (),
            first_year=self.instance.horizon.first_year,
            tail=tail,
            objective=risk_words(self.model.objective.risk) or "expected NPV",
            work_limit=self.work_limit,
            engine=self.where.engine,
            workers_lost=self.lost,
            known=self.known,
        )

    def base(self) -> tuple[Outcome | None, str, Engine | None]:
        """The base case, solved in this process, what it found out, and the engine, if it could start meanwhile."""
        point = Facts.of(self.instance, self.model).point(self.asked(Trial("base", (), ()), (MEMORY,)))
        # one that a time limit ended is not solved anew: all other points start from it
        before = self.store.unsettled(point)
        if before is not None and before.kind == "clock":
            return before, before.answer[MEMORY], None
        engine = None if self.store.found(point) is not None or self.stop.due else self.where.opened(self.stop)
        try:
            outcome = self.computed([point], Where("serial"), "the base").get(point.key)
            if outcome is not None and outcome.kind in ("failed", "refused"):
                raise EngineFault(f"the base could not be solved: {outcome.reason}")
        except BaseException:
            if engine is not None:
                engine.close(now=True)
            raise
        if outcome is None:
            return None, "", engine
        return outcome, outcome.answer.get(MEMORY, ""), engine

    def computed(
        self, points: list[Point], where: Where, doing: str = "", engine: Engine | None = None
    ) -> dict[str, Outcome]:
        last: list[Pace] = []
        seen = self.seen(where, doing, last)
        found = compute_points(points, self.store, where, stop=self.stop, watch=seen, engine=engine)
        self.lost += last[-1].lost
        self.known += last[-1].known
        self.solves += last[-1].done
        return found

    def seen(self, where: Where, doing: str, last: list[Pace]) -> Callable[[Pace], None]:
        def see(pace: Pace) -> None:
            last[:] = [pace]
            if self.watch is None:
                return
            notes = [doing or f"{pace.points:,} points on {where.engine}"]
            notes += [f"{pace.known:,} known before"] if pace.known and not doing else []
            notes += [f"{pace.failed:,} failed"] if pace.failed else []
            notes += [f"{pace.lost:,} workers lost"] if pace.lost else []
            expected = pace.points - pace.known
            stopping = self.stop.asked.is_set()
            self.watch(Step("sweep", ", ".join(notes), pace.done, expected, pace.seconds, pace.each, stopping))

        return see

    def asked(self, trial: Trial, wanted: tuple[str, ...] = ()) -> dict[str, object]:
        limit = self.means.solve_limit
        return solve_asked(
            trial.changes,
            gap=self.means.gap,
            time_limit=net(self.work_limit) if limit is None else limit,
            work_limit=self.work_limit,
            seed=self.means.seed,
            verify=self.means.verify,
            wanted=wanted,
        )

    @property
    def work_limit(self) -> float:
        solver = self.model.solver
        own = solver.time_limit if solver.work_limit is None else solver.work_limit
        return float(own) if self.means.work_limit is None else self.means.work_limit

    def about(self, *, complete: bool, seconds: float) -> About:
        stopped = "interrupted" if self.stop.asked.is_set() else "time limit"
        return About(
            study="sweep",
            instance=self.instance.name,
            model=self.model.name,
            currency=self.instance.currency,
            complete=complete,
            stopped_by="" if complete else stopped,
            solves=self.solves,
            seconds=seconds,
            seed=self.model.solver.seed if self.means.seed is None else self.means.seed,
            input_hash=input_hash(self.instance, self.model),
            versions=versions(),
        )
