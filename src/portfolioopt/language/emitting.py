"""From plain values to readable YAML 1.2: block style outside, one line where it fits, text quoted where it must be."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portfolioopt.language.scalars import plain_value

WIDTH = 120
_SIMPLE = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ ./()+-]*[A-Za-z0-9_.()+])?")
_OLD_WORDS = {"y", "n", "yes", "no", "on", "off"}
"""Text to us, but true or false to readers of YAML 1.1."""


def emit(value: dict[str, Any]) -> str:
    """The YAML text of a mapping of str, int, Decimal, bool, None, lists and mappings."""
    return "".join(f"{line}\n" for line in _mapping(value, 0))


def flow(value: Any) -> str:
    """A value of the same kinds on one line."""
    return str(_flow(value, None))


def _mapping(value: dict[str, Any], indent: int) -> Iterator[str]:
    """Lines of a mapping in block style."""
    margin = " " * indent
    for key, inner in value.items():
        name = f"{margin}{_text(key)}:"
        if isinstance(inner, str) and _literal(inner):
            yield f"{name} |-"
            yield from (f"{margin}  {line}" for line in inner.split("\n"))
            continue
        line = None if indent == 0 and _is_list_of_records(inner) else _flow(inner, WIDTH - len(name))
        if line is not None:
            yield f"{name} {line}"
        elif isinstance(inner, dict):
            yield name
            yield from _mapping(inner, indent + 2)
        elif _is_list_of_records(inner):
            yield name
            yield from _records(inner, indent + 2)
        else:
            yield name
            yield from _wrapped(inner, indent + 2)


def _records(members: list[dict[str, Any]], indent: int) -> Iterator[str]:
    margin = " " * indent
    for member in members:
        line = _flow(member, WIDTH - indent - 2)
        if line is not None:
            yield f"{margin}- {line}"
            continue
        first, *rest = _mapping(member, indent + 2)
        yield f"{margin}- {first[indent + 2 :]}"
        yield from rest


def _wrapped(members: list[Any], indent: int) -> Iterator[str]:
    """A long list of numbers, names or points."""
    margin = " " * indent
    line = f"{margin}["
    for place, member in enumerate(members):
        text = _flow(member, None) or ""
        text += "," if place < len(members) - 1 else "]"
        if len(line) + len(text) > WIDTH and line.strip() != "[":
            yield line.rstrip()
            line = f"{margin} "
        line += f"{text} "
    yield line.rstrip()


def _flow(value: Any, room: int | None) -> str | None:
    """The value on one line; None where it does not fit in the room."""
    if isinstance(value, dict):
        parts = [f"{_text(key)}: {_flow(inner, None)}" for key, inner in value.items()]
        text = f"{{{', '.join(parts)}}}"
    elif isinstance(value, list):
        text = f"[{', '.join(str(_flow(inner, None)) for inner in value)}]"
    else:
        return _scalar(value)
    return text if room is None or len(text) <= room else None


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"{type(value).__name__} has no place in a file")


def _text(text: str) -> str:
    """Text as it is where it reads back as the same text, else between double quotes."""
    if len(text) <= 200 and _SIMPLE.fullmatch(text) and text.lower() not in _OLD_WORDS and plain_value(text) == text:
        return text
    return "".join(
        letter if letter.isprintable() or letter == " " else f"\\U{ord(letter):08x}"
        for letter in json.dumps(text, ensure_ascii=False)
    )


def _literal(text: str) -> bool:
    """Whether a text of several lines may stand as it is, indented."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and not line.startswith(" ") and not line.endswith(" ") for line in lines)
        and lines[0] != ""
        and lines[-1] != ""
    )


def _is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(member, dict) for member in value)
