"""From pydantic's errors to faults that a planner understands."""

import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolioopt.errors import Fault
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.remainder import path_of
from portfolioopt.language.scalars import number_meant

_EXAMPLES = {
    "format": "format: portfolioopt-instance/1",
    "name": "name: our portfolio",
    "horizon": "horizon: {first_year: 2026, years: 6}",
    "discount_rate": "discount_rate: 0.08",
}


def faults_of(error: ValidationError, root: type[BaseModel], obj: Any) -> list[Fault]:
    """One fault for each thing that is wrong, in the order of the file's keys."""
    found = [_fault(details, root, obj) for details in error.errors(include_url=False)]
    return list(dict.fromkeys(found))


def _fault(details: ErrorDetails, root: type[BaseModel], obj: Any) -> Fault:
    path = path_of(details, obj)
    context = details.get("ctx", {})
    given = details["input"]
    match details["type"]:
        case "extra_forbidden":
            return Fault(path, "unknown key", did_you_mean(str(path[-1]), keys_at(root, details["loc"][:-1])))
        case "missing" if isinstance(details["loc"][-1], int):
            return Fault(path, f"must have two entries, not {len(given)}", "write [first, second]")
        case "missing":
            return Fault(path, "is missing", _example(str(path[-1])))
        case "literal_error":
            expected = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            if path[-1] == "format":
                return Fault(path, f"cannot be {_shown(given)}", f"write format: {expected[0]}")
            if path[0] == "limits":
                return Fault(path, f"must be hard or a price, not {_shown(given)}", "write hard, or {price: 2.5}")
            hint = did_you_mean(given, expected) if isinstance(given, str) else f"known: {', '.join(expected)}"
            return Fault(path, f"cannot be {_shown(given)}", hint)
        case "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return Fault((*path, key), "is missing", "add it")
        case "union_tag_invalid":
            key = str(context["discriminator"]).strip("'")
            expected = str(context["expected_tags"]).replace("'", "").split(", ")
            return Fault((*path, key), f"cannot be {_shown(context['tag'])}", did_you_mean(context["tag"], expected))
        case "string_pattern_mismatch":
            return Fault(path, f"{_shown(given)} cannot be used here", _pattern_said(str(context["pattern"])))
        case "string_type":
            hint = "put it between quotes" if isinstance(given, int | float | Decimal) else ""
            return Fault(path, f"must be text, not {_shown(given)}", hint)
        case "string_too_long":
            return Fault(path, f"has {len(given)} letters; the most is {context['max_length']}")
        case "string_too_short":
            return Fault(path, "is empty text", "give it a text or remove it")
        case "int_type" | "int_from_float" | "int_parsing_size":
            return Fault(path, f"must be a whole number, not {_shown(given)}")
        case "bool_type":
            return Fault(path, f"must be true or false, not {_shown(given)}")
        case "model_type" | "dict_type" | "model_attributes_type":
            return Fault(path, f"must be keys with values, not {_shown(given)}")
        case "tuple_type" | "list_type":
            hint = "write it between [ and ]" if not isinstance(given, Mapping) else "begin each member with -"
            return Fault(path, f"must be a list, not {_shown(given)}", hint)
        case "too_short":
            return Fault(path, f"needs at least {_entries(context['min_length'])}, not {context['actual_length']}")
        case "too_long":
            return Fault(path, f"takes at most {_entries(context['max_length'])}, not {len(given)}")
        case "greater_than_equal":
            return Fault(path, f"must be at least {context['ge']}, not {_shown(given)}")
        case "less_than_equal":
            return Fault(path, f"must be at most {context['le']}, not {_shown(given)}")
        case "number" | "series" if (meant := _numbers_meant(given)) is not None:
            return Fault(path, details["msg"], f"write {meant}")
        case _:
            message = details["msg"]
            return Fault(path, message[:1].lower() + message[1:])


def _numbers_meant(given: Any) -> str | None:
    """The number that a text is likely to mean, or those of a list of years; None where that is anyone's guess."""
    texts = given if isinstance(given, list | tuple) else [given]
    meant = [number_meant(text) for text in texts if isinstance(text, str)]
    return ", ".join(text for text in meant if text) if meant and all(meant) else None


def _example(key: str) -> str:
    """How a key that is missing may be written."""
    return f"add it, such as {_EXAMPLES[key]}" if key in _EXAMPLES else "add it"


def _entries(number: int) -> str:
    return "one entry" if number == 1 else f"{number} entries"


def _pattern_said(pattern: str) -> str:
    if pattern.startswith("^[a-z]"):
        return "a lowercase letter first, then lowercase letters, digits and _"
    if pattern.startswith("^[A-Za-z_]"):
        return "a letter first, then letters, digits, _ and -"
    return "no control characters"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, Mapping):
        return "keys with values"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def keys_at(root: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the record at `loc` may have."""
    kinds: list[Any] = [root]
    for part in loc:
        kinds = inside(kinds, part)
    return keys_of(kinds)


def keys_of(kinds: list[Any]) -> list[str]:
    """The keys that a record of one of these kinds may have."""
    return [field.alias or name for record in records_of(kinds) for name, field in record.model_fields.items()]


def records_of(kinds: list[Any]) -> list[type[BaseModel]]:
    """The kinds of record among those that annotations allow."""
    return [option for kind in kinds for option in _options(kind) if _is_record(option)]


def options_of(kinds: list[Any]) -> list[Any]:
    """Every kind that annotations allow, annotations taken off."""
    return [option for kind in kinds for option in _options(kind)]


def inside(kinds: list[Any], part: str | int) -> list[Any]:
    """What a part of a path leads to from a value of one of these kinds."""
    return [inner for kind in kinds for inner in _inside(kind, part)]


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _options(kind: Any) -> list[Any]:
    """The kinds that an annotation allows, annotations taken off."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _options(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [option for part in typing.get_args(kind) for option in _options(part)]
    return [kind]


def _inside(kind: Any, part: str | int) -> list[Any]:
    """What a part of pydantic's path leads to: a field, an entry, or one kind of a choice."""
    found: list[Any] = []
    for option in _options(kind):
        origin = typing.get_origin(option)
        if _is_record(option):
            fields = [field.annotation for name, field in option.model_fields.items() if part in (field.alias, name)]
            found += fields
            if not fields and part in (option.__name__, *_tags(option)):
                found.append(option)
        elif origin in (dict, tuple):
            found.append(typing.get_args(option)[1 if origin is dict else 0])
    return found


def _tags(record: type[BaseModel]) -> list[str]:
    """The words by which a choice knows this record: the literals of its first literal field."""
    return [
        str(word)
        for field in record.model_fields.values()
        if typing.get_origin(field.annotation) is typing.Literal
        for word in typing.get_args(field.annotation)
    ]
