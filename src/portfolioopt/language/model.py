"""A model: the choices. What is maximized, the attitude to risk, which limits bind and which bend at what price."""

from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, PlainValidator, PrivateAttr, Tag, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from portfolioopt.errors import InvalidModel
from portfolioopt.language import families
from portfolioopt.language.checking import Checker, did_you_mean
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES
from portfolioopt.language.faults import faults_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.risk import Risk
from portfolioopt.language.values import Amount, Label, Name, Record, Text, number

MODEL_FORMAT: Literal["portfolioopt-model/1"] = "portfolioopt-model/1"


class Price(Record):
    """A soft limit: money per unit of excess and year."""

    price: Amount


def _hard_or_price(value: Any) -> str:
    return "Price" if isinstance(value, dict | Price) else "hard"


Hardness = Annotated[
    Annotated[Literal["hard"], Tag("hard")] | Annotated[Price, Tag("Price")], Discriminator(_hard_or_price)
]


class Objective(Record):
    """What is maximized: expected NPV, or a mix with a measure of the bad cases."""

    risk: Risk | None = None


class Changes(Record):
    """A price, undiscounted, for each decision that only one of two plans holds."""

    price: Amount
    against: Name = "today"
    """`today` (no action at all) or the path of a plan file."""


def _positive(value: Any) -> Decimal:
    exact = number(value)
    if exact <= 0:
        raise PydanticCustomError("range", "must be above 0, not {value}", {"value": str(exact)})
    return exact


Seconds = Annotated[Decimal, PlainValidator(_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]


class Solver(Record):
    """When to stop and with what means."""

    gap: Amount = Decimal("1.0e-4")
    """Relative gap at which a plan counts as optimal."""
    time_limit: Seconds = Decimal(60)
    """Seconds for the whole of a solve, checks included."""
    work_limit: Seconds | None = None
    """Work after which to stop, counted and not timed, in units of very roughly a second: the same on every machine."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Cores to use; two, where there are as many, if not given. With one, or with a limit of work, the search is one
    sequence of steps; with more, a prover works beside it."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Model(Record):
    """The choices. An empty model maximizes expected NPV with every limit hard."""

    format: Literal["portfolioopt-model/1"] = MODEL_FORMAT
    name: Name = "unnamed"
    description: Text = ""
    objective: Objective = Field(default_factory=Objective)
    limits: dict[Label, Hardness] = Field(default_factory=dict)
    changes: Changes | None = None
    solver: Solver = Field(default_factory=Solver)

    _folder: FilePath | None = PrivateAttr(default=None)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The model that a mapping in the shape of a model file describes; raises `InvalidModel`."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise InvalidModel(faults_of(error, cls, obj)) from None

    def __eq__(self, other: object) -> bool:
        """The same choices, wherever they were read from and whether or not defaults are spelled out."""
        return isinstance(other, Model) and self._spelled_out() == other._spelled_out()

    def _spelled_out(self) -> dict[str, Any]:
        return {**self.model_dump(), "limits": {**dict.fromkeys(SOFT_FAMILIES, "hard"), **self.limits}}

    __hash__ = None  # type: ignore[assignment]

    def price(self, family: str, limit: str) -> Decimal | None:
        """Money per unit of excess and year of a limit; None where it is hard. An id wins over its family."""
        hardness = self.limits.get(limit, self.limits.get(family, "hard"))
        return None if isinstance(hardness, str) else hardness.price


def check_model(model: Model, instance: Instance) -> None:
    """Raises `InvalidModel` where the model names a limit that the instance does not have."""
    limits = {
        limit: family for family in FAMILY_NAMES for _, limit in families.module(family).ids(getattr(instance, family))
    }
    synergies = {link.id for link in instance.links if link.kind == "synergy"}
    soft = [*SOFT_FAMILIES, *(name for name, family in limits.items() if family in SOFT_FAMILIES)]
    checker = Checker(instance)
    for name in model.limits:
        if name in synergies or (name in (*FAMILY_NAMES, *limits) and name not in soft):
            checker.fault(("limits", name), "is not a limit, so it can be neither hard nor soft", "remove it")
        elif name not in soft:
            checker.fault(("limits", name), "there is no limit or family of that name", did_you_mean(name, soft))
    if checker.faults:
        raise InvalidModel(checker.faults)
