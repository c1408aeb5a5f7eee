"""Scenarios proven apart: what each is worth at most by itself, solved in whole numbers, added up.

Where many limits bind in each scenario, and scenarios would do much the same until they can be told apart, this bound
falls far below what the tree as a whole allows in the same time. They are solved one here and one on the prover's core,
those first that have most to lose; while that one is at the last of them, better plans are sought here. Of what they
would do by themselves a plan is made; then the worths are moved so that the scenarios agree better where they must, and
all begins anew.
"""

import math
import time
from dataclasses import dataclass, replace

from portfolioopt.networks.tree import Floats
from portfolioopt.solution.futures import Apart, Shared, agreeing, apart, shared
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.neighbourhoods import improve
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.prover import Prover
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.search import EXACT, Search
from portfolioopt.solution.stop import Stop

MOST_SCENARIOS = 40
"""Beyond so many there is too little time for each."""
LONG = 15.0
"""Most seconds for a scenario at first; four times that the next time."""
JOINED, NEAR = 0.3, 1_500
"""Share of the time left for the best plan of what scenarios would do, and how many arcs of least loss it may use."""
EFFORT = 0.01
"""Share of the work on a scenario that goes into heuristics: its bound is wanted, and comes sooner without."""
IDLE = 0.02
"""Seconds between looks at the other core where there is nothing else to do."""
STEP = 0.7
"""Of the step at which the bound, if all went on as now, would fall to the best plan."""
ROUNDING = 1e-12
"""Relative size of what adding up the bounds may be off."""
PHASE = "scenarios apart"


@dataclass(frozen=True)
class Alone:
    """What is known of a scenario by itself."""

    part: Apart
    bound: float
    value: float = -math.inf
    """of the best that it would do, as far as that was found"""
    at: Floats | None = None
    """[columns of the formulation] what it would do"""
    tries: int = 0
    done: bool = False


def can_be_proven_apart(search: Search) -> bool:
    """Whether there are scenarios to prove apart, prices to start from, a plan to reach, and a prover beside."""
    scenarios = len(search.formulation.portfolio.tree.scenarios)
    known = search.priced is not None and search.best is not None
    return known and search.prover is not None and 1 < scenarios <= MOST_SCENARIOS


def prove_apart(search: Search, stop: Stop) -> None:
    """Goes on while it proves more, or might, and there is time. The prover's core works at scenarios meanwhile."""
    split = shared(search.formulation)
    every = [Alone(part, part.bound) for part in apart(search.formulation, search.prices, split)]
    search.let_go()
    took = 0.0
    while 2 * took < stop.left and not stop.due and not search.gap_reached:
        began, before = stop.now, search.bound
        if not _round(search, every, stop):
            return
        taken = _taken(search, every)
        _join(search, taken, stop.within(JOINED * stop.left))
        took = stop.now - began
        if search.bound >= before - search.tolerance(1e-5):
            return
        every = _moved(search, split, every, taken)


def _round(search: Search, every: list[Alone], stop: Stop) -> bool:
    """Proves what can be proven with these worths, all scenarios to their end; whether it came to that."""
    beside: Beside | None = None
    meanwhile = Meanwhile(search)
    try:
        while not stop.due:
            _prove(search, every)
            if search.gap_reached:
                return False
            if all(alone.done for alone in every):
                return True
            if all(alone.tries for alone in every) and sum(alone.value for alone in every) >= search.bound:
                return False  # even at their ends they would prove no more than is known
            if beside is None:
                beside = _begin_beside(search, every, stop)
            number = _next(every, () if beside is None else (beside.number,))
            if beside is not None and (number is None or meanwhile.waits_for(every, beside)):
                meanwhile.go_on(every, beside, stop)
            elif number is not None:
                most = stop.within(LONG * 4 ** every[number].tries)
                every[number] = _run(search, every[number], number, most)
            if beside is not None and beside.heard(every):
                if not every[beside.number].done:
                    break  # its process died, or HiGHS gave it up: it would again
                beside = None
        _prove(search, every)
        return False
    finally:
        if beside is not None:
            beside.prover.end()


def _next(every: list[Alone], busy: tuple[int, ...]) -> int | None:
    """The scenario that a further run may prove most of, those that nobody has solved yet first."""
    open_ones = [number for number, alone in enumerate(every) if not alone.done and number not in busy]
    return max(open_ones, key=lambda number: _promise(every[number]), default=None)


def _promise(alone: Alone) -> tuple[bool, float]:
    """What a further run may prove, at most."""
    return not alone.tries, alone.bound if not alone.tries else alone.bound - alone.value


@dataclass
class Beside:
    """A scenario that the prover's core works at, to its end."""

    number: int
    prover: Prover

    def heard(self, every: list[Alone]) -> bool:
        """Takes in what has been proven so far; whether that was all."""
        alive = self.prover.alive  # before its news are read, so that none are lost
        alone = every[self.number]
        for full, value in self.prover.news():
            if value > alone.value:
                alone = replace(alone, value=value, at=full)
        ended = self.prover.ended
        bound = self.prover.bound if ended is None else ended.bound + ended.rounding
        done = ended is not None and (ended.ending == "infeasible" or ended.gap_reached)
        every[self.number] = replace(alone, bound=min(alone.bound, bound), tries=max(alone.tries, 1), done=done)
        if not alive:
            self.prover.end()
        return not alive


