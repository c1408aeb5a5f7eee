"""What the points of a study have in common, as text that can be sent anywhere: instance, model, what to start from."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from portfolioopt.errors import InvalidInput
from portfolioopt.formulation.build import Formulation, RowLabel, formulate
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse
from portfolioopt.language.plans import compared_with
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Plan
from portfolioopt.result.exact import decode, encode
from portfolioopt.solution.basis import Basis
from portfolioopt.solution.inequalities.remembered import Remembered
from portfolioopt.solution.memory import Memory

if TYPE_CHECKING:
    from portfolioopt.points.point import Point

KEPT_OPEN = 4
"""Facts that a process keeps read: those of one study, and its base."""


@dataclass(frozen=True)
class Opened:
    """Facts, read and checked. Kept from one point to the next, so nothing of it may be changed."""

    instance: Instance
    model: Model
    against: Plan
    """What the model's `changes` are counted from."""
    memory: Memory | None
    """What is known of the instance as it is: prices and a plan to start from."""

    @cached_property
    def formulation(self) -> Formulation:
        """All rows and columns of the instance as it is."""
        return formulate(lay_out(self.instance), self.model, self.against)


@dataclass(frozen=True)
class Facts:
    """Instance and model as YAML, numbers as they were written; the rest as JSON, empty where there is none."""

    instance: str
    model: str
    against: str = ""
    memory: str = ""

    @staticmethod
    def of(instance: Instance, model: Model, memory: Memory | None = None) -> "Facts":
        """The facts as text. Raises `InvalidModel` where the plan that the model names cannot be read."""
        from portfolioopt.language.writing import to_yaml  # slow to load

        against = compared_with(model, instance)
        return Facts(
            to_yaml(instance),
            to_yaml(model),
            "" if against == TODAY else compact(encode(against)),
            "" if memory is None else memory_text(memory),
        )

    def starting_from(self, memory: str) -> "Facts":
        """The same, with what is known of it (see `memory_text`)."""
        return Facts(self.instance, self.model, self.against, memory)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(compact(self.plain).encode()).hexdigest()

    @cached_property
    def plain(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("instance", "model", "against", "memory")}

    def point(self, asked: dict[str, Any], work: str = "") -> "Point":
        """A question about these facts; `work` names who answers, by default whoever finds the best plan."""
        from portfolioopt.points.point import Point
        from portfolioopt.points.solving import SOLVE

        return Point(self, json.dumps(asked, sort_keys=True, ensure_ascii=False, allow_nan=False), work or SOLVE)


@lru_cache(maxsize=KEPT_OPEN)
def opened(facts: Facts) -> Opened:
    """What facts say; raises `InvalidInput` where they are no sound ones."""
    return Opened(
        Instance.model_validate(_value(facts.instance)),
        Model.model_validate(_value(facts.model)),
        decode(Plan, json.loads(facts.against)) if facts.against else TODAY,
        memory_from(facts.memory) if facts.memory else None,
    )


def memory_text(memory: Memory) -> str:
    """What a solve has found out, exactly, as JSON."""
    prices = [
        [label.family, label.limit, label.year, label.group, number, price]
        for (label, number), price in sorted(memory.prices.items(), key=lambda item: _order(*item[0]))
    ]
    rest = {name: encode(getattr(memory, name)) for name in ("plan", "bound", "price_gap", "inequalities")}
    return compact({"prices": prices, **rest, "basis": _basis_text(memory.basis)})


def memory_from(text: str) -> Memory:
    """What `memory_text` wrote."""
    raw = json.loads(text)
    prices = {(RowLabel(*label), number): float(price) for *label, number, price in raw["prices"]}
    return Memory(
        prices,
        decode(Plan | None, raw["plan"]),
        decode(float, raw["bound"]),
        decode(float, raw["price_gap"]),
        decode(tuple[Remembered, ...], raw["inequalities"]),
        _basis_from(raw["basis"]),
    )


def _basis_text(basis: Basis | None) -> dict[str, Any] | None:
    if basis is None:
        return None
    rows = sorted((*_order(*key), standing) for key, standing in basis.rows.items())
    return {"lives": basis.lives, "paths": basis.paths, "others": basis.others, "rows": rows}


def _basis_from(raw: dict[str, Any] | None) -> Basis | None:
    if raw is None:
        return None
    rows = {(RowLabel(*label), number): standing for *label, number, standing in raw["rows"]}
    return Basis(raw["lives"], raw["paths"], raw["others"], rows)


def _order(label: RowLabel, number: int) -> tuple[str, str, int, int, int]:
    return label.family, label.limit, label.year, label.group, number


def _value(text: str) -> Any:
    parsed = parse(text)
    if parsed.faults:
        raise InvalidInput(parsed.faults)
    return parsed.value


def compact(value: Any) -> str:
    """JSON without spaces, keys in order: equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
