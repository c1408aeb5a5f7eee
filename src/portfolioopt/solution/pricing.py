"""Good prices of the coupling rows: those of the LP relaxation, or as near to them as time allows.

A small model goes to the simplex method whole. A large one is priced in three steps:

1. Smoothed descent on the price bound (`ascent.py`), coarse, and for very many partnerships on a sample of them.
2. The LP relaxation of a part: the best lives at these prices, the arcs of little loss, and what earlier parts took.
   A part may be too small to keep the limits, so they give way for a price a few times the one at hand; this also
   keeps its duals in a box around the prices (Marsten, Hogan and Blankenship 1975; du Merle and others 1999).
   Its duals are tried as prices of the whole, alone and mixed with the best ones so far (Wentges 1997).
3. Again, until the bound and the worth of the part, which no plan of the relaxation can fall short of, meet.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import NOTHING, Mask
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.ascent import ascend, typical_worth
from portfolioopt.solution.coarse import carried_over, coarser, standing_for
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.search import EXACT, Search, relative_gap
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strengthening import PHASE, price_by_relaxation

if TYPE_CHECKING:
    from portfolioopt.solution.memory import Memory

SIMPLEX = 60_000
"""Take columns up to which the LP relaxation is left to the simplex method as it is."""
WIDTH = 15_000
"""Arcs of a part besides the best lives, at least..."""
WIDTH_EACH = 1.0
"""...and by partnership: the more there are, the more of them have to change where a limit is overdrawn by a share."""
COARSE = 100
"""Scenarios of a coarser tree, from twice as many on."""
ROUNDS = 12
MIXES = (1.0, 0.5, 0.2, 0.05)
"""Shares of a part's duals in the prices that are tried."""
MET = 1e-5
"""Relative distance at which bound and relaxation count as the same (a tenth of the asked gap where that is wider)."""
WORSE, MUCH_WORSE = 1.5, 0.002
"""Factor and amount by which the gap to an earlier search's prices may have grown before others are sought."""
FARTHEST = 1.5
"""How many times its price at hand a row may come to cost..."""
LEAST_PRICE = 0.01
"""...and as a share of what makes a typical coefficient worth a typical life, how much any row may."""


def price_again(search: Search, memory: "Memory") -> None:
    """Prices of an earlier search where they still prove about as much, else new ones."""
    formulation, written, prices = memory.recalled(search.formulation)
    search.formulation, search.strengthened = formulation, written
    search.try_prices(PriceList(search.formulation), prices)
    proven = np.inf if search.priced is None else search.priced.bound
    if relative_gap(search.value, proven) > WORSE * memory.price_gap + MUCH_WORSE:
        price(search)


def price(search: Search) -> None:
    """Prices, and the bound they prove by themselves (nothing if there was no time)."""
    if search.formulation.takes <= SIMPLEX:
        price_by_relaxation(search)
    else:
        _by_parts(search)


def _by_parts(search: Search) -> None:
    search.show("prices")
    stop = search.stop.within(0.4 * search.stop.left)
    seed = search.options.seed
    start = _from_coarser(search, stop)

    def due() -> bool:
        stop.work.add(2 * search.sweep_work)  # asked before every step, which takes a smooth sweep
        return stop.due

    started = search.timed("prices", lambda: ascend(search.formulation, due, search.show_bound, seed, start))
    search.take_prices(started)
    exact = PriceList(search.formulation)
    met = max(MET, 0.1 * search.options.gap)
    taken: Mask = np.zeros(search.formulation.takes, dtype=bool)
    # after a coarser tree little is left to gain, and parts of so many scenarios take long
    stop = search.stop.within((0.4 if start is None else 0.15) * search.stop.left)
    usual = typical_prices(search.formulation)
    width = max(WIDTH, round(WIDTH_EACH * len(search.formulation.portfolio.partnerships)))
    reach = 1.0
    for _ in range(ROUNDS):
        if stop.due:
            return
        kept = search.kept_within(search.loss_of(width))
        kept[: search.formulation.takes] |= taken
        firm = search.program(kept)
        program = _giving_way(
            firm, search.formulation, reach * (FARTHEST * np.abs(search.prices) + LEAST_PRICE * usual)
        )
        ended = _relaxation(search, program, f"{PHASE} of {len(firm.columns):,} columns", stop)
        if ended.row_dual is None or ended.x is None or ended.ending != "optimal":
            return
        given = float(ended.x[len(firm.columns) :].max(initial=0.0))
        now = program.whole(ended.x)[: search.formulation.takes] > EXACT
        taken |= now
        if given <= NOTHING:
            search.relaxed = np.flatnonzero(now)
        else:
            width, reach = 2 * width, 4 * reach
        duals, before = _duals(search, program, ended), search.prices
        for share in MIXES:
            mixed = share * duals + (1 - share) * before
            tried = search.try_prices(exact, mixed)
            if share == 1.0:
                lives = tried.loss <= EXACT * max(abs(tried.bound), 1.0)
                # prices far off would let every partnership in with one more life
                if np.count_nonzero(lives & ~kept[: len(lives)]) <= width:
                    taken |= lives
        if given <= NOTHING and relative_gap(ended.value, search.priced.bound if search.priced else np.inf) <= met:
            return