@dataclass
class Meanwhile:
    """Better plans, sought on this core while the other one is at the last scenarios."""

    search: Search
    waited: float = 0.0
    joined: int = 0
    """scenarios of which it was known what they would do when plans were last made of that"""
    fruitless: bool = False
    """whether no better plan was found nearby"""

    def waits_for(self, every: list[Alone], beside: Beside) -> bool:
        """Whether the other core shall take the last open scenario, too, once it is through with its own."""
        waiting = sum(not alone.done for number, alone in enumerate(every) if number != beside.number)
        return waiting == 1 and self.waited < LONG and any(alone.done for alone in every)

    def go_on(self, every: list[Alone], beside: Beside, stop: Stop) -> None:
        """Until the other core is through with its scenario, at most."""
        began, before = stop.now, self.search.value
        until = replace(stop.within(LONG), enough=lambda: not beside.prover.alive)
        taken = _taken(self.search, every)
        if len(taken) > self.joined:
            self.joined, self.fruitless = len(taken), False
            _join(self.search, taken, until.within(JOINED * until.left))
        elif not self.fruitless:
            improve(self.search, until)
            self.fruitless = self.search.value <= before
        else:
            time.sleep(IDLE)
        self.waited += stop.now - began


def _begin_beside(search: Search, every: list[Alone], stop: Stop) -> Beside | None:
    """Begins with the scenario that is second in line, or the only one left."""
    first = _next(every, ())
    if first is None:
        return None
    second = _next(every, (first,))
    number = first if second is None else second
    program, settings = _program_of(search, every[number], number)
    if program.impossible or not len(program.columns):
        return None
    prover = Prover.start(program, settings, -math.inf, stop.seconds_left)
    return None if prover is None else Beside(number, prover)


def _program_of(search: Search, alone: Alone, number: int) -> tuple[Program, Settings]:
    """A scenario by itself, handed over, and how to solve it."""
    name, gap = f"scenario {number} by itself", search.options.gap / 2
    settings = Settings(name, True, search.options.seed, gap=gap, effort=EFFORT)
    kept = alone.part.columns & search.could_be_better()
    program = search.timed("hand-over", lambda: hand_over(alone.part.formulation, kept, hair=settings.hair))
    return program, settings


def _run(search: Search, alone: Alone, number: int, stop: Stop) -> Alone:
    """A scenario by itself, as far as it comes."""
    program, settings = _program_of(search, alone, number)
    ended = search.run(program, settings, PHASE, stop, proves=False, plans=False)
    alone = replace(alone, bound=min(alone.bound, ended.bound + ended.rounding), tries=alone.tries + 1)
    if ended.x is not None and ended.value > alone.value:
        alone = replace(alone, value=ended.value, at=program.whole(ended.x))
    return replace(alone, done=ended.ending == "infeasible" or ended.gap_reached)


def _prove(search: Search, every: list[Alone]) -> None:
    """No plan better than the best is worth more than all scenarios together."""
    total = sum(alone.bound for alone in every)
    if total < search.bound:
        rounding = ROUNDING * sum(abs(alone.bound) for alone in every if math.isfinite(alone.bound))
        search.prove(PHASE, total, rounding)
    search.show(PHASE)


def _taken(search: Search, every: list[Alone]) -> list[Floats]:
    """[scenarios of which that is known][take columns] What scenarios would do by themselves."""
    return [alone.at[: search.formulation.takes] for alone in every if alone.at is not None]


def _join(search: Search, taken: list[Floats], stop: Stop) -> None:
    """The best plan of the arcs that the scenarios would take, of those of least loss and of the best plan so far."""
    kept = search.kept_within(search.loss_of(NEAR)) & search.could_be_better()
    for arcs in taken:
        kept[: len(arcs)] |= arcs > EXACT
    held = search.arcs_of_best()
    if held is not None:
        kept[held] = True
    options = search.options
    settings = Settings("what scenarios would do", True, options.seed, options.threads, options.gap, start=held)
    search.solve(settings, "cores", kept, stop, skip_worse=True)


def _moved(search: Search, split: Shared, every: list[Alone], taken: list[Floats]) -> list[Alone]:
    """Worths moved against the disagreement of the scenarios, by Polyak's step towards the best plan."""
    differences = agreeing(split, taken)
    size = sum(float(difference @ difference) for difference in differences)
    step = STEP * max(sum(alone.bound for alone in every) - search.value, 0.0) / max(size, 1e-9)
    moved = [alone.part.moved(-step * by) for alone, by in zip(every, differences, strict=True)]
    return [Alone(part, part.bound) for part in moved]
