"""Good prices of the coupling rows: those of the LP relaxation, or as near to them as time allows.

A small model goes to the simplex method whole. A large one is priced in steps:

1. Smoothed descent on the price bound (`ascent.py`), coarse, and for very many partnerships on a sample of them.
2. The LP relaxation of a part: the best lives at these prices, the arcs of little loss, and what earlier parts took.
   A part may be too small to keep the limits, so they give way for a price a few times the one at hand; this also
   keeps its duals in a box around the prices (Marsten, Hogan and Blankenship 1975; du Merle and others 1999).
   Its duals are tried as prices of the whole, alone and mixed with the best ones so far (Wentges 1997).
3. Valid inequalities that the part's solution breaks are added once it comes near (`strengthening.py`).
4. Again, until the bound and the worth of the part, which no plan of the relaxation can fall short of, meet.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import NOTHING, Mask
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.ascent import ascend, typical_worth
from portfolioopt.solution.coarse import carried_over, coarser, standing_for, standing_in
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.inequalities.remembered import Written, recalled
from portfolioopt.solution.inequalities.rows import sources
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.search import EXACT, Search, relative_gap
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strengthening import PHASE, broken, price_by_relaxation

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
NEAR = 0.003
"""Relative distance of bound and relaxation from which on inequalities are sought: before, they would be others."""
SEEKING = 4
"""How often inequalities are sought."""
WORSE, MUCH_WORSE = 1.5, 0.002
"""Factor and amount by which the gap to an earlier search's prices may have grown before others are sought."""
FARTHEST = 1.5
"""How many times its price at hand a row may come to cost..."""
LEAST_PRICE = 0.01
"""...and as a share of what makes a typical coefficient worth a typical life, how much any row may."""


def price_again(search: Search, memory: Memory) -> None:
    """Prices of an earlier search where they still prove the asked gap, or about as much as then where new ones take
    long; else new ones.
    """
    formulation, written, prices = memory.recalled(search.formulation)
    search.formulation, search.strengthened, search.basis = formulation, written, memory.basis
    search.try_prices(PriceList(search.formulation), prices)
    if search.gap_reached:
        return
    proven = np.inf if search.priced is None else search.priced.bound
    much_worse = relative_gap(search.value, proven) > WORSE * memory.price_gap + MUCH_WORSE
    if much_worse or search.formulation.takes <= SIMPLEX:
        price(search)


def price(search: Search) -> None:
    """Prices, and the bound they prove by themselves (nothing if there was no time)."""
    if search.formulation.takes <= SIMPLEX:
        price_by_relaxation(search)
    else:
        before, known = search.formulation, search.strengthened
        _by_parts(search)
        _forget_unpriced(search, before, known)


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
    known = sources(search.formulation) if start is None else []
    met = max(MET, 0.1 * search.options.gap)
    taken: Mask = np.zeros(search.formulation.takes, dtype=bool)
    # after a coarser tree little is left to gain, and parts of so many scenarios take long
    stop = search.stop.within((0.4 if start is None else 0.15) * search.stop.left)
    seeking = SEEKING
    width = least = max(WIDTH, round(WIDTH_EACH * len(search.formulation.portfolio.partnerships)))
    reach = 1.0
    for _ in range(ROUNDS):
        if stop.due:
            return
        kept = search.kept_within(search.loss_of(width))
        kept[: search.formulation.takes] |= taken
        firm = search.program(kept)
        usual = typical_prices(search.formulation)
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
        exact = PriceList(search.formulation)
        for share in MIXES:
            mixed = share * duals + (1 - share) * before
            tried = search.try_prices(exact, mixed)
            if share == 1.0:
                lives = tried.loss <= EXACT * max(abs(tried.bound), 1.0)
                # prices far off would let every partnership in with one more life
                if np.count_nonzero(lives & ~kept[: len(lives)]) <= width:
                    taken |= lives
        near = relative_gap(ended.value, search.priced.bound if search.priced else np.inf)
        fresh = broken(search, known, program.whole(ended.x), stop) if near <= NEAR and seeking else []
        if given <= NOTHING and near <= met and not fresh:
            return
        if fresh:
            # descent takes to new rows sooner than the relaxation of ever wider parts
            search.strengthen(fresh)
            seeking -= 1
            _descend_on(search, due)
            width = least


def _descend_on(search: Search, due: Callable[[], bool]) -> None:
    """Better prices by smoothed descent from those at hand."""
    formulation, seed, start = search.formulation, search.options.seed, search.prices
    search.take_prices(search.timed("prices", lambda: ascend(formulation, due, search.show_bound, seed, start)))


def _forget_unpriced(search: Search, before: Formulation, known: list[Written]) -> None:
    """Leaves only those of the new inequalities that carry a price."""
    first, prices = len(before.labels), search.prices
    if search.priced is None or len(prices) == first:
        return
    kept = [one for one in search.strengthened if one.row >= first and prices[one.row]]
    search.formulation, search.strengthened = before, known
    search.strengthen(kept)
    search.priced = replace(search.priced, prices=np.concatenate((prices[:first], prices[[one.row for one in kept]])))


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
    if apart.priced is None:
        return None
    alike = standing_in(formulation, small.portfolio.tree, standing, Memory.of(apart).inequalities)
    search.formulation, search.strengthened, _ = recalled(formulation, alike)
    return carried_over(apart.priced.prices, apart.formulation, search.formulation, standing)


def _relaxation(search: Search, program: Program, name: str, stop: Stop) -> Run:
    return search.run(program, Settings(name, relaxed=True), PHASE, stop, proves=False, plans=False)


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
    np.add.at(prices, program.rows, program.money(ended.row_dual))
    coupling: Floats = prices[search.formulation.paths :]
    return coupling
