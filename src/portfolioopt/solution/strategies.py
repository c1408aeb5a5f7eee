"""How a search goes: whole for a small model, from few arcs to all that matter for a large one."""

import math
import time
from dataclasses import dataclass, replace

from portfolioopt.solution.branches import decide_by_stages
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.neighbourhoods import improve
from portfolioopt.solution.pricing import COARSE, price, price_again
from portfolioopt.solution.prover import Prover
from portfolioopt.solution.proving_apart import can_be_proven_apart, prove_apart
from portfolioopt.solution.search import EXACT, KNOWN, LOOSER, Search, relative_gap
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strengthening import PHASE as RELAXATION
from portfolioopt.solution.ties import fewest_decisions

SMALL = 6_000
"""Take columns up to which a model is given to HiGHS whole."""
PATIENCE = 1_000
"""Nodes for which a small model is solved beyond the asked gap, to 1e-10."""


@dataclass(frozen=True)
class Core:
    """A restricted model: the best lives, and the arcs of least loss besides."""

    most: int
    """arcs besides..."""
    part: float
    """...and the share of all arcs that they may be at most"""
    share: float
    """of the time left"""
    gap: float
    """at which it may stop"""
    promising: bool = False
    """whether it is left as soon as it cannot hold a plan that is good enough"""


CORES = (Core(500, 0.02, 0.1, 0.02), Core(1_750, 0.09, 0.35, 0.02), Core(3_750, 0.2, 0.25, 0.005))
"""The first restricted models."""
CORES_BESIDE = (Core(500, 0.02, 0.1, 0.02), Core(1_750, 0.09, 0.2, 0.02), Core(3_750, 0.2, 0.13, 0.005))
"""The same beside a prover, which finds plans as well: what lies near the best plan comes sooner."""
CORES_APART = (Core(500, 0.02, 0.1, 0.02), Core(1_750, 0.09, 0.07, 0.02))
"""The same where scenarios can be proven apart, which makes plans too, and takes long."""
BROKEN_CORES = (Core(2_500, 0.15, 0.5, 0.0), Core(3_750, 0.2, 0.5, 0.0, promising=True))
"""The same after an edit that has broken the best plan: prices are good from the start, and so is a wider core."""
ONE_MORE = (Core(2_500, 0.15, 0.15, 0.0, promising=True),)
"""The same where the best plan is still a plan, but no longer proven good enough: is it the plan, or the proof?"""
GOOD = 0.015
"""Gap at which proving apart may begin: a better plan comes of it, and its bound falls no faster with one."""
CORES_AT_LAST = (Core(1_750, 0.09, 0.9, 0.0), Core(3_750, 0.2, 0.9, 0.0))
"""Beside a prover, once nothing better is found nearby."""
SMALL_CORES = (Core(500, 0.02, 0.1, 0.02), Core(1_750, 0.09, 0.2, 0.02))
"""The same where the last run, over all arcs that could be better, will do the rest."""
WIDER_CORES = (Core(8_000, 1.0, 0.4, 0.0), Core(16_000, 1.0, 0.7, 0.0))
"""More of them where all arcs that could be better are too many for one run."""
FINER = 0.2
"""Gap of a core at most, relative to the gap of the whole."""
POOR, UNTIL_GOOD = 0.1, 0.5
"""While the gap is that large, a core may take at least this share of the time left: a good plan comes first."""
PROVING, SEEKING = 0.05, 0.1
"""Share of the last run's work that goes into heuristics: of a large model, and of a small one."""
MANAGEABLE = 60_000
"""Take columns up to which HiGHS may be given all arcs that could be better."""
TRIAL = 0.05
"""Share of the time in which a small model must be solved whole."""
MANY = 4_000
"""Partnerships beyond which wider cores come before plans near the best one: what a few may choose matters little."""
MANY_SCENARIOS, BY_STAGES = 2 * COARSE, 0.8
"""Scenarios from which on a plan is decided stage by stage, and the share of the time left for that."""
STILL_GOOD = 0.03
"""Gap up to which a plan from before an edit is one to build on."""
FAR = 0.2
"""Gap from which on a plan helps a core less than its arcs weigh it down."""
BEFORE_ALL = (KNOWN, LOOSER)
"""Bounds that were proven by other solves before this one began: runs of this one are named rather."""
ALL_ARCS, OTHERWISE = "all arcs that could be better", "other settings"
MOST_RIVALS = 3
"""Runs beside the prover's at most: plans that the audit refuses make it begin anew."""
FEWER = 0.4
"""Share of a prover's arcs that may be left before it begins anew."""
WIDE, VERY_WIDE = 0.005, 0.008
"""Gap from which on scenarios are proven apart beside the tree as a whole: after a look for better
plans nearby, or without it..."""
BEFORE, APART = 0.12, 0.85
"""...and the shares of the time left for better plans before that, and for it."""
LATE = 3.0
"""Times what the LP relaxation took in all its rounds: with less time left no other run is begun to prove a gap that
is still open, as HiGHS cannot be stopped before it has solved the relaxation of all arcs that could be better."""
FRUITLESS = 2
"""How often no better plan may be found nearby before wider cores are tried, and then both cores prove."""
NEARBY = 0.05
"""Share of the time left for plans near the best one."""


