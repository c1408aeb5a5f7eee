"""Numbers in workbooks with the digits that they were written with.

A workbook keeps 15 digits of a number and none of its trailing zeros or exponents. So a number carries its decimals in
its format (0.40 is 0.4 shown with two decimals, 1E+3 is 1000 shown so), and one of more than 15 digits is text.
"""

import re
from decimal import Decimal

MOST_DIGITS = 15
MOST_DECIMALS = 30
GENERAL = "General"
WHOLE = "#,##0"
_FIXED = re.compile(r"(?:#,##)?0(?:\.(0+))?")
_SCIENTIFIC = re.compile(r"0(?:\.(0+))?E\+0+")


def as_number(exact: Decimal) -> tuple[float, str] | None:
    """The number and the format that bring the same digits back; None where only text does."""
    sign, digits, exponent = exact.as_tuple()
    if len(digits) > MOST_DIGITS or (sign and not exact) or not isinstance(exponent, int):
        return None
    scientific = "E" in str(exact)
    decimals = len(digits) - 1 if scientific else max(0, -exponent)
    if decimals > MOST_DECIMALS:
        return None
    behind = "." + "0" * decimals if decimals else ""
    shown = f"0{behind}E+0" if scientific else f"{WHOLE}{behind}"
    value = float(exact)
    return (value, shown) if str(number_of(value, shown)) == str(exact) else None


def number_of(value: float, shown: str = GENERAL) -> int | Decimal:
    """The number of a cell with the decimals that its format shows, wherever they say the same."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    shown = shown.partition(";")[0]
    fixed, scientific = _FIXED.fullmatch(shown), _SCIENTIFIC.fullmatch(shown)
    if fixed is not None:
        decimals = len(fixed[1] or "")
        padded = Decimal(f"{exact:.{decimals}f}")
        if decimals and padded == exact:
            return padded
    elif scientific is not None:
        padded = Decimal(f"{exact:.{len(scientific[1] or '')}E}")
        if padded == exact:
            return padded
    return int(exact) if exact == exact.to_integral_value() else exact