def _from_coarser(search: Search, stop: Stop) -> Floats | None:
    """Prices of a coarser tree, if that is much smaller."""
    formulation = search.formulation
    if len(formulation.portfolio.tree.scenarios) < 2 * COARSE:
        return None
    standing = standing_for(formulation, COARSE)
    small = coarser(formulation, standing)
    apart = Search(small, search.judge, search.options, stop.within(0.5 * stop.left))
    search.timed("prices of a coarser tree", lambda: price(apart))
    search.log += apart.log
    return None if apart.priced is None else carried_over(apart.priced.prices, small, formulation, standing)


def _relaxation(search: Search, program: Program, name: str, stop: Stop) -> Run:
    return search.run(program, Settings(name, relaxed=True), PHASE, stop, proves=False)


def typical_prices(formulation: Formulation) -> Floats:
    """Prices of the coupling rows at which a typical coefficient is worth a typical life."""
    coupling = formulation.matrix[formulation.paths :]
    filled = np.maximum(np.diff(coupling.indptr), 1)
    size = np.add.reduceat(np.abs(np.append(coupling.data, 0.0)), coupling.indptr[:-1]) / filled
    prices: Floats = typical_worth(formulation) / np.maximum(size, 1e-12)
    return prices


def _giving_way(program: Program, formulation: Formulation, prices: Floats) -> Program:
    """The same with coupling rows that may be broken, on either side, for these prices ([coupling rows]) per unit."""
    rows = np.flatnonzero(program.rows >= formulation.paths)
    cost = prices[program.rows[rows] - formulation.paths] / (program.row_scale[rows] * program.objective_scale)
    above, below = rows[np.isfinite(program.row_upper[rows])], rows[np.isfinite(program.row_lower[rows])]
    more = len(above) + len(below)
    by_row = np.zeros(len(program.rows))
    by_row[rows] = cost
    where = np.concatenate((above, below))
    ways = np.concatenate((np.full(len(above), -1.0), np.ones(len(below))))
    giving = sp.csc_array((ways, (where, np.arange(more))), shape=(len(program.rows), more))
    return replace(
        program,
        matrix=sp.csc_array(sp.hstack([program.matrix, giving], format="csc")),
        lower=np.concatenate((program.lower, np.zeros(more))),
        upper=np.concatenate((program.upper, np.full(more, np.inf))),
        objective=np.concatenate((program.objective, -by_row[where])),
        integer=np.concatenate((program.integer, np.zeros(more, dtype=bool))),
        columns=np.concatenate((program.columns, program.width + np.arange(more))),
        column_scale=np.concatenate((program.column_scale, np.ones(more))),
        width=program.width + more,
        impossible=(),
    )


def _duals(search: Search, program: Program, ended: Run) -> Floats:
    """Prices of the coupling rows from the duals of a relaxation; 0 for rows that it did not need."""
    prices = np.zeros(len(search.formulation.row_lower))
    assert ended.row_dual is not None
    np.add.at(prices, program.rows, ended.row_dual * program.row_scale * program.objective_scale)
    coupling: Floats = prices[search.formulation.paths :]
    return coupling
