"""Moves: how many decisions an organization takes in a year, or over the whole horizon."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import rational_at
from portfolioopt.language.families.moves import counted_years, counts
from portfolioopt.language.partnership import Action, Partnership

Taken = list[tuple[int, Partnership, Action]]


def replay(ledger: Ledger) -> Iterator[Entry]:
    """at_least ≤ Σ decisions counted ≤ at_most in the year they are taken; a total counts once, in the last year."""
    if not ledger.instance.moves:
        return
    taken = [_taken(ledger, scenario) for scenario in range(len(ledger.futures.names))]
    last = ledger.futures.years - 1
    for limit in ledger.instance.moves:
        years = counted_years(limit, ledger.futures.first_year, ledger.futures.years)
        by_year = [
            Counter(year for year, one, action in decisions if counts(limit, one, action)) for decisions in taken
        ]
        for scenario, year in ledger.moments:
            if year != last if limit.total else year not in years:
                continue
            moves = Fraction(sum(by_year[scenario][at] for at in (years if limit.total else (year,))))
            if limit.at_most is not None:
                yield ledger.at_most("moves", limit.id, scenario, year, moves, rational_at(limit.at_most, year))
            if limit.at_least is not None:
                yield ledger.at_least("moves", limit.id, scenario, year, moves, rational_at(limit.at_least, year))


def _taken(ledger: Ledger, scenario: int) -> Taken:
    """Decisions with their year, partnership and action."""
    lives = ((one, ledger.lives[one.id][scenario]) for one in ledger.instance.partnerships)
    return [(year, one, action) for one, life in lives for year, action in life.taken]
