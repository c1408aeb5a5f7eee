"""Good prices of the coupling rows: those of the LP relaxation, or as near to them as time allows.

A small model goes to the simplex method whole. A large one is priced in three steps:

1. Smoothed descent on the price bound (`ascent.py`), coarse, and for very many partnerships on a sample of them.
2. The LP relaxation of a part: the best lives at these prices, the arcs of little loss, and what earlier parts took.
   Its duals are tried as prices of the whole, alone and mixed with the best ones so far (Wentges 1997).
3. Again, until the bound and the worth of the part, which no plan of the relaxation can fall short of, meet.
"""

import numpy as np

from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.ascent import ascend
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import Program, hand_over
from portfolioopt.solution.search import EXACT, Search, relative_gap

SIMPLEX = 30_000
"""Take columns up to which the LP relaxation is left to the simplex method as it is."""
WIDTH = 15_000
"""Arcs of a part besides the best lives."""
ROUNDS = 12
MIXES = (1.0, 0.5, 0.2)
"""Shares of a part's duals in the prices that are tried."""
MET = 1e-5
"""Relative distance at which bound and relaxation count as the same (a tenth of the asked gap where that is wider)."""
WORSE, MUCH_WORSE = 1.5, 0.002
"""Factor and amount by which the gap to an earlier search's prices may have grown before others are sought."""
PHASE = "LP relaxation"


def price_again(search: Search, prices: Floats, price_gap: float) -> None:
    """Prices of an earlier search where they still prove about as much, else new ones."""
    search.take_prices(search.timed("prices", lambda: PriceList(search.formulation).evaluate(prices)))
    proven = np.inf if search.priced is None else search.priced.bound
    if relative_gap(search.value, proven) > WORSE * price_gap + MUCH_WORSE:
        price(search)


def price(search: Search) -> None:
    """Prices, and the bound they prove by themselves (nothing if there was no time)."""
    if search.formulation.takes <= SIMPLEX:
        _by_relaxation(search)
    else:
        _by_parts(search)


def _by_relaxation(search: Search) -> None:
    program, ended = _relaxation(search, None)
    if ended.row_dual is None or ended.ending != "optimal":
        return
    prices = _duals(search, program, ended)
    search.take_prices(search.timed("prices", lambda: PriceList(search.formulation).evaluate(prices)))


def _by_parts(search: Search) -> None:
    search.show("prices")
    stop = search.stop.within(0.4 * search.stop.left)
    seed = search.options.seed
    started = search.timed("prices", lambda: ascend(search.formulation, lambda: stop.due, search.show_bound, seed))
    search.take_prices(started)
    exact = PriceList(search.formulation)
    met = max(MET, 0.1 * search.options.gap)
    taken: Mask = np.zeros(search.formulation.takes, dtype=bool)
    stop = search.stop.within(0.4 * search.stop.left)
    for _ in range(ROUNDS):
        if stop.due:
            return
        kept = search.kept_within(search.loss_of(WIDTH))
        kept[: search.formulation.takes] |= taken
        program, ended = _relaxation(search, kept)
        if ended.row_dual is None or ended.x is None or ended.ending != "optimal":
            return
        taken |= program.whole(ended.x)[: search.formulation.takes] > EXACT
        duals, before = _duals(search, program, ended), search.prices
        for share in MIXES:
            mixed = share * duals + (1 - share) * before
            tried = search.timed("prices", lambda mixed=mixed: exact.evaluate(mixed))  # type: ignore[misc]
            if share == 1.0:
                taken |= tried.loss <= EXACT * max(abs(tried.bound), 1.0)
            search.take_prices(tried)
        if relative_gap(ended.value, search.priced.bound if search.priced else np.inf) <= met:
            return


def _relaxation(search: Search, kept: Mask | None) -> tuple[Program, Run]:
    program = search.timed("hand-over", lambda: hand_over(search.formulation, kept))
    name = PHASE if kept is None else f"{PHASE} of {len(program.columns):,} columns"
    return program, search.run(program, Settings(name, relaxed=True), PHASE, search.stop, proves=False)


def _duals(search: Search, program: Program, ended: Run) -> Floats:
    """Prices of the coupling rows from the duals of a relaxation; 0 for rows that it did not need."""
    prices = np.zeros(len(search.formulation.row_lower))
    assert ended.row_dual is not None
    np.add.at(prices, program.rows, ended.row_dual * program.row_scale * program.objective_scale)
    coupling: Floats = prices[search.formulation.paths :]
    return coupling
