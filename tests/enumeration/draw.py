"""Random draws in the shapes of the language: amounts, profiles and series."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from .exact import exact

Number = int | float
T = TypeVar("T")


@dataclass(frozen=True)
class Unit:
    """The unit that money is written in: how many make one of the nominal amounts, and with what decimals."""

    factor: float = 1
    decimals: int = 0

    @property
    def smallest(self) -> Fraction:
        """The least step between two amounts."""
        return Fraction(1, 10**self.decimals)


class Draw(random.Random):
    """A random source with the draws that the generators share."""

    def chance(self, probability: float) -> bool:
        """True with a probability."""
        return self.random() < probability

    def some(self, of: Sequence[T], at_least: int = 1, at_most: int | None = None) -> list[T]:
        """A random selection, in the order given."""
        number = self.randint(at_least, min(len(of), at_most or len(of)))
        return [of[position] for position in sorted(self.sample(range(len(of)), number))]

    def amount(self, nominal: float, unit: Unit = Unit()) -> Number:
        """About `nominal`, in a unit; never rounded to nothing."""
        drawn = nominal * unit.factor * self.uniform(0.5, 1.5)
        written = Fraction(round(drawn * 10**unit.decimals), 10**unit.decimals)
        return plain(written or unit.smallest)

    def profile(self, shape: Sequence[float], unit: Unit = Unit()) -> Number | list[Number]:
        """A profile of about `shape`, at times cut to one number; a zero stays a zero."""
        if self.chance(0.25):
            return self.amount(max(shape), unit)
        return [self.amount(nominal, unit) if nominal else 0 for nominal in shape]

    def series(self, values: Sequence[Fraction], one: Callable[[Sequence[Fraction]], Fraction] = max) -> object:
        """The values by calendar year, or at times one number that stands for all of them."""
        return plain(one(values)) if self.chance(0.4) else [plain(value) for value in values]


def plain(value: Fraction) -> Number:
    """The value as a YAML number that means exactly it, cut off at six decimals where none does."""
    if value.denominator == 1:
        return int(value)
    if exact(float(value)) == value:
        return float(value)
    return float(f"{value.numerator * 10**6 // value.denominator / 10**6:.6f}")
