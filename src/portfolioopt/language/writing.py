"""Writing instances and models back: what was given and no more, or resolved, with every default spelled out.

Numbers are written with the digits that they were given with, and what is written reads back equal.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from portfolioopt.language.emitting import emit
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.families.rules import Rule
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Action, During, Partnership


def plain(record: Instance | Model) -> dict[str, Any]:
    """The record as dict, list, str, int, bool and Decimal, in the shape of its file; only what was given."""
    return {"format": record.format, **_record(record, None)}


def resolved(record: Instance | Model) -> dict[str, Any]:
    """The same with every default spelled out, except what is absent by default (a limit, a readiness, a risk)."""
    return {"format": record.format, **_record(record, record)}


def to_yaml(record: Instance | Model) -> str:
    """A readable file that reads back equal."""
    return emit(plain(record))


def to_resolved_yaml(record: Instance | Model) -> str:
    """A file that means the same, with nothing left to defaults."""
    return emit(resolved(record))


def value_as_written(value: Any) -> Any:
    """A part of an instance or a model, in the shape of its file; only what was given."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Decimal):
        return value[0]
    return _value(value, None, False)


def _record(record: BaseModel, top: BaseModel | None) -> dict[str, Any]:
    """By field, under the names that the file uses; with `top`, defaults too."""
    found: dict[str, Any] = {}
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if top is not None:
            value = _default_meant(record, name, value, top)
        elif name not in record.model_fields_set:
            continue
        written = _value(value, top, isinstance(record, During) or name == "from_")
        # an empty list is written where leaving it out would mean another: one of names that counts nothing
        nothing = written is None or (
            top is not None
            and written in ({}, [])
            and not field.is_required()
            and field.get_default(call_default_factory=True, validated_data={}) in ({}, ())
        )
        if not nothing:
            found[field.alias or name] = written
    return found


def _value(value: Any, top: BaseModel | None, single: bool) -> Any:
    """`single`: a list of one is written as its member, as where a number stands for a profile."""
    if isinstance(value, BaseModel):
        return _record(value, top)
    if isinstance(value, Mapping):
        return {key: _value(inner, top, single) for key, inner in value.items()}
    if isinstance(value, tuple):
        if single and len(value) == 1 and isinstance(value[0], Decimal | str):
            return value[0]
        return [_value(inner, top, False) for inner in value]
    return value


def _default_meant(record: BaseModel, name: str, value: Any, top: BaseModel) -> Any:
    """What an absent value stands for, where it stands for something."""
    if isinstance(record, Model) and name == "limits":
        return dict.fromkeys(SOFT_FAMILIES, "hard") | value
    if not isinstance(top, Instance) or value not in (None, ()):
        return value
    years = (top.horizon.first_year, top.horizon.last_year)
    match record, name:
        case Partnership(), "name":
            return record.id
        case (Action(), "window") | (Rule(), "years"):
            return years
        case Instance(), "review_years" if value is None:  # none at all is a choice of its own
            return tuple(top.horizon.calendar)
        case Instance(), "scenarios":
            return top.futures
    return value
