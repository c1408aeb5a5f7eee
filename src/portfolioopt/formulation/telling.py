"""The algebra of one model: only what it uses, and with an instance only what was written for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from types import ModuleType

from portfolioopt.formulation import changes, draft, paths, risk, value
from portfolioopt.formulation.algebra import Block, Written, blocks, latex, names
from portfolioopt.formulation.build import formulate
from portfolioopt.formulation.symbols import INDICES, SHARED, Symbol
from portfolioopt.language import families
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model, check_model
from portfolioopt.networks.portfolio import lay_out

BESIDE_FAMILIES = (value, risk, changes, draft, paths)
"""Modules with algebra that belongs to no family of limits, in the order in which it is told."""
ALWAYS = ("value", "paths")


@dataclass(frozen=True)
class ToldBlock:
    """What one function writes, and what a model and an instance make of it."""

    block: Block
    family: str
    """the family of limits; empty for value, risk, changes, soft limits and paths"""
    soft: dict[str, Decimal]
    """prices of those of its limits that may be exceeded, by id or family"""
    written: Written | None
    """rows and columns for the instance; None where there is none"""
    settings: dict[str, Decimal]
    """numbers of the model that stand in its equations, by symbol"""


@dataclass(frozen=True)
class Told:
    """The algebra of a model, and of an instance under it where one is given."""

    model: str
    instance: str | None
    objective: str
    """what is maximized"""
    blocks: tuple[ToldBlock, ...]
    symbols: tuple[Symbol, ...]
    """those that occur, in the order of the one table"""


def every_block() -> dict[str, list[Block]]:
    """By module, value and lives first and then family by family: what its functions write."""
    beside = {one.__name__.rpartition(".")[2]: blocks(one) for one in BESIDE_FAMILIES}
    return beside | {family: blocks(_module(family)) for family in FAMILY_NAMES}


def every_symbol() -> tuple[Symbol, ...]:
    """The one table: letters that count, what all share, and the symbols of each family."""
    return (*INDICES, *SHARED, *(symbol for family in FAMILY_NAMES for symbol in _module(family).SYMBOLS))


def tell(model: Model, instance: Instance | None = None) -> Told:
    """What the model uses; with an instance, what is written for it. Raises `InvalidModel` if they do not fit."""
    written = None
    if instance is not None:
        check_model(model, instance)
        written = {one.name: one for one in formulate(lay_out(instance), model).written}
    told = tuple(
        _told(block, module if module in FAMILY_NAMES else "", model, instance, written)
        for module, own in every_block().items()
        for block in own
        if (block.name in written if written is not None else _used(model, block))
    )
    bends = any(one.block.module == "draft" for one in told)
    objective = maximized(
        risk=model.objective.risk is not None and model.objective.risk.weight > 0,
        penalties=bends,
        changes=any(one.block.module == "changes" for one in told),
    )
    return Told(model.name, instance.name if instance else None, objective, told, tuple(_symbols(objective, told)))


def maximized(*, risk: bool, penalties: bool, changes: bool) -> str:
    """What is maximized, without the terms that a model does not have."""
    return "".join(
        [
            "(1 − weight)·E[NPV] + weight·risk" if risk else "E[NPV]",
            " − penalties" if penalties else "",
            " − changes" if changes else "",
        ]
    )


def names_in(block: Block) -> set[str]:
    """All names in the equations of a block."""
    return {name for one in block.equations for text in (one.text, one.added_to) for name in names(text)}


def latex_of(symbol: Symbol) -> str:
    """A symbol with its indices."""
    return latex(symbol.shown)


def _module(family: str) -> ModuleType:
    return import_module(f"portfolioopt.formulation.families.{family}")


def _told(
    block: Block, family: str, model: Model, instance: Instance | None, written: dict[str, Written] | None
) -> ToldBlock:
    own = None if written is None else written[block.name]
    soft = {} if own is not None and not own.excess else _soft(model, family, instance)
    settings: dict[str, Decimal] = {}
    if block.module == "risk" and model.objective.risk is not None:
        numbers = dict(model.objective.risk)
        settings = {name: numbers[name] for name in ("tail", "weight") if name in numbers}
    if block.module == "changes" and model.changes is not None:
        settings = {"price": model.changes.price}
    return ToldBlock(block, family, soft, own, settings)


def _used(model: Model, block: Block) -> bool:
    """Whether a model uses a block, whatever the instance."""
    chosen = model.objective.risk
    if block.module == "risk":
        return chosen is not None and chosen.weight > 0 and block.name == f"risk.{chosen.measure}"
    if block.module == "changes":
        return model.changes is not None and model.changes.price > 0
    if block.module == "draft":
        return any(hardness != "hard" for hardness in model.limits.values())
    return block.module in (*ALWAYS, *FAMILY_NAMES)


def _soft(model: Model, family: str, instance: Instance | None) -> dict[str, Decimal]:
    """The prices of a family and of its limits, as far as they are known to be its own."""
    own = {family}
    if instance is not None and family:
        own |= {limit for _, limit in families.module(family).ids(getattr(instance, family))}
    return {name: one.price for name, one in model.limits.items() if name in own and not isinstance(one, str)}


def _symbols(objective: str, told: Iterable[ToldBlock]) -> Iterator[Symbol]:
    used = names(objective).union(*(names_in(one.block) for one in told))
    yield from (symbol for symbol in every_symbol() if symbol.name in used)
