"""From a cell to a value of the language, as far as the cell alone tells; what does not fit is for the language to say.

Text that reads as a number is one: that is how numbers of many digits stand in a workbook, and all numbers in CSV.
"""

import re
from decimal import Decimal
from typing import Any

from portfolioopt.exchange.gathering.grids import Cell, Trouble, Value
from portfolioopt.exchange.sheets.leaves import Element, Leaf
from portfolioopt.exchange.sheets.texts import read, split
from portfolioopt.language.scalars import plain_value

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_DECIMAL = re.compile(r"[-+]?[0-9.][0-9.eE+-]*")


class UnfitError(Exception):
    """The cell cannot hold what its column asks for."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.trouble = Trouble(message, hint)


def value_of(cell: Cell, leaf: Leaf) -> Any:
    """What a cell of a leaf's column stands for. Raises `UnfitError`."""
    if leaf.shape != "list":
        return element_of(cell, leaf.element)
    text = read(_text(_sound(cell, leaf.element, is_list=True)))
    try:
        members = split(text)
    except ValueError as error:
        hint = "write a, b; names with a comma in them in quotes"
        raise UnfitError(f"cannot be read as a list: {error}", hint) from None
    return [_element(member, leaf.element) for member in members]


def element_of(cell: Cell, element: Element) -> Any:
    """A single value. Raises `UnfitError`."""
    return _element(_sound(cell, element), element)


def _sound(cell: Cell, element: Element, *, is_list: bool = False) -> Value:
    if cell.trouble is not None:
        raise UnfitError(cell.trouble.message, cell.trouble.hint)
    if isinstance(cell.value, str) and not cell.value.strip() and (element != "text" or is_list):
        raise UnfitError("holds nothing but spaces", "clear the cell")
    return cell.value


def _element(value: Value, element: Element) -> Any:
    match element:
        case "number":
            return _number(value)
        case "whole":
            found = _number(value)
            is_whole = isinstance(found, Decimal) and found == found.to_integral_value()
            return int(found) if is_whole else found
        case "truth":
            return _truth(value)
        case "label" | "choice":
            return _word(value)
        case "text":
            return read(_text(value))


def _number(value: Value) -> Any:
    if isinstance(value, bool):
        raise UnfitError(f"must be a number, not {str(value).upper()}")
    if not isinstance(value, str):
        return value
    text = value.strip()
    return plain_value(text) if _DECIMAL.fullmatch(text) else text


def _truth(value: Value) -> bool:
    found = _TRUTHS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise UnfitError(f"must be TRUE or FALSE, not {value}")
    return found


def _text(value: Value) -> str:
    if isinstance(value, bool):
        hint = "put an apostrophe before it if it is meant as text"
        raise UnfitError(f"must be text, not {str(value).upper()}", hint)
    return str(value)


def _word(value: Value) -> str:
    text = read(_text(value))
    if text != text.strip():
        side = "ends" if text == text.lstrip() else "begins"
        raise UnfitError(f"{text!r} {side} with a space", "remove it")
    return text
