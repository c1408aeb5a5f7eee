"""Plain scalars of YAML 1.2's core schema: which texts are numbers, true, false or empty, and which are just text.

`no`, `on`, `none`, `1_000` and `2026-01-01` are text. Numbers with a point or an exponent become `Decimal`, digits as
written.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NOT_A_NUMBER = (".nan", ".NaN", ".NAN")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:([,_ '])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
"""1,600 or 1_600.5: thousands apart."""
_LONGEST_INTEGER = 400
"""Beyond it Python's int() takes quadratic time or refuses; as a Decimal it is refused by its size."""
_LARGEST_EXPONENT = 100_000


def plain_value(text: str) -> Any:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < _LONGEST_INTEGER else _decimal(text)
    if _FLOAT.fullmatch(text):
        return _decimal(text)
    if len(text) < _LONGEST_INTEGER and _OTHER_BASE.fullmatch(text):
        return int(text[2:], 16 if text[1] == "x" else 8)
    infinite = _INFINITE.fullmatch(text)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    return math.nan if text in _NOT_A_NUMBER else text


def _decimal(text: str) -> Decimal | float:
    """The number as written; infinite where no Decimal reaches, so that the check of numbers refuses it."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return math.inf
    return exact if abs(exact.adjusted()) < _LARGEST_EXPONENT else math.inf


def number_meant(text: str) -> str | None:
    """The number, as one writes it here, that a text such as 1,600 or 8% or 0,08 means; None where it means none."""
    text = text.strip()
    if len(text) > 40:
        return None
    if text.endswith("%"):
        inner = number_meant(text[:-1])
        return None if inner is None else f"{(Decimal(inner) / 100).normalize():f}"
    if _GROUPED.fullmatch(text):
        return re.sub(r"[,_ ']", "", text)
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
        return text.replace(",", ".")
    return text if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text) else None
