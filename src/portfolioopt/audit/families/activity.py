"""Activity: how many partnerships may, or must, be active at once."""

from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import rational_at
from portfolioopt.language.families.activity import chosen


def replay(ledger: Ledger) -> Iterator[Entry]:
    """at_least ≤ Σ active ≤ at_most over the partnerships that the limit chooses."""
    for limit in ledger.instance.activity:
        counted = [ledger.lives[each.id] for each in ledger.instance.partnerships if chosen(limit, each)]
        for scenario, year in ledger.moments:
            active = Fraction(sum(lives[scenario].places[year].active for lives in counted))
            if limit.at_most is not None:
                most = rational_at(limit.at_most, year)
                yield ledger.at_most("activity", limit.id, scenario, year, active, most)
            if limit.at_least is not None:
                least = rational_at(limit.at_least, year)
                yield ledger.at_least("activity", limit.id, scenario, year, active, least)
