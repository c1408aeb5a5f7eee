"""Between what a value lies: a plan proves the low end, a bound the high one.

A marginal value in a mixed-integer model is a difference of two optima. Where either of them is not proven, neither is
the difference: it lies in an interval, and is told as one.
"""

import math
from dataclasses import dataclass

SETTLED = 1e-6
"""Relative width below which an interval is told as one number."""


@dataclass(frozen=True, slots=True)
class Interval:
    """low ≤ value ≤ high, each of which may be infinite: an optimum over no plans at all is −∞."""

    low: float
    high: float

    @staticmethod
    def exactly(value: float) -> "Interval":
        return Interval(value, value)

    @property
    def known(self) -> bool:
        """Whether either end says anything."""
        return self != UNKNOWN

    @property
    def settled(self) -> bool:
        """Whether the ends are one number for all purposes; the same infinity twice is one too."""
        if self.low == self.high:
            return True
        return self.width <= SETTLED * max(abs(self.low), abs(self.high), 1e-9)

    @property
    def width(self) -> float:
        return self.high - self.low if self.low != self.high else 0.0

    def settled_beside(self, scale: float) -> bool:
        """Whether the width is nothing beside numbers of that size (those that the value is a difference of)."""
        return self.low == self.high or self.width <= SETTLED * max(scale, 1e-9)

    def __sub__(self, other: "Interval") -> "Interval":
        """The difference; nothing is known of one between infinities of one sign."""
        low, high = self.low - other.high, self.high - other.low
        if math.isnan(low) or math.isnan(high):
            return UNKNOWN
        return Interval(low, high)

    def __add__(self, other: "Interval") -> "Interval":
        low, high = self.low + other.low, self.high + other.high
        if math.isnan(low) or math.isnan(high):
            return UNKNOWN
        return Interval(low, high)

    def times(self, factor: float) -> "Interval":
        """A multiple, for factors above 0; 0 times anything is 0."""
        return Interval(self.low * factor, self.high * factor) if factor else Interval(0.0, 0.0)

    def within(self, low: float = -math.inf, high: float = math.inf) -> "Interval":
        """The same where more is known: at least `low` and at most `high`. The low end wins, as a plan proves it."""
        least = max(self.low, low)
        return Interval(least, max(min(self.high, high), least))


UNKNOWN = Interval(-math.inf, math.inf)
NEVER = Interval(-math.inf, -math.inf)
"""The optimum where no plan keeps the limits."""
