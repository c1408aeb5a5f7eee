"""Exact rational arithmetic, for one number and for a whole array of plans at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

_INT64_SAFE = 2**62
_ROOT_DIGITS = 60


def exact(number: int | float | str | Fraction) -> Fraction:
    """The number in the decimals as written: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def square_root(number: Fraction) -> Fraction:
    """The root of `number`: exact where it is rational, otherwise cut off after 60 decimals."""
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if top * top == number.numerator and bottom * bottom == number.denominator:
        return Fraction(top, bottom)
    scale = 10**_ROOT_DIGITS
    return Fraction(math.isqrt(number.numerator * scale * scale // number.denominator), scale)


@dataclass(frozen=True)
class ExactArray:
    """An array of rationals over one common denominator.

    The numerators are int64 while they are sure to fit, and Python integers from then on: most flows of a small
    instance fit, discounted money does not.
    """

    numerators: NDArray[Any]
    denominator: int = 1

    @classmethod
    def of(cls, values: Sequence[Fraction]) -> ExactArray:
        """A one-dimensional array of `values`."""
        denominator = math.lcm(*(value.denominator for value in values))
        numerators = [value.numerator * (denominator // value.denominator) for value in values]
        fits = all(abs(numerator) < _INT64_SAFE for numerator in numerators)
        return cls(np.array(numerators, dtype=np.int64 if fits else object), denominator)

    @classmethod
    def constant(cls, value: Fraction, dimensions: int) -> ExactArray:
        """One value in an array of `dimensions` axes of length one, which broadcasts against any other."""
        single = cls.of([value])
        return cls(single.numerators.reshape((1,) * dimensions), single.denominator)

    def __add__(self, other: ExactArray) -> ExactArray:
        common = math.lcm(self.denominator, other.denominator)
        left = _multiplied(self.numerators, common // self.denominator)
        right = _multiplied(other.numerators, common // other.denominator)
        if _largest(left) + _largest(right) >= _INT64_SAFE:
            left, right = left.astype(object), right.astype(object)
        return ExactArray(left + right, common)

    def __sub__(self, other: ExactArray) -> ExactArray:
        return self + ExactArray(-other.numerators, other.denominator)

    def plus(self, value: Fraction) -> ExactArray:
        """Every entry plus one value."""
        return self + ExactArray.constant(value, self.numerators.ndim)

    def times(self, factor: Fraction) -> ExactArray:
        """Every entry times one factor."""
        return ExactArray(_multiplied(self.numerators, factor.numerator), self.denominator * factor.denominator)

    def positive_part(self) -> ExactArray:
        """max(0, entry)."""
        return ExactArray(np.maximum(self.numerators, 0), self.denominator)

    def smaller_of(self, value: Fraction) -> ExactArray:
        """min(entry, value)."""
        return self - self.plus(-value).positive_part()

    def mapped(self, function: Callable[[Fraction], Fraction]) -> ExactArray:
        """`function` of every entry, called once for each distinct one."""
        distinct, where = np.unique(self.numerators, return_inverse=True)
        values = ExactArray.of([function(Fraction(int(numerator), self.denominator)) for numerator in distinct])
        return ExactArray(values.numerators[where.reshape(self.numerators.shape)], values.denominator)

    def is_positive(self) -> NDArray[np.bool_]:
        """Where the entry is greater than zero."""
        return np.asarray(self.numerators > 0, dtype=bool)

    def spread_over(self, shape: tuple[int, ...]) -> ExactArray:
        """The same values, one entry for each plan of a full grid of `shape`."""
        return ExactArray(np.broadcast_to(self.numerators, shape), self.denominator)

    def at(self, position: Any) -> Fraction:
        """One entry."""
        return Fraction(int(self.numerators[position]), self.denominator)


def total(parts: Sequence[ExactArray], dimensions: int) -> ExactArray:
    """The sum of `parts`, each broadcast against the others; zero if there are none."""
    return reduce(ExactArray.__add__, parts, ExactArray.constant(Fraction(0), dimensions))


def _multiplied(numerators: NDArray[Any], factor: int) -> NDArray[Any]:
    if factor == 1:
        return numerators
    if numerators.dtype != object and max(_largest(numerators), 1) * abs(factor) >= _INT64_SAFE:
        numerators = numerators.astype(object)
    return numerators * factor


def _largest(numerators: NDArray[Any]) -> int:
    return 0 if numerators.dtype == object else int(np.abs(numerators).max(initial=0))
