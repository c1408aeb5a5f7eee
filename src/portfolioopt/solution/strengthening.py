"""The LP relaxation with valid inequalities: rows that every plan keeps, as long as they bring the bound down.

Found in rounds: solve, find what the solution breaks, add it, go on from the last basis. Those that carry a price at
the end become rows of the search's formulation, so that every part of the search has them; they are priced like all
others, and what prices prove does not rest on the solver.
"""

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.basis import BASIC, Basis
from portfolioopt.solution.highs import Run
from portfolioopt.solution.inequalities.remembered import Written
from portfolioopt.solution.inequalities.rows import Source, sources
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.relaxation import Relaxation
from portfolioopt.solution.search import EXACT, Search, relative_gap
from portfolioopt.solution.stop import Stop

ROUNDS = 12
SHARE = 0.2
"""Of the time left, most that the rounds may take."""
ENOUGH = 0.02
"""Share of the distance to the best plan that a round must still take off, ..."""
LITTLE = 2e-5
"""...or of the value, whichever is more; ..."""
FAR, PART = 0.1, 1e-3
"""...and where the best plan is farther away than that, this share of the value."""
SEPARATION = 4e-4
"""Work of looking for inequalities at one node of one limit."""
PRICED = 1e-9
"""Relative to the largest, the least price of a row that is kept."""
PHASE, SEEKING = "LP relaxation", "inequalities"


def price_by_relaxation(search: Search) -> None:
    """Prices from the relaxation of the whole formulation, strengthened as far as it pays."""
    formulation = search.formulation
    begin = None if search.basis is None else search.basis.within(formulation)
    relaxation = Relaxation(search.program(), PHASE, search.stop, begin)
    first = len(relaxation.program.rows)
    ended = _solved(search, relaxation)
    rounds = search.stop.within(SHARE * search.stop.left)
    known: list[Source] = []
    written: list[Written] = []
    for number in range(ROUNDS):
        if ended.ending != "optimal" or ended.x is None or rounds.due or _enough(search, ended.value):
            break
        if number == 0:
            known = search.timed(SEEKING, lambda: sources(formulation))
        solution = relaxation.program.whole(ended.x)
        fresh = broken(search, known, solution, rounds)
        if not fresh:
            break
        relaxation.add([one.made() for one in fresh])
        before, again = ended.value, _solved(search, relaxation)
        if again.ending != "optimal":
            break  # the duals of before will do
        written, ended = written + fresh, again
        far = relative_gap(search.value, ended.value) > FAR
        needed = PART * abs(ended.value) if far else ENOUGH * (ended.value - search.value)
        if before - ended.value < max(needed, LITTLE * abs(ended.value)):
            break
    if ended.row_dual is None or ended.ending != "optimal":
        return
    program = relaxation.program
    search.basis = _basis(formulation, relaxation, first)
    money = program.money(ended.row_dual)
    prices = np.zeros(len(formulation.row_lower))
    np.add.at(prices, program.rows[:first], money[:first])
    theirs = money[first : first + len(written)]
    priced = np.abs(theirs) > PRICED * np.abs(money).max(initial=0.0)
    search.strengthen([one for one, there in zip(written, priced.tolist(), strict=True) if there])
    prices = np.concatenate((prices[formulation.paths :], theirs[priced]))
    search.try_prices(PriceList(search.formulation), prices)


def _basis(formulation: Formulation, relaxation: Relaxation, first: int) -> Basis:
    """Where the simplex method ended, in the rows of the formulation."""
    program, (columns, rows) = relaxation.program, relaxation.basis
    standing = np.full(len(formulation.row_lower), BASIC, dtype=np.uint8)
    standing[program.rows[:first]] = rows[:first]
    return Basis.of(formulation, columns, standing)


def _solved(search: Search, relaxation: Relaxation) -> Run:
    search.show(PHASE)
    ended = search.timed(PHASE, relaxation.solve)
    search.log.append(f"--- {PHASE}\n{ended.log}")
    return ended


def _enough(search: Search, value: float) -> bool:
    """Whether the relaxation as it is will prove the asked gap."""
    return relative_gap(search.value, value) <= max(search.options.gap, EXACT)


def broken(search: Search, known: list[Source], solution: Floats, stop: Stop) -> list[Written]:
    """What a solution breaks, as rows after those of the search's formulation."""

    def look() -> list[Written]:
        fresh: list[Written] = []
        for source in known:
            if stop.due:
                break
            stop.work.add(SEPARATION * len(source.nodes))
            for number, place in source.broken(solution):
                fresh.append(Written(source, number, place, len(search.formulation.labels) + len(fresh)))
        return fresh

    return search.timed(SEEKING, look)
