"""Exposures: the amount at risk under a tag, absolute or as a share of other tags."""

from collections.abc import Iterator

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ZERO, rational_at


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Σ tag ≤ at_most, or Σ tag ≤ at_most_share · Σ of."""
    for exposure in ledger.instance.exposures:
        for scenario, year in ledger.moments:
            use = ledger.total("exposure", exposure.tag, scenario, year)
            if exposure.at_most is not None:
                limit = rational_at(exposure.at_most, year)
                yield ledger.at_most("exposures", exposure.id, scenario, year, use, limit)
            if exposure.at_most_share is not None:
                whole = sum((ledger.total("exposure", tag, scenario, year) for tag in exposure.of or ()), ZERO)
                limit = rational_at(exposure.at_most_share, year) * whole
                yield ledger.at_most("exposures", exposure.id, scenario, year, use, limit)
