"""What kind of value stands at a place of an input, by the types of the language: a series, a profile, a window."""

import types
import typing
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from portfolioopt.language.faults import options_of

Shape = Literal[
    "series",  # a number, or one for each calendar year
    "profile",  # a number, or numbers by year in the state or of lead
    "numbers",  # a list of numbers that is neither
    "number",
    "count",  # a whole number
    "years",  # first and last calendar year
    "calendar",  # a list of calendar years
    "curve",
    "flag",
    "text",
    "names",  # a list of texts
    "members",  # a list of records
    "flows",  # by label: numbers, profiles or series
    "entries",  # by label: records, or anything else
    "record",
    "unknown",
]
NUMERIC: tuple[Shape, ...] = ("series", "profile", "numbers", "number", "count", "years", "calendar", "curve", "flows")
"""Shapes of which numbers are a part, so that there is something to count them in."""


def shape_of(kinds: list[Any]) -> Shape:
    """The shape of a value of one of these kinds."""
    options = [option for option in options_of(kinds) if option is not types.NoneType]
    plain = {option for option in options if isinstance(option, type)}
    lists = [option for option in options if typing.get_origin(option) is tuple]
    if any(issubclass(option, BaseModel) for option in plain):
        return "record"
    if lists:
        return _list_shape(typing.get_args(lists[0]), Decimal in plain)
    labelled = [typing.get_args(option)[1] for option in options if typing.get_origin(option) is dict]
    if labelled:
        return "flows" if shape_of(labelled) in ("number", "profile", "series") else "entries"
    known: dict[type, Shape] = {Decimal: "number", bool: "flag", int: "count", str: "text"}
    if len(plain) == 1:
        return known.get(next(iter(plain)), "unknown")
    return "text" if options and all(typing.get_origin(option) is Literal for option in options) else "unknown"


def _list_shape(arguments: tuple[Any, ...], or_number: bool) -> Shape:
    member = shape_of([arguments[0]])
    if member == "number":
        return "series" if or_number else "profile" if arguments[-1] is Ellipsis else "numbers"
    if member == "count":
        return "calendar" if arguments[-1] is Ellipsis else "years"
    if member == "numbers":
        return "curve"
    return "members" if member == "record" else "names"
