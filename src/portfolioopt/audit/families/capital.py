"""Capital: what is drawn from the budget, what is carried over, and what of proceeds is spent again."""

from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ZERO, rational, rational_at


def replay(ledger: Ledger) -> Iterator[Entry]:
    """left(y) = budget(y) + carry_over·left(y−1) + recycle·proceeds(y) − Σ capital(y) ≥ 0, left(−1) = 0.

    The limit of a year is all that may be drawn in it; its headroom is what is left. Money beyond it is added in the
    year in which it is missing, no sooner, and then nothing is left: adding it later is never dearer, as carrying
    over gains nothing.
    """
    capital = ledger.instance.capital
    if capital is None:
        return
    carry_over, recycle = rational(capital.carry_over), rational(capital.recycle)
    left = ZERO
    for scenario, year in ledger.moments:
        if year == 0:
            left = ZERO
        factor = ledger.futures.factor(capital.sensitivity.budget, scenario, year)
        limit: Fraction = (
            rational_at(capital.budget, year) * rational(factor)
            + carry_over * left
            + recycle * ledger.money("proceeds", scenario, year)
        )
        drawn = -ledger.money("capital", scenario, year)
        yield ledger.at_most("capital", "capital", scenario, year, drawn, limit)
        left = max(ZERO, limit - drawn)
