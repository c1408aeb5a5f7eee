"""Rules: what somebody with a name has decided must, or must never, be so."""

from collections.abc import Iterator

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ONE, ZERO


def replay(ledger: Ledger) -> Iterator[Entry]:
    """always: occupancy ≥ 1, never: occupancy ≤ 0, in each year of the rule (both ends included) in the horizon."""
    for rule in ledger.instance.rules:
        for scenario, year in ledger.moments:
            if rule.years is not None and not rule.years[0] <= ledger.futures.first_year + year <= rule.years[1]:
                continue
            occupancy = ledger.occupancy(rule.partnership, rule.states, scenario, year)
            if rule.must == "always":
                yield ledger.at_least("rules", rule.id, scenario, year, occupancy, ONE)
            else:
                yield ledger.at_most("rules", rule.id, scenario, year, occupancy, ZERO)
