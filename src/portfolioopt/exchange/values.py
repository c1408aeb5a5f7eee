"""From a cell to a value of the language, as far as the cell alone tells; what does not fit is for the language to say.

Text that reads as a number is one: that is how numbers of many digits stand in a workbook, and all numbers in CSV.
"""

from decimal import Decimal
from typing import Any

from portfolioopt.exchange.grids import Trouble, Value
from portfolioopt.exchange.leaves import Element, Leaf
from portfolioopt.exchange.texts import read, split
from portfolioopt.language.scalars import plain_value

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


class UnfitError(Exception):
    """The cell cannot hold what its column asks for."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.trouble = Trouble(message, hint)


def value_of(value: Value, leaf: Leaf) -> Any:
    """What a cell of a leaf's column stands for. Raises `UnfitError`."""
    if leaf.shape == "list":
        return _members(value, leaf.element)
    return element_of(value, leaf.element)


def element_of(value: Value, element: Element) -> Any:
    """A single value. Raises `UnfitError`."""
    if isinstance(value, str) and not value.strip() and element != "text":
        raise UnfitError("holds nothing but spaces", "clear the cell")
    match element:
        case "number":
            return _number(value)
        case "whole":
            return _whole(_number(value))
        case "truth":
            return _truth(value)
        case "label" | "choice":
            return _word(value)
        case "text":
            return read(_text(value))


def _number(value: Value) -> Any:
    if isinstance(value, bool):
        raise UnfitError(f"must be a number, not {str(value).upper()}")
    if isinstance(value, str):
        found = plain_value(value.strip())
        decimal = isinstance(found, int | Decimal) and not isinstance(found, bool) and "x" not in value and "o" not in value
        return found if decimal else value.strip()
    return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value() else value


def _truth(value: Value) -> bool:
    found = _TRUTHS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise UnfitError(f"must be TRUE or FALSE, not {value}")
    return found


def _text(value: Value) -> str:
    if isinstance(value, bool):
        raise UnfitError(f"must be text, not {str(value).upper()}", "put an apostrophe before it if it is meant as text")
    return str(value)


def _word(value: Value) -> str:
    text = read(_text(value))
    if text != text.strip():
        side = "ends" if text == text.lstrip() else "begins"
        raise UnfitError(f"{text!r} {side} with a space", "remove it")
    return text


def _members(value: Value, element: Element) -> list[Any]:
    if isinstance(value, str) and not value.strip():
        raise UnfitError("holds nothing but spaces", "clear the cell")
    try:
        texts = split(read(_text(value)))
    except ValueError as error:
        raise UnfitError(f"cannot be read as a list: {error}", "write a, b; names with a comma in them in quotes") from None
    if element in ("number", "whole"):
        return [element_of(text, element) for text in texts]
    return list(texts)