def search_for_plan(search: Search, memory: Memory | None = None) -> None:
    """The best plan within the time there is, from what an earlier search remembers if there was one.

    A small model is solved from cold all the same: that takes next to no time, and nothing has to be believed.
    """
    if search.formulation.takes <= SMALL and search_small(search):
        return
    if memory is not None:
        plan = memory.plan_for(search.formulation)
        if plan is not None and search.offer(plan, "earlier plan") is None:
            # an edit has broken it: what it takes is where to look first for one that keeps the limits
            search.relaxed = arcs_of(search.formulation, plan)
        price_again(search, memory)
    search_large(search)


def search_small(search: Search) -> bool:
    """HiGHS to the end, and again under other settings until two runs agree.

    Where no second run is asked for, the first alone decides; its absence is told. False if the model proves too hard
    to be solved whole: then the search for large models does better.
    """
    endings: list[tuple[str, float]] = []
    gap, seed, threads = search.options.gap, search.options.seed, search.options.threads
    different = (
        Settings("presolve on", True, seed, threads, gap, PATIENCE),
        Settings("presolve off, another seed", False, seed + 1, threads, gap, PATIENCE),
        Settings("presolve off, a third seed", False, seed + 2, threads, gap, PATIENCE),
        Settings("presolve on, a fourth seed", True, seed + 3, threads, gap, PATIENCE),
        Settings("presolve off, a fifth seed", False, seed + 4, threads, gap, PATIENCE),
    )
    for number, settings in enumerate(different):
        if number and (not search.options.verify or search.stop.due):
            break
        stop = search.stop.within(TRIAL * search.stop.left) if number == 0 else search.stop
        ended = search.solve(settings, "search" if number == 0 else "verification", stop=stop)
        if number == 0 and stop.due and not ended.gap_reached:
            search.prove(settings.name, ended.bound, ended.rounding)
            return False
        if ended.ending == "infeasible":
            endings.append((settings.name, -math.inf))
        else:
            search.prove(settings.name, ended.bound, ended.rounding)
            if ended.gap_reached:
                endings.append((settings.name, ended.value))
        agreeing = _agreeing(search, endings)
        if len(agreeing) >= 2:
            search.agreeing = agreeing
            break
    search.infeasible = search.best is None and bool(endings) and all(value == -math.inf for _, value in endings)
    if search.options.ties and search.gap <= EXACT * 10:
        fewest_decisions(search)
    return True


def _agreeing(search: Search, endings: list[tuple[str, float]]) -> tuple[str, ...]:
    """The runs that ended with the best known value, or all without a plan where none is known."""
    if search.best is None:
        return tuple(name for name, value in endings if value == -math.inf)
    least = search.value - search.tolerance(max(search.options.gap, 1e-9))
    return tuple(name for name, value in endings if value >= least)


def search_large(search: Search) -> None:
    """Prices first; then cores of growing width and what lies near the best plan; at last all that could be better.

    With a second core, a prover works at all that could be better from the start.
    """
    _prove_beside(search)
    try:
        _search_large(search)
    finally:
        search.let_go()


