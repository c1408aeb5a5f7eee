"""What money of a year is worth today, and how a partnership's readiness scales what it earns and risks."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit.rationals import ONE, minus, plus, rational, square_root, times
from portfolioopt.language.instance import Instance, ReadinessScale
from portfolioopt.language.partnership import ELEMENTS, Partnership

NOTHING, WHOLE, QUARTER = Decimal(0), Decimal(1), Decimal("0.25")


class Discounting:
    """What money of each year is worth today: (1+r)^−(y+o), o = 0, ½, 1 for start, mid, end; terminals (1+r)^−T.

    (1+r)^−½ is irrational unless 1+r is a square. It is then replaced by the rational number that agrees with it in
    60 decimals: at least 50 digits, as rates are below 1e15. All else is exact.
    """

    def __init__(self, instance: Instance) -> None:
        years = instance.horizon.years
        self._growth = plus(WHOLE, instance.discount_rate)
        yearly = 1 / rational(self._growth)
        offset = {"start": ONE, "mid": square_root(yearly), "end": yearly}[instance.cash_timing]
        self.cash = tuple(offset * yearly**year for year in range(years))
        self.terminal = yearly**years

    def worth(self, amounts: Sequence[Decimal], terminal: Decimal) -> Fraction:
        """Σ_y amounts[y]·(1+r)^−(y+o) + terminal·(1+r)^−T: grown to the last year, then discounted at once."""
        grown = NOTHING
        for amount in amounts:
            grown = plus(times(grown, self._growth), amount)
        return rational(grown) * self.cash[-1] + rational(terminal) * self.terminal


def readiness(partnership: Partnership, state: str, scale: ReadinessScale) -> tuple[Decimal, Decimal]:
    """Realization and breakdown rate in a state, linear in g = Σ weight·(score − 1)/4.

    Scores that the state names replace the partnership's own; without readiness they are 1 and 0.
    """
    if partnership.readiness is None:
        return WHOLE, NOTHING
    g = grade(partnership, state, scale)
    return _between(scale.realization, g), _between(scale.breakdown_rate, g)


def grade(partnership: Partnership, state: str, scale: ReadinessScale) -> Decimal:
    """g = Σ weight·(score − 1)/4 in a state, from 0 (every score 1) to 1 (every score 5).

    Raises ValueError where the partnership has no readiness.
    """
    own = partnership.readiness
    if own is None:
        raise ValueError(f"{partnership.id} has no readiness")
    changed = partnership.state(state).readiness
    g = NOTHING
    for element in ELEMENTS:
        score = getattr(changed, element)
        score = getattr(own, element) if score is None else score
        share = times(minus(score, WHOLE), QUARTER)
        g = plus(g, times(getattr(scale.weights, element), share))
    return g


def _between(ends: tuple[Decimal, Decimal], g: Decimal) -> Decimal:
    """The value at g, linear from the first end (g = 0) to the second (g = 1)."""
    return plus(ends[0], times(minus(ends[1], ends[0]), g))
