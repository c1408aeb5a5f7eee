"""Exact numbers: nothing is rounded on the way.

What partnerships earn and use is made of decimals by adding and multiplying alone, and so is a decimal itself: it is
computed as one, in a context that would rather fail than round, because that is some ten times faster than with
fractions. Discounting, curves and shares divide; from there on numbers are fractions.
"""

import math
from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from portfolioopt.language.values import series_at

ZERO, ONE = Fraction(0), Fraction(1)
ROOT_DIGITS = 60

EXACT = Context(prec=1_000_000, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact, InvalidOperation, Overflow])
plus, minus, times, negative = EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.minus
"""Decimal arithmetic that raises `decimal.Inexact` instead of rounding, whatever the caller's context.

Where there are millions of sums, the operators of decimals in `localcontext(EXACT)` are the quicker way to the same.
"""


@lru_cache(maxsize=1 << 16)
def rational(number: Decimal) -> Fraction:
    """The number exactly as written: 0.1 is one tenth."""
    return Fraction(*number.as_integer_ratio())


def rational_at(series: Decimal | tuple[Decimal, ...], year: int) -> Fraction:
    """Exact value of a series in year `year` of the horizon."""
    return rational(series_at(series, year))


def square_root(number: Fraction) -> Fraction:
    """√number for number ≥ 0: exact where it is rational, otherwise cut off after 60 decimals."""
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if top * top == number.numerator and bottom * bottom == number.denominator:
        return Fraction(top, bottom)
    scale = 10**ROOT_DIGITS
    return Fraction(math.isqrt(number.numerator * scale * scale // number.denominator), scale)


def along(curve: Sequence[tuple[Decimal, Decimal]], total: Fraction, *, goes_on: bool) -> Fraction:
    """A piecewise linear curve at `total` ≥ 0.

    Beyond the last point it keeps the last value or, with `goes_on`, the last slope.
    """
    points = [(rational(at), rational(value)) for at, value in curve]
    for (low, below), (high, above) in pairwise(points):
        if total <= high:
            return below + (total - low) * (above - below) / (high - low)
    if goes_on and len(points) > 1:
        (low, below), (high, above) = points[-2:]
        return above + (total - high) * (above - below) / (high - low)
    return points[-1][1]


def shown(number: Fraction) -> str:
    """A number for people; only messages use it."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.10g}"
