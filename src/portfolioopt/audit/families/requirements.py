"""Requirements: a capability that must be provided, or whose shortfall costs money."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ZERO, rational_at


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Σ provided ≥ at_least; with a shortfall_cost, shortfall_cost·max(0, at_least − Σ provided) is paid instead.

    Such a shortfall is money, part of NPV, and no excess: headroom below 0 tells how large it is.
    """
    costs: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for requirement in ledger.instance.requirements:
        for scenario, year in ledger.moments:
            provided = ledger.total("provides", requirement.capability, scenario, year)
            needed = rational_at(requirement.at_least, year)
            use = ledger.at_least("requirements", requirement.id, scenario, year, provided, needed)
            if requirement.shortfall_cost is None:
                yield use
                continue
            yield replace(use, excess=ZERO, price=None)
            costs[scenario, year] += rational_at(requirement.shortfall_cost, year) * max(ZERO, needed - provided)
    for (scenario, year), cost in costs.items():
        if cost:
            yield ledger.earned("shortfall", scenario, year, -cost)
