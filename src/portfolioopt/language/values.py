"""The kinds of value that the language is made of: numbers kept as written, profiles, series, curves, names.

Numbers are `decimal.Decimal` exactly as the file or the caller wrote them: the audit computes with them as
rationals, and only the formulation turns them into floats.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

LARGEST = Decimal("1e15")
SMALLEST = Decimal("1e-12")
MOST_DIGITS = 30


class Record(BaseModel):
    """Frozen, strict, closed: no coercion and no unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def number(value: Any) -> Decimal:
    """The number as written; raises for anything that is not a plain finite number of sensible size."""
    kind = type(value)
    if kind is int:
        exact = Decimal(value)
    elif kind is Decimal:
        exact = value
    elif isinstance(value, float):  # numpy's float64 is one too
        if not math.isfinite(value):
            raise PydanticCustomError("number", "must be a finite number, not {value}", {"value": str(value)})
        exact = Decimal(repr(float(value)))
    else:
        shown = "empty" if value is None else f"{value!r}"[:60]
        raise PydanticCustomError("number", "must be a number, not {value}", {"value": shown})
    if not exact.is_finite():
        raise PydanticCustomError("number", "must be a finite number, not {value}", {"value": str(exact)})
    if exact and not SMALLEST <= exact.copy_abs() < LARGEST:
        raise PydanticCustomError(
            "number",
            "{value} is out of range: numbers other than 0 lie between 1e-12 and 1e15 in size",
            {"value": f"{exact:.6E}"},
        )
    if len(exact.as_tuple().digits) > MOST_DIGITS:
        raise PydanticCustomError("number", "has more than {most} digits", {"most": MOST_DIGITS})
    return exact


def _bounded(low: Decimal | None, high: Decimal | None, said: str) -> Callable[[Any], Decimal]:
    def check(value: Any) -> Decimal:
        exact = number(value)
        if (low is not None and exact < low) or (high is not None and exact > high):
            raise PydanticCustomError("range", "must be {said}, not {value}", {"said": said, "value": str(exact)})
        return exact

    return check


def _sequence(value: Any) -> Any:
    """Lists are tuples here, so that facts stay frozen."""
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: Any) -> Any:
    """A single value stands for a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _number_or_sequence(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else number(value)


ZERO, ONE = Decimal(0), Decimal(1)
Number = Annotated[Decimal, PlainValidator(number), WithJsonSchema({"type": "number"})]
Amount = Annotated[
    Decimal,
    PlainValidator(_bounded(ZERO, None, "0 or more")),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Share = Annotated[
    Decimal,
    PlainValidator(_bounded(ZERO, ONE, "from 0 to 1")),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]
Score = Annotated[
    Decimal,
    PlainValidator(_bounded(ONE, Decimal(5), "from 1 to 5")),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 5}),
]
Count = Annotated[int, Field(ge=0, le=10_000)]

Profile = Annotated[tuple[Number, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
"""By year in the state; past its end its last value repeats. A number is a profile of one."""
AmountProfile = Annotated[tuple[Amount, ...], BeforeValidator(_one_or_more), Field(min_length=1)]

SERIES_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]}
)


def _series(element: Callable[[Any], Decimal]) -> Any:
    def check(value: Any) -> Decimal | tuple[Decimal, ...]:
        if not isinstance(value, list | tuple):
            return element(value)
        faults = []
        values = []
        for position, item in enumerate(value):
            try:
                values.append(element(item))
            except PydanticCustomError as fault:
                faults.append(f"year {position}: {fault.message()}")
        if faults:
            raise PydanticCustomError("series", "{faults}", {"faults": "; ".join(faults)})
        return tuple(values)

    return check


Series = Annotated[Decimal | tuple[Decimal, ...], PlainValidator(_series(number)), SERIES_SCHEMA]
"""A number for every year, or one number for each calendar year of the horizon."""
AmountSeries = Annotated[
    Decimal | tuple[Decimal, ...], PlainValidator(_series(_bounded(ZERO, None, "0 or more"))), SERIES_SCHEMA
]

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Label = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_\-]*$", max_length=100)]
"""Name of a state, an action, a limit, a skill, a tag, a capability or a driver."""
Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]

Point = Annotated[tuple[Number, Number], BeforeValidator(_sequence)]
Curve = Annotated[tuple[Point, ...], BeforeValidator(_sequence), Field(min_length=1)]
"""Points of a piecewise linear curve, the first [0, 0], totals strictly increasing."""
Years = Annotated[tuple[int, int], BeforeValidator(_sequence)]
"""First and last calendar year, both included."""
Labels = Annotated[tuple[Label, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_sequence)]
FlowsByLabel = dict[Label, AmountProfile]
AmountsByLabel = dict[Label, Amount]
Coefficients = dict[Label, Number]
Sequence = BeforeValidator(_sequence)


def profile_at(profile: tuple[Decimal, ...], index: int) -> Decimal:
    """Value of a profile in year `index` of the state (0 = its first); the last value repeats."""
    return profile[index] if index < len(profile) else profile[-1]


def series_at(series: Decimal | tuple[Decimal, ...], year: int) -> Decimal:
    """Value of a series in year `year` of the horizon (0 = its first)."""
    return series[year] if isinstance(series, tuple) else series
