"""Addresses: paths that lead to a part of an input by keys, ids, names, positions and calendar years.

    capital.budget                              a key after the other
    partnerships.cell_jv.states.full.capital    members of lists by their id (or name) ...
    partnerships[0].partners[1]                 ... or by position, from 0
    capital.budget.2028, capital.budget.2028-30 one year, or some, of a series
    partnerships.*.states.*.capital             every member, wherever the rest of the path stands
    scenarios."slow ev. demand".probability     between quotes: what holds a point or a space

An input is read and edited here as plain data in the shape of its file. Records of the language may stand in it: each
is opened as keys with values when a path leads through it, so that a large input is not copied for a small edit.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from portfolioopt.errors import Fault
from portfolioopt.language.checking import Path, did_you_mean
from portfolioopt.language.faults import inside, keys_of
from portfolioopt.language.shapes import Shape, shape_of

_PART = re.compile(
    r"""(?P<dot>\.)?(?:(?P<name>[^.\[\]"'=]+)|"(?P<double>[^"]*)"|'(?P<single>[^']*)')|\[(?P<item>\d{1,9})\]"""
)
_YEARS = re.compile(r"(\d{4})(?:\s*-\s*(\d{2}|\d{4}))?")


class _Any:
    """`*` without quotes: every member."""

    def __str__(self) -> str:
        return "*"


class _Absent:
    """What stands where nothing is written."""

    def __repr__(self) -> str:
        return "ABSENT"


ANY, ABSENT = _Any(), _Absent()
Word = str | int | _Any


class UnusableError(Exception):
    """A path that leads nowhere, or a change that cannot be made there."""

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        self.path, self.message, self.hint = path, message, hint

    def fault(self, file: str = "", line: int = 0, column: int = 0) -> Fault:
        return Fault(self.path, self.message, self.hint, file, line, column)


@dataclass(frozen=True, slots=True)
class Address:
    """A place in an input, and the kinds of value that may stand there."""

    path: Path
    kinds: tuple[Any, ...]
    holder: tuple[Any, ...]
    """kinds of what holds it"""
    span: tuple[int, int] | None = None
    """first and last position in a series, where only some of its years are meant"""

    @property
    def shape(self) -> Shape:
        return shape_of(list(self.kinds))


class Addressed(NamedTuple):
    """A path in words, and where in its text it ends."""

    words: tuple[Word, ...]
    end: int


def words_of(text: str, example: str = "for example capital.budget") -> Addressed:
    """The parts of a path, up to the end of the text or the first = outside quotes; raises `UnusableError`."""
    words: list[Word] = []
    here = 0
    while here < len(text) and text[here] != "=":
        part = _PART.match(text, here)
        if part is None or (part["item"] is None and (part["dot"] is None) != (not words)):
            raise UnusableError((), "is not a path", example)
        if part["item"] is not None:
            words.append(int(part["item"]))
        elif part["name"] is not None:
            words.append(ANY if part["name"].strip() == "*" else part["name"].strip())
        else:
            words.append(part["double"] if part["double"] is not None else part["single"])
        here = part.end()
    if not words:
        raise UnusableError((), "is not a path", example)
    return Addressed(tuple(words), here)


def find(top: Mapping[str, Any], words: tuple[Word, ...], root: type[BaseModel]) -> list[Address]:
    """Where a path leads: one place, or with * any number but 0; what it leads to need not stand there yet.

    Raises `UnusableError`.
    """
    places = [_Place((), top, (root,), ())]
    for number, word in enumerate(words):
        last = number == len(words) - 1
        if word is ANY:
            places = [inner for place in places for inner in _every(place)]
        elif ANY in words[:number]:
            places = [inner for place in places for inner in _if_any(place, word, top, last=last)]
        else:
            places = [_step(place, word, top, last=last) for place in places]
    if ANY in words:
        places = [place for place in places if place.value is not ABSENT]
        if not places:
            path = tuple(part for part in words[: words.index(ANY)] if not isinstance(part, _Any))
            raise UnusableError(path, f"nothing stands at {'.'.join(map(str, words[len(path) :]))}")
    return [Address(place.path, place.kinds, place.holder, place.span) for place in places]


def value_at(top: Mapping[str, Any], path: Path) -> Any:
    """What stands at a path; ABSENT where nothing does."""
    here: Any = top
    for part in path:
        here = _held(here, part)
    return here


def put(top: dict[str, Any], path: Path, value: Any) -> None:
    """Sets what stands at a path, on copies of what leads there."""
    holder = _lead(top, path)
    if isinstance(holder, list) and path[-1] == len(holder):
        holder.append(value)
    else:
        holder[path[-1]] = value


def set_at(top: dict[str, Any], address: Address, value: Any) -> None:
    """Sets what stands at an address; in the years meant, a number for all of them or a list of one for each."""
    if address.span is None:
        put(top, address.path, value)
        return
    first, last = address.span
    years = last - first + 1
    values = list(value) if isinstance(value, list | tuple) else [value] * years
    if len(values) != years:
        raise UnusableError(address.path, f"{years} years are named, and {len(values)} numbers given")
    series = series_at_address(top, address)
    series[first : last + 1] = values
    put(top, address.path, series)


def series_at_address(top: Mapping[str, Any], address: Address) -> list[Any]:
    """A series by year, one number for every year spelled out."""
    standing, (_, years) = value_at(top, address.path), horizon_of(top)
    if standing is ABSENT or standing is None:
        raise UnusableError(address.path, "is not written, so there is no single year of it", "set it as a whole")
    series = list(standing) if isinstance(standing, list | tuple) else [standing] * years
    if len(series) != years:
        raise UnusableError(address.path, f"has {len(series)} numbers, but the horizon has {years} years")
    return series


def take(top: dict[str, Any], path: Path) -> None:
    """Removes what stands at a path, on copies of what leads there."""
    del _lead(top, path)[path[-1]]


def opened(value: Any) -> Any:
    """A copy that may be changed: keys with values of a record as its file would have them, a list of a tuple."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        written = value.model_fields_set
        return {field.alias or name: getattr(value, name) for name, field in fields.items() if name in written}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, list | tuple) else value


def horizon_of(top: Mapping[str, Any]) -> tuple[int, int]:
    """First year and number of years of an instance in the making; raises `UnusableError`."""
    first, years = value_at(top, ("horizon", "first_year")), value_at(top, ("horizon", "years"))
    if type(first) is not int or type(years) is not int or not 0 < years <= 100:
        raise UnusableError(("horizon",), "must be sound before single years can be changed")
    return first, years


def label_of(item: Any) -> str:
    """The id or name by which a member of a list is called; empty if it has none."""
    for key in ("id", "name", "partnership"):
        label = _held(item, key)
        if isinstance(label, str):
            return label
    return str(item) if isinstance(item, str) or type(item) is int else ""


class _Place(NamedTuple):
    """Where one has got to along a path."""

    path: Path
    value: Any
    kinds: tuple[Any, ...]
    holder: tuple[Any, ...]
    span: tuple[int, int] | None = None

    def inner(self, key: str | int, value: Any) -> "_Place":
        return _Place((*self.path, key), value, tuple(inside(list(self.kinds), key)), self.kinds)


def _lead(top: dict[str, Any], path: Path) -> Any:
    holder: Any = top
    for part in path[:-1]:
        inner = _held(holder, part)
        inner = {} if inner is ABSENT or inner is None else opened(inner)
        holder[part] = inner
        holder = inner
    return holder


def _held(holder: Any, part: str | int) -> Any:
    if isinstance(holder, BaseModel):
        for name, field in type(holder).model_fields.items():
            if part == (field.alias or name):
                return getattr(holder, name) if name in holder.model_fields_set else ABSENT
        return ABSENT
    if isinstance(holder, Mapping):
        return holder.get(part, ABSENT)
    if isinstance(holder, list | tuple) and isinstance(part, int) and part < len(holder):
        return holder[part]
    return ABSENT


def _every(place: _Place) -> Iterator[_Place]:
    """Every member of a list or mapping."""
    if isinstance(place.value, list | tuple):
        keys: list[Any] = list(range(len(place.value)))
    elif isinstance(place.value, Mapping | BaseModel):
        keys = [key for key in opened(place.value) if isinstance(key, str)]
    else:
        keys = []
    for key in keys:
        yield place.inner(key, _held(place.value, key))


def _if_any(place: _Place, word: Word, top: Mapping[str, Any], *, last: bool) -> Iterator[_Place]:
    """The next place, where there is one: not every member of a list has every key."""
    try:
        inner = _step(place, word, top, last=last)
    except UnusableError:
        return
    if inner.value is not ABSENT:
        yield inner


def _step(place: _Place, word: Word, top: Mapping[str, Any], *, last: bool) -> _Place:
    """Where a word leads from a place."""
    path, holder = place.path, place.value
    shape = shape_of(list(place.kinds))
    if place.span is not None:
        raise UnusableError(path, f"is a number in each year, so it has no {word}")
    if shape == "series" and not isinstance(holder, Mapping):
        years = _span(word, top) if isinstance(word, str) else None
        if years is not None:
            return _with_span(place, years, top, str(word))
        if isinstance(word, int) and not isinstance(holder, list | tuple):
            return _with_span(place, (word, word), top, f"[{word}]")
    if shape == "profile" and word == 0 and not isinstance(holder, list | tuple | Mapping):
        return place  # a number is a profile of one
    if isinstance(holder, list | tuple):
        key = _item(holder, word, path)
        return place.inner(key, holder[key])
    if not isinstance(holder, Mapping | BaseModel) and holder not in (ABSENT, None):
        raise UnusableError(path, f"holds no keys, so it has no {word}", "set it as a whole")
    if not isinstance(word, str):
        if holder is ABSENT or holder is None:
            raise UnusableError(path, f"is not written, so it has no [{word}]", "set it as a whole")
        hint = did_you_mean("", map(str, opened(holder)))
        raise UnusableError(path, f"has keys, not positions such as [{word}]", hint)
    known, standing = keys_of(list(place.kinds)), _held(holder, word)
    if standing is ABSENT and word not in known and not (last and not known and shape in ("flows", "entries")):
        own = map(str, opened(holder)) if isinstance(holder, Mapping | BaseModel) else ()
        raise UnusableError((*path, word), "there is no such key", did_you_mean(word, known or own))
    return place.inner(word, standing)


def _with_span(place: _Place, years: tuple[int, int], top: Mapping[str, Any], said: str) -> _Place:
    """The years meant of a series."""
    first_year, number = horizon_of(top)
    first, last = years
    if first > last:
        raise UnusableError((*place.path, said), "ends before it begins", "write first year-last year")
    if first < 0 or last >= number:
        inside_it = f"{first_year} to {first_year + number - 1}"
        raise UnusableError((*place.path, said), f"lies outside the horizon {inside_it}", "change the years")
    return place._replace(span=years)


def _span(word: str, top: Mapping[str, Any]) -> tuple[int, int] | None:
    """Positions of the calendar years that a word names; None where it names none."""
    years = _YEARS.fullmatch(word)
    if years is None:
        return None
    first = int(years[1])
    last = first if years[2] is None else int(years[2]) if len(years[2]) == 4 else first - first % 100 + int(years[2])
    begins, _ = horizon_of(top)
    return first - begins, last - begins


def _item(holder: list[Any] | tuple[Any, ...], word: Word, path: Path) -> int:
    if isinstance(word, int):
        if word < len(holder):
            return word
        raise UnusableError(
            (*path, word), f"there is no such member: the list has {len(holder)}", "positions begin at 0"
        )
    names = [label_of(item) for item in holder]
    if word in names:
        return names.index(str(word))
    raise UnusableError((*path, str(word)), "the list has no such member", did_you_mean(str(word), filter(None, names)))
