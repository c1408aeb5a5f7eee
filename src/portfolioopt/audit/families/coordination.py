"""Coordination: live interfaces between companies cost money along a convex curve."""

from collections.abc import Iterator

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import along


def replay(ledger: Ledger) -> Iterator[Entry]:
    """curve(Σ interfaces) a year, piecewise linear; beyond its last point the curve keeps the last slope."""
    coordination = ledger.instance.coordination
    if coordination is None:
        return
    for scenario, year in ledger.moments:
        cost = along(coordination.curve, ledger.interfaces(scenario, year), goes_on=True)
        if cost:
            yield ledger.earned("coordination", scenario, year, -cost)
