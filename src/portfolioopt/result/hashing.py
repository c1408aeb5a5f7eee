"""One number for what a solve was asked: SHA-256 of facts and choices, whatever the order or layout of their files.

Facts are written as JSON in which equal facts look the same: keys sorted, defaults filled in, decimals as the fractions
they are, lists of names and of things with an id sorted. The text goes straight into the hash, partnership by
partnership, and keys that nobody wrote have the text of their default: portfolios are large, and mostly defaults. So
have those that spell out what their absence stands for, as the files of a run do: both mean the same.
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.families.rules import Rule
from portfolioopt.language.instance import ONLY_FUTURE, Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Action, Partnership
from portfolioopt.language.values import Record

Years = tuple[int, int] | None
"""First and last year of the horizon, while facts are told."""


def input_hash(instance: Instance, model: Model) -> str:
    """SHA-256 of facts and choices with defaults filled in, whatever the order or layout of their files."""
    digest = hashlib.sha256()
    digest.update(b'{"instance":')
    for part in _parts(instance, (instance.horizon.first_year, instance.horizon.last_year)):
        digest.update(part.encode())
    spelled_out = model.model_copy(update={"limits": dict.fromkeys(SOFT_FAMILIES, "hard") | model.limits})
    digest.update(f',"model":{canonical(spelled_out)}}}'.encode())
    return digest.hexdigest()


def canonical(value: Any, years: Years = None) -> str:
    """JSON text in which equal facts look the same."""
    kind = type(value)
    if kind is Decimal:
        return _fraction(value)
    if kind is str:
        return json.dumps(value)
    if kind is tuple or kind is list:
        return f"[{','.join(_items(value, years))}]"
    if isinstance(value, Record):
        return f"{{{','.join(_fields(value, years))}}}"
    if kind is dict:
        items = sorted((str(name), item) for name, item in value.items())
        return f"{{{','.join([f'{json.dumps(name)}:{canonical(item, years)}' for name, item in items])}}}"
    return json.dumps(value)


def _parts(record: Instance, years: Years) -> Iterator[str]:
    """The text of a record, member by member where a list is long."""
    separator = "{"
    for name in sorted(type(record).model_fields):
        value = getattr(record, name)
        yield f'{separator}"{name}":'
        separator = ","
        if name in MEANT and _as_if_absent(record, name, years):
            value = () if name == "scenarios" else None
        if isinstance(value, tuple) and value and isinstance(value[0], Record):
            yield "["
            for position, item in enumerate(_items(value, years)):
                yield f",{item}" if position else item
            yield "]"
        else:
            yield _of_field(name, value, years)
    yield "}"


def _fields(record: Record, years: Years) -> list[str]:
    written = record.model_fields_set
    return [
        f'"{name}":{_of_field(name, getattr(record, name), years)}'
        if name in written and not (name in MEANT and _as_if_absent(record, name, years))
        else default
        for name, default in _defaults(type(record))
    ]


MEANT = ("name", "window", "years", "review_years", "scenarios")
"""Keys whose absence stands for something that can be spelled out."""


def _as_if_absent(record: Record, name: str, years: Years) -> bool:
    """Whether a key says no more than its absence would."""
    match record, name:
        case Partnership(), "name":
            return record.name == record.id
        case Action(), "window":
            return record.window == years
        case Rule(), "years":
            return record.years == years
        case Instance(), "review_years":
            return record.review_years is not None and set(record.review_years) == set(record.horizon.calendar)
        case Instance(), "scenarios":
            return record.scenarios == (ONLY_FUTURE,)
    return False


def _of_field(name: str, value: Any, years: Years) -> str:
    if name == "review_years" and value:
        return canonical(sorted(value))  # a set of years, in any order
    return canonical(value, years)


@cache
def _defaults(kind: type[Record]) -> tuple[tuple[str, str], ...]:
    """The fields of a kind of record in the order of their names, each with the text of its default."""
    fields = sorted(kind.model_fields.items())
    return tuple(
        (
            name,
            ""
            if field.is_required()
            else f'"{name}":{_of_field(name, field.get_default(call_default_factory=True, validated_data={}), None)}',
        )
        for name, field in fields
    )


def _items(values: tuple[Any, ...] | list[Any], years: Years = None) -> list[str]:
    """Members of a list: names and things with keys in the order of their texts, all else as it stands."""
    first = values[0] if values else None
    if type(first) is str and all(type(item) is str for item in values):
        return [json.dumps(item) for item in sorted(values)]
    texts = [canonical(item, years) for item in values]
    if isinstance(first, Record | dict) and all(isinstance(item, Record | dict) for item in values):
        texts.sort()
    return texts


def _fraction(number: Decimal) -> str:
    above, below = number.as_integer_ratio()
    return f'"{above}"' if below == 1 else f'"{above}/{below}"'
