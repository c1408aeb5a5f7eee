"""Links between partnerships: one requires another, some exclude each other, some are worth more together."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.findings import LimitUse
from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ONE, ZERO, rational, rational_at
from portfolioopt.language.families.links import Excludes, Occupancy, Requires, Synergy


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Requires and excludes year by year; a synergy pays in the years in which all its members hold."""
    synergies: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for link in ledger.instance.links:
        if isinstance(link, Requires):
            yield from _requires(ledger, link)
        elif isinstance(link, Excludes):
            yield from _excludes(ledger, link)
        else:
            for scenario, year in _together(ledger, link):
                synergies[scenario, year] += rational_at(link.benefit, year)
    for (scenario, year), benefit in synergies.items():
        if benefit:
            yield ledger.earned("synergies", scenario, year, benefit)


def _requires(ledger: Ledger, link: Requires) -> Iterator[LimitUse]:
    """occupancy(when) ≤ occupancy(needs), in the years in which `when` holds."""
    for scenario, year in ledger.moments:
        if _holds(ledger, link.when, scenario, year):
            needs = _holds(ledger, link.needs, scenario, year)
            yield ledger.at_most("links", link.id, scenario, year, ONE, needs)


def _excludes(ledger: Ledger, link: Excludes) -> Iterator[LimitUse]:
    """Σ occupancy of the members ≤ at_most, every year."""
    for scenario, year in ledger.moments:
        holding = sum((_holds(ledger, member, scenario, year) for member in link.members), ZERO)
        yield ledger.at_most("links", link.id, scenario, year, holding, rational(link.at_most))


def _together(ledger: Ledger, link: Synergy) -> Iterator[tuple[int, int]]:
    for scenario, year in ledger.moments:
        if all(_holds(ledger, member, scenario, year) for member in link.members):
            yield scenario, year


def _holds(ledger: Ledger, member: Occupancy, scenario: int, year: int) -> Fraction:
    return ledger.occupancy(member.partnership, member.states, scenario, year)
