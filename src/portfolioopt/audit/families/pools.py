"""Volume pools: the total provided of a capability earns a benefit a year along a curve of any shape."""

from collections.abc import Iterator

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ZERO, along


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Σ_pools curve(Σ provided), piecewise linear; beyond its last point a curve keeps the last value."""
    pools = ledger.instance.pools
    if not pools:
        return
    for scenario, year in ledger.moments:
        benefits = (
            along(pool.curve, ledger.total("provides", pool.capability, scenario, year), goes_on=False)
            for pool in pools
        )
        amount = sum(benefits, ZERO)
        if amount:
            yield ledger.earned("pools", scenario, year, amount)