def _search_large(search: Search) -> None:
    # today's portfolio, where the edit has broken the plan of before, is nothing to build on
    edited = search.priced is not None
    remembers = edited and search.best is not None and search.gap <= STILL_GOOD
    if search.priced is None:
        price(search)
        if search.strengthened:
            # with these rows, and without the arcs that their bound rules out, a prover comes further sooner
            search.let_go()
            _prove_beside(search)
    if search.priced is None:
        _conclude(search, search.solve(_settings(search, "all arcs"), "search"))
        return
    small = search.formulation.takes <= SMALL
    many = len(search.formulation.portfolio.tree.scenarios) >= MANY_SCENARIOS
    staged = many and not remembers and decide_by_stages(search, search.stop.within(BY_STAGES * search.stop.left))
    if not remembers and not staged:
        _through(search, SMALL_CORES if small else _cores(search, edited=edited))
    elif remembers and not small and not search.done:
        _through(search, ONE_MORE)
    search.attend()
    if search.best is None and search.prover is not None and not search.stop.due:
        # nobody has found a plan yet: both cores look for one
        ended = search.solve(_settings(search, ALL_ARCS), "search", stop=search.unproven())
        search.attend()
        if search.best is None:
            _conclude(search, ended)
            return
    while search.best is not None and not search.done:
        manageable = int(search.could_be_better().sum()) <= MANAGEABLE
        if manageable and _prove_beside(search) and _go_on_beside(search):
            return
        if manageable and remembers:
            break  # the plan was good before; what is missing is the proof
        if manageable or len(search.formulation.portfolio.partnerships) <= MANY:
            nearby = search.stop.within((NEARBY if not small else NEARBY / 2) * search.stop.left)
            improve(search, nearby if manageable else search.stop)
        if manageable:
            break
        before = search.value
        _through(search, WIDER_CORES)
        if search.value <= before + search.tolerance():
            return
    if search.done:
        return
    # from here on the bound of a large model matters most: HiGHS spends its time on it, not on heuristics
    effort = PROVING if search.best is not None and not small else SEEKING
    settings = replace(_settings(search, ALL_ARCS), effort=effort)
    ended = search.solve(settings, "search", search.could_be_better(), skip_worse=True, complete=True)
    _conclude(search, ended)
    if search.options.verify and ended.gap_reached and not search.proven_by_prices and not search.stop.due:
        _rival(search)
        _agree(search)


def _cores(search: Search, *, edited: bool) -> tuple[Core, ...]:
    """What to go through first."""
    if edited:
        return BROKEN_CORES
    if search.prover is None:
        return CORES
    return CORES_APART if can_be_proven_apart(search) else CORES_BESIDE


def _prove_beside(search: Search) -> bool:
    """Sets a prover to work at all arcs that could be better, if there is a core for it and they are not too many.

    One at work begins anew only where far fewer arcs are left by now than it has. Whether one is at work.
    """
    options = search.options
    if not options.beside or search.stop.due:
        return False
    kept = search.could_be_better()
    arcs = int(kept[: search.formulation.takes].sum())
    if search.prover is not None:
        if arcs > FEWER * search.prover.program.arcs:
            return True
        search.let_go()
    if arcs > MANAGEABLE:
        return False
    # no start: HiGHS completes one by a solve of its own, whose bounds are not those of the whole
    settings = replace(_settings(search, ALL_ARCS), threads=options.beside, start=None)
    program = search.program(None if kept.all() else kept, hair=settings.hair)
    if not len(program.columns) or program.impossible:
        return False
    search.prover = Prover.start(program, settings, search.value, search.stop.seconds_left)
    if search.prover is None:
        return False
    taken = search.arcs_of_best() if search.priced is not None else None  # before prices, the plan is today's
    at = None if taken is None else search.completed(taken, "neighbourhoods", search.stop)
    if at is not None:
        search.prover.offer(at)
    return True


