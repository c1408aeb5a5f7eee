"""Moves: how many decisions an organization takes in a year, or over the whole horizon."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import rational_at


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Σ decisions of the given kinds ≤ at_most in the year they are taken; a total counts once, in the last year."""
    if not ledger.instance.moves:
        return
    taken = [_count(ledger, scenario) for scenario in range(len(ledger.futures.names))]
    last = ledger.futures.years - 1
    for limit in ledger.instance.moves:
        for scenario, year in ledger.moments:
            counted = range(last + 1) if limit.total else (year,)
            if limit.total and year != last:
                continue
            moves = sum(taken[scenario][at, kind] for at in counted for kind in set(limit.kinds))
            most = rational_at(limit.at_most, year)
            yield ledger.at_most("moves", limit.id, scenario, year, Fraction(moves), most)


def _count(ledger: Ledger, scenario: int) -> Counter[tuple[int, str]]:
    """Decisions by year and kind."""
    return Counter((year, action.kind) for lives in ledger.lives.values() for year, action in lives[scenario].taken)
