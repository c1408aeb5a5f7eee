"""From pydantic's errors to faults that a planner understands, and what of an input is left without them."""

import copy
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolioopt.errors import Fault
from portfolioopt.language.checking import did_you_mean

def faults_of(error: ValidationError, root: type[BaseModel], obj: Any) -> list[Fault]:
    """One fault for each error, in the order of the file's keys."""
    return [_fault(details, root, obj) for details in error.errors(include_url=False)]


def _path(details: ErrorDetails, obj: Any) -> tuple[str | int, ...]:
    """The error's place in the input: pydantic's own path also holds the kinds of a choice, which no file has."""
    path: list[str | int] = []
    here = obj
    loc = details["loc"]
    for place, part in enumerate(loc):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif not (isinstance(here, Mapping) and place == len(loc) - 1 and details["type"] == "missing"):
            continue
        path.append(part)
    return tuple(path)


def _fault(details: ErrorDetails, root: type[BaseModel], obj: Any) -> Fault:
    path = _path(details, obj)
    context = details.get("ctx", {})
    given = details["input"]
    match details["type"]:
        case "extra_forbidden":
            return Fault(path, "unknown key", did_you_mean(str(path[-1]), _keys_at(root, details["loc"][:-1])))
        case "missing":
            return Fault(path, "is missing", "add it")
        case "literal_error":
            expected = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            hint = did_you_mean(given, expected) if isinstance(given, str) else f"one of: {', '.join(expected)}"
            return Fault(path, f"cannot be {_shown(given)}", hint)
        case "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return Fault((*path, key), "is missing", "add it")
        case "union_tag_invalid":
            key = str(context["discriminator"]).strip("'")
            expected = str(context["expected_tags"]).replace("'", "").split(", ")
            return Fault((*path, key), f"cannot be {context['tag']}", did_you_mean(str(context["tag"]), expected))
        case "string_pattern_mismatch":
            return Fault(path, f"{_shown(given)} cannot be used here", _pattern_said(str(context["pattern"])))
        case "string_type":
            return Fault(path, f"must be text, not {_shown(given)}", "put it between quotes")
        case "int_type" | "int_from_float":
            return Fault(path, f"must be a whole number, not {_shown(given)}")
        case "bool_type":
            return Fault(path, f"must be true or false, not {_shown(given)}")
        case "model_type" | "dict_type" | "model_attributes_type":
            return Fault(path, f"must be keys with values, not {_shown(given)}")
        case "tuple_type" | "list_type":
            return Fault(path, f"must be a list, not {_shown(given)}", "write it between [ and ]")
        case "too_short":
            return Fault(path, f"needs at least {context['min_length']} entries, not {context['actual_length']}")
        case "too_long":
            return Fault(path, f"takes at most {context['max_length']} entries, not {context['actual_length']}")
        case "greater_than_equal":
            return Fault(path, f"must be at least {context['ge']}, not {_shown(given)}")
        case "less_than_equal":
            return Fault(path, f"must be at most {context['le']}, not {_shown(given)}")
        case _:
            message = details["msg"]
            return Fault(path, message[:1].lower() + message[1:])


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
    return repr(value)[:60] if isinstance(value, str) else str(value)[:60]


def _keys_at(root: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the record at `loc` may have."""
    kinds: list[Any] = [root]
    for part in loc:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    records = [option for kind in kinds for option in _options(kind) if _is_record(option)]
    return [field.alias or name for record in records for name, field in record.model_fields.items()]


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


def without_faults(
    obj: Mapping[str, Any], error: ValidationError, validate: Callable[[Any], BaseModel]
) -> tuple[Any, set[str]] | None:
    """What is left when every faulty part is taken out, and the names that went with it; None if nothing is.

    So that one run tells contradictions between sound parts as well as broken parts.
    """
    rest: Any = copy.deepcopy(dict(obj))
    dropped: set[str] = set()
    for _ in range(8):
        places = {_place(details, rest) for details in error.errors(include_url=False)}
        if () in places:
            return None
        for path in sorted(places, key=_last_first, reverse=True):
            _take_out(rest, path, dropped)
        try:
            return validate(rest), dropped
        except ValidationError as again:
            error = again
    return None


def _place(details: ErrorDetails, obj: Any) -> tuple[str | int, ...]:
    """The part to take out: the faulty one, or what lacks a key that it must have."""
    path = _path(details, obj)
    return path[:-1] if details["type"] == "missing" else path


def _last_first(path: tuple[str | int, ...]) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in path)


def _take_out(rest: Any, path: tuple[str | int, ...], dropped: set[str]) -> None:
    holder = rest
    for part in path[:-1]:
        try:
            holder = holder[part]
        except (KeyError, IndexError, TypeError):
            return
    try:
        _names_in(holder[path[-1]], dropped)
        del holder[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
    dropped.add(str(path[-1]))


def _names_in(value: Any, names: set[str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            names.add(str(key))
            _names_in(inner, names)
    elif isinstance(value, list | tuple):
        for inner in value:
            _names_in(inner, names)
    elif isinstance(value, str):
        names.add(value)
