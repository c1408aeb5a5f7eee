"""Numbers multiplied, added to and moved in time, exactly as decimals.

              scale          add (an amount)   shift by n years
number        × f            + a               -
series        each × f       each + a          the value of a year moves n years on; the first (the last, where n
                                               is below 0) fills the years that it leaves
profile       each × f       each + a          n years of 0 come first; the first n fall away where n is below 0
curve         money × f      -                 -
flows         each of them   -                 each of them
duration      -              + a               + n: after_years, notice_years, lead_years, start.years
years         -              -                 both ends + n: window, years of a rule, review_years
record        -              -                 all that stands in calendar years inside it: windows, years, series
"""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

from pydantic_core import PydanticCustomError

from portfolioopt.language.addresses import UnusableError
from portfolioopt.language.checking import Path
from portfolioopt.language.shapes import Shape
from portfolioopt.language.values import number

EXACT = Context(prec=1_000, traps=[Inexact, InvalidOperation, Overflow])
NUMERIC: tuple[Shape, ...] = ("number", "count", "series", "profile", "numbers")
DURATIONS = ("after_years", "notice_years", "lead_years", "years")


def scaled(path: Path, value: Any, factor: Decimal, shape: Shape) -> Any:
    """The value, each number of it multiplied."""

    def times(given: Any) -> Any:
        return tidy(EXACT.multiply(_exact(path, given), factor), given)

    if shape in NUMERIC:
        return each(value, times)
    if shape == "flows":
        return {label: each(inner, times) for label, inner in _entries(path, value)}
    if shape == "curve":
        return [[total, times(money)] for total, money in _points(path, value)]
    raise UnusableError(path, f"is {_WORDS[shape]}, which cannot be scaled", _inside_hint(shape))


def raised(path: Path, value: Any, amount: Any, shape: Shape, years: int) -> Any:
    """The value, an amount added to each number of it; a list of amounts adds one to each."""
    if shape not in NUMERIC:
        raise UnusableError(path, f"is {_WORDS[shape]}, to which no number can be added", _inside_hint(shape))

    def plus(given: Any, more: Decimal) -> Any:
        return tidy(EXACT.add(_exact(path, given), more), given)

    if not isinstance(amount, list | tuple):
        more = _exact(path, amount)
        return each(value, lambda given: plus(given, more))
    given = list(value) if isinstance(value, list | tuple) else [value] * (years if shape == "series" else 1)
    if len(given) != len(amount):
        raise UnusableError(path, f"has {len(given)} numbers, to which {len(amount)} cannot be added", "add one number")
    return [plus(one, _exact(path, more)) for one, more in zip(given, amount, strict=True)]


def series_shifted(series: Any, years: int) -> Any:
    """The value of each year moved on; a number for every year stays as it is."""
    if not isinstance(series, list | tuple) or not series:
        return series
    last = len(series) - 1
    return [series[min(max(year - years, 0), last)] for year in range(len(series))]


def profile_shifted(profile: Any, years: int) -> Any:
    """What flows by year in a state, so many years later or earlier; past its end the last value goes on."""
    values = list(profile) if isinstance(profile, list | tuple) else [profile]
    if years >= 0:
        later = [*([Decimal(0)] * years), *values]
        return later if any(value != 0 for value in values) else profile
    return values[min(-years, len(values) - 1) :]


def years_shifted(path: Path, years: Any, by: int) -> list[Any]:
    """Calendar years, moved."""
    if not isinstance(years, list | tuple) or any(type(year) is not int for year in years):
        raise UnusableError(path, "is not a list of years, so it cannot be shifted")
    return [year + by for year in years]


def duration_shifted(path: Path, value: Any, by: int) -> int:
    """A number of years, longer or shorter."""
    if type(value) is not int:
        raise UnusableError(path, "is not a whole number of years, so it cannot be shifted")
    if value + by < 0:
        raise UnusableError(path, f"is {value}, so it cannot become {-by} shorter", "shift it by less")
    return value + by


def each(value: Any, change: Callable[[Any], Any]) -> Any:
    """A number, or every number of a list, changed."""
    return [change(inner) for inner in value] if isinstance(value, list | tuple) else change(value)


def tidy(exact: Decimal, before: Any) -> Decimal | int:
    """Without zeros that say nothing; whole where it was a whole number before."""
    if exact == exact.to_integral_value():
        return int(exact) if type(before) is int else Decimal(int(exact))
    return exact.normalize(EXACT)


def exact_factor(path: Path, factor: Any) -> Decimal:
    """A factor or an amount as a decimal; raises `UnusableError`."""
    return _exact(path, factor)


def _exact(path: Path, value: Any) -> Decimal:
    try:
        return number(value)
    except PydanticCustomError as error:
        raise UnusableError(path, error.message()) from None


def _entries(path: Path, value: Any) -> Sequence[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise UnusableError(path, "must be keys with values")
    return list(value.items())


def _points(path: Path, value: Any) -> Sequence[tuple[Any, Any]]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, list | tuple) and len(one) == 2 for one in value):
        raise UnusableError(path, "is not a list of points")
    return [(one[0], one[1]) for one in value]


_WORDS: dict[Shape, str] = {
    "years": "a first and a last year",
    "calendar": "a list of years",
    "curve": "a curve",
    "flag": "true or false",
    "text": "text",
    "names": "a list of names",
    "members": "a list",
    "flows": "several flows",
    "entries": "several entries",
    "record": "several keys with values",
    "number": "a number",
    "count": "a whole number",
    "series": "a series",
    "profile": "a profile",
    "numbers": "a list of numbers",
    "unknown": "not a number",
}


def _inside_hint(shape: Shape) -> str:
    return "name the key inside it" if shape in ("record", "flows", "entries", "members") else ""


def said(shape: Shape) -> str:
    """A shape in words."""
    return _WORDS[shape]
