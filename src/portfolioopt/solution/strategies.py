"""How a search goes: whole for a small model, from few arcs to all that matter for a large one."""

import math
from dataclasses import replace

from portfolioopt.solution.branches import decide_by_stages
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.neighbourhoods import improve
from portfolioopt.solution.pricing import COARSE, price, price_again
from portfolioopt.solution.search import EXACT, Search
from portfolioopt.solution.ties import fewest_decisions

SMALL = 6_000
"""Take columns up to which a model is given to HiGHS whole."""
PATIENCE = 1_000
"""Nodes for which a small model is solved beyond the asked gap, to 1e-10."""
CORES = ((500, 0.02, 0.1, 0.02), (1_750, 0.09, 0.35, 0.02), (3_750, 0.2, 0.25, 0.005))
"""The first restricted models: arcs besides the best lives, those of least loss, and the share of all arcs that they
may be at most; share of the time left for each; gap at which it may stop (the asked one, if that is larger)."""
SMALL_CORES = ((500, 0.02, 0.1, 0.02), (1_750, 0.09, 0.2, 0.02))
"""The same where the last run, over all arcs that could be better, will do the rest."""
WIDER_CORES = ((8_000, 1.0, 0.4, 0.0), (16_000, 1.0, 0.7, 0.0))
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
FAR = 0.2
"""Gap from which on a plan helps a core less than its arcs weigh it down."""
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
        if plan is not None:
            search.offer(plan, "earlier plan")
        price_again(search, memory.prices_for(search.formulation), memory.price_gap)
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
    """Prices first; then cores of growing width and what lies near the best plan; at last all that could be better."""
    # today's portfolio, where the edit has broken the plan of before, is nothing to build on
    remembers = search.priced is not None and search.best is not None and search.gap <= POOR
    if search.priced is None:
        price(search)
    if search.priced is None:
        _conclude(search, search.solve(_settings(search, "all arcs"), "search"))
        return
    small = search.formulation.takes <= SMALL
    many = len(search.formulation.portfolio.tree.scenarios) >= MANY_SCENARIOS
    staged = many and not remembers and decide_by_stages(search, search.stop.within(BY_STAGES * search.stop.left))
    if not remembers and not staged:
        _through(search, SMALL_CORES if small else CORES)
    while search.best is not None and not search.done:
        manageable = int(search.could_be_better().sum()) <= MANAGEABLE
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
    settings = replace(_settings(search, "all arcs that could be better"), effort=effort)
    ended = search.solve(settings, "search", search.could_be_better(), skip_worse=True, complete=True)
    _conclude(search, ended)
    if search.options.verify and ended.gap_reached and not search.proven_by_prices and not search.stop.due:
        _confirm(search, ended)


def _through(search: Search, cores: tuple[tuple[int, float, float, float], ...]) -> None:
    """Restricted models of growing width, each from the best plan so far."""
    for most, part, share, gap in cores:
        if search.done:
            return
        arcs = min(most, round(part * search.formulation.takes))
        if search.gap > POOR:
            share = max(share, UNTIL_GOOD)
        settings = _settings(search, f"best lives and {arcs:,} arcs")
        settings = replace(settings, gap=max(min(gap, FINER * search.gap), search.options.gap))
        kept = search.kept_within(search.loss_of(arcs)) & search.could_be_better()
        kept[search.relaxed] = True  # so that the limits leave room
        held = settings.start
        if held is not None and len(search.relaxed) and search.gap > FAR:
            settings = replace(settings, start=None)
        elif held is not None:
            kept[held] = True  # so that every core holds a plan
        search.solve(settings, "cores", kept, search.stop.within(share * search.stop.left), skip_worse=True)


def _settings(search: Search, name: str) -> Settings:
    options = search.options
    return Settings(name, True, options.seed, options.threads, options.gap, start=search.arcs_of_best())


def _conclude(search: Search, ended: Run) -> None:
    """What a run over every arc that could be better proves."""
    if ended.ending == "infeasible":
        if search.best is None:
            search.infeasible = True
        else:
            search.prove("all arcs that could be better", search.value)
        return
    search.prove("all arcs that could be better", max(ended.bound, search.value))


def _confirm(search: Search, first: Run) -> None:
    """A second run, under other settings and without a start, over every arc that could be better."""
    settings = replace(_settings(search, "other settings"), seed=search.options.seed + 1, presolve=False, start=None)
    value = search.value
    second = search.solve(settings, "verification", search.could_be_better(), skip_worse=True)
    _conclude(search, second)
    agree = second.gap_reached and search.value <= value + search.tolerance(max(search.options.gap, 1e-9))
    if agree and first.gap_reached:
        search.agreeing = ("all arcs that could be better", settings.name)