def _go_on_beside(search: Search) -> bool:
    """Better plans from what lies near the best one, and from wider cores, while the prover closes in from above; then
    both prove.

    False where no prover can be had.
    """
    fruitless = rivals = cores = 0
    apart = False
    while True:
        search.attend()
        if search.stop.due or (search.gap_reached and (not search.options.verify or search.verified)):
            return True
        if not search.gap_reached and not _prove_beside(search):
            return False
        wide = search.gap > (WIDE if fruitless else VERY_WIDE)
        if not search.gap_reached and not apart and wide and can_be_proven_apart(search):
            apart = True
            prove_apart(search, search.stop.within(APART * search.stop.left))
        elif not search.gap_reached and fruitless < FRUITLESS:
            before = search.value
            improve(search, search.unproven() if fruitless else search.unproven().within(BEFORE * search.stop.left))
            fruitless = 0 if apart and search.value > before + search.tolerance(1e-5) else fruitless + 1
        elif not search.gap_reached and cores < len(CORES_AT_LAST):
            before = search.value
            _through(search, CORES_AT_LAST[cores : cores + 1], search.unproven())
            cores += 1
            fruitless = 0 if search.value > before + search.tolerance(1e-5) else fruitless
        elif rivals < MOST_RIVALS and (
            search.gap_reached or search.stop.seconds_left > LATE * search.timings.get(RELAXATION, 0.0)
        ):
            rivals += 1
            _rival(search)
            _wait(search)
            _agree(search)
        else:
            _wait(search)
            _agree(search)
            return True


def _rival(search: Search) -> None:
    """A run under other settings than the first and without a start, over every arc that could be better.

    It need find no plan: it ends once it has proven the gap of the best one by itself.
    """
    proven = search.value + max(search.options.gap, EXACT) * abs(search.value)
    settings = replace(_settings(search, OTHERWISE), seed=search.options.seed + 1, presolve=False, start=None)
    stop = search.stop if search.options.verify else search.unproven()
    settings = replace(settings, proven=proven)
    ended = search.solve(settings, "verification", search.could_be_better(), stop, skip_worse=True)
    # the best plan is among what it looks at: where that contradicts it, nothing is proven
    search.prove(OTHERWISE, -math.inf if ended.ending == "infeasible" else ended.bound, ended.rounding)


def _wait(search: Search) -> None:
    """Until the prover has come to its own end, if that is still wanted."""
    while search.prover is not None and not search.stop.due:
        _agree(search)
        if search.gap_reached and (search.verified or not search.options.verify):
            return
        time.sleep(0.02)
        search.attend()


def _agree(search: Search) -> None:
    """Whether two different runs have proven the gap, each by itself."""
    wanted = max(search.options.gap, EXACT)
    proven = [proof.by for proof in search.proofs if relative_gap(search.value, proof.bound) <= wanted]
    others = sorted((by for by in proven if by != OTHERWISE), key=lambda by: by in BEFORE_ALL)
    if others and OTHERWISE in proven:
        search.agreeing = (others[0], OTHERWISE)


def _through(search: Search, cores: tuple[Core, ...], stop: Stop | None = None) -> None:
    """Restricted models of growing width, each from the best plan so far."""
    stop = stop or search.stop
    enough = GOOD if cores is CORES_APART else search.options.gap
    for core in cores:
        search.attend()
        target = _worth_at(enough, search.bound)
        if search.done or search.value >= target:
            return
        arcs = min(core.most, round(core.part * search.formulation.takes))
        share = max(core.share, UNTIL_GOOD) if search.gap > POOR else core.share
        settings = _settings(search, f"best lives and {arcs:,} arcs")
        finer = max(min(core.gap, FINER * search.gap), FINER * search.options.gap)
        settings = replace(settings, gap=finer, target=target, proven=target if core.promising else -math.inf)
        kept = search.kept_within(search.loss_of(arcs)) & search.could_be_better()
        kept[search.relaxed] = True  # so that the limits leave room
        held = settings.start
        if held is not None and len(search.relaxed) and search.gap > FAR:
            settings = replace(settings, start=None)
        elif held is not None:
            kept[held] = True  # so that every core holds a plan
        search.solve(settings, "cores", kept, stop.within(share * stop.left), skip_worse=True)


def _worth_at(gap: float, bound: float) -> float:
    """What a plan must be worth for (bound − value) / |value| = gap; +∞ where there is no bound."""
    return bound / (1 + math.copysign(gap, bound)) if math.isfinite(bound) else math.inf


def _settings(search: Search, name: str) -> Settings:
    options = search.options
    return Settings(name, True, options.seed, options.threads, options.gap, start=search.arcs_of_best())


def _conclude(search: Search, ended: Run) -> None:
    """What a run over every arc that could be better proves."""
    if ended.ending == "infeasible":
        if search.best is None:
            search.infeasible = True
        else:
            search.prove(ALL_ARCS, search.value)
        return
    search.prove(ALL_ARCS, max(ended.bound, search.value))
