"""Records to JSON and back, exactly: what comes back equals what went in, to the last digit.

Decimals and fractions travel as text ("0.60", "1503100/14641"), floats as JSON numbers, which Python writes so that
they read back the same, and infinities, for which JSON has no number, as "inf" and "-inf". Many records of one kind
travel as a table, {"columns": [...], "rows": [...]}, which keeps large results small. Reading is strict: anything of
another shape raises `ValueError`.
"""

import math
import re
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

FRACTION = re.compile(r"(-?\d{1,4000})(?:/(\d{1,4000}))?|(-?0x[0-9a-f]+)/(0x[0-9a-f]+)")
INFINITIES = ("inf", "-inf")
LARGEST_IN_DIGITS = 1 << 13_000
"""Python reads at most 4,300 decimal digits of an integer; longer ones travel in hexadecimal."""


def encode(value: Any) -> Any:
    """The JSON value of a record, or of anything that records are made of."""
    if isinstance(value, Fraction):
        return _fraction_text(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return _infinity_text(value)
    kind: Any = type(value)
    if _is_record(value):
        return {name: encode(getattr(value, name)) for name in _hints(kind)}
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, tuple):
        if value and _is_record(value[0]):
            kind = type(value[0])
            columns = list(_hints(kind))
            return {
                "columns": columns,
                "rows": [[encode(getattr(record, name)) for name in columns] for record in value],
            }
        return [encode(item) for item in value]
    return value


def decode(hint: Any, value: Any) -> Any:
    """The value of type `hint` that `encode` made this JSON of; raises ValueError for anything else."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return _one_of(arguments, value)
    if origin is Literal:
        _expect(value in arguments, hint, value)
        return value
    if origin is tuple:
        return _items(arguments, value)
    if origin is dict:
        _expect(isinstance(value, dict), hint, value)
        return {key: decode(arguments[1], item) for key, item in value.items()}
    if _is_record(hint):
        hints = _hints(hint)
        _expect(isinstance(value, dict) and value.keys() == hints.keys(), hint, value)
        return hint(**{name: decode(kind, value[name]) for name, kind in hints.items()})
    if hint is Fraction:
        return _fraction(value)
    if hint is Decimal:
        _expect(isinstance(value, str) and len(value) <= 100, hint, value)
        return _decimal(value)
    if hint is float:
        _expect(type(value) in (int, float) or value in INFINITIES, hint, value)
        return float(value)
    _expect(type(value) is hint, hint, value)
    return value


def _is_record(value: Any) -> bool:
    return is_dataclass(value)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The fields of a record with their types, in order."""
    known = get_type_hints(kind)
    return {field.name: known[field.name] for field in fields(kind)}


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """An optional value, or one of several plain types that JSON tells apart."""
    if value is None and NoneType in kinds:
        return None
    rest = [kind for kind in kinds if kind is not NoneType]
    if len(rest) == 1:
        return decode(rest[0], value)
    _expect(type(value) in rest, kinds, value)
    return value


def _items(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        kind = arguments[0]
        if _is_record(kind) and value != []:
            hints = _hints(kind)
            _expect(isinstance(value, dict) and value.get("columns") == list(hints), kind, value)
            kinds = tuple(hints.values())
            _expect(isinstance(value.get("rows"), list), kind, value)
            return tuple(kind(*_row(kinds, row)) for row in value["rows"])
        _expect(isinstance(value, list), arguments, value)
        return tuple(decode(kind, item) for item in value)
    return _row(arguments, value)


def _row(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    _expect(isinstance(value, list) and len(value) == len(kinds), kinds, value)
    return tuple(decode(kind, item) for kind, item in zip(kinds, value, strict=True))


def _fraction_text(value: Fraction) -> str:
    if max(abs(value.numerator), value.denominator) < LARGEST_IN_DIGITS:
        return str(value)
    return f"{value.numerator:#x}/{value.denominator:#x}"


def _infinity_text(value: float) -> str:
    if math.isnan(value):
        raise ValueError("a number that is none has no place in a result")
    return "inf" if value > 0 else "-inf"


def _fraction(value: Any) -> Fraction:
    match = FRACTION.fullmatch(value) if isinstance(value, str) else None
    _expect(match is not None, Fraction, value)
    assert match is not None
    above, below, long_above, long_below = match.groups()
    try:
        return (
            Fraction(int(long_above, 16), int(long_below, 16)) if long_above else Fraction(int(above), int(below or 1))
        )
    except ZeroDivisionError:
        raise ValueError(f"{value!r} divides by zero") from None


def _decimal(value: str) -> Decimal:
    try:
        exact = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{value[:40]!r} is not a number") from None
    if not exact.is_finite():
        raise ValueError(f"{value[:40]!r} is not a finite number")
    return exact


def _expect(right: bool, hint: Any, value: Any) -> None:
    if not right:
        name = getattr(hint, "__name__", None) or "a value of another kind"
        raise ValueError(f"expected {name}, found {str(value)[:40]!r}")
