"""Attitudes to risk that a model may take; the same names stand in `formulation.risk` and `audit.risk`."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from portfolioopt.language.values import Record, Share, number


def _tail(value: Any) -> Decimal:
    exact = number(value)
    if not 0 < exact <= 1:
        raise PydanticCustomError("range", "must be above 0 and at most 1, not {value}", {"value": str(exact)})
    return exact


Tail = Annotated[
    Decimal, PlainValidator(_tail), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 1})
]


class Cvar(Record):
    """(1 − weight)·E[NPV] + weight·mean of the worst `tail` share."""

    measure: Literal["cvar"]
    tail: Tail
    weight: Share


class WorstCase(Record):
    """(1 − weight)·E[NPV] + weight·NPV of the worst scenario that can happen."""

    measure: Literal["worst_case"]
    weight: Share


Risk = Annotated[Cvar | WorstCase, Field(discriminator="measure")]
MEASURE_NAMES = ("cvar", "worst_case")
