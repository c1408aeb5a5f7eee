"""What the cells of a column may be chosen from: names that are declared elsewhere, or words of the language."""

from dataclasses import dataclass
from typing import Literal

from portfolioopt.exchange.sheets.filling import Column
from portfolioopt.exchange.sheets.leaves import LABEL
from portfolioopt.exchange.sheets.tables import Table, tables

Kind = Literal["words", "names", "states", "written_states", "actions", "anything"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the drop-down of a column comes from."""

    kind: Kind
    words: tuple[str, ...] = ()
    table: str = ""
    """The table that declares the names."""
    beside: str = ""
    """Header of the column with the partnership whose states or actions these are."""
    strict: bool = True
    """Whether nothing else may be written; lists of several names must be."""


def choice_of(table: Table, column: Column) -> Choice | None:
    """The choice of a column; None where anything may be written."""
    if column.role == "line":
        return Choice("words", words=tuple(part.name for part in table.lines))
    if column.role == "label":
        return Choice("names", table="Drivers") if column.header == "driver" else Choice("anything", strict=False)
    if column.role == "key":
        return _of_key(table, str(column.header))
    return None if column.role != "once" or column.part is None else _of_leaf(table, column)


def _of_key(table: Table, key: str) -> Choice | None:
    own = table.owner and table.sheet.stem[-1:] == (LABEL,) and key == table.sheet.keys[-1]
    if own or table.spread == "names":
        return None
    if key == "state":
        return Choice("written_states", beside="partnership")
    if key == "action":
        return Choice("actions", beside="partnership")
    holder = next(
        other for other in tables() if other.owner and other.key and other.sheet.stem[0] == table.sheet.stem[0]
    )
    return Choice("names", table=holder.name)


def _of_leaf(table: Table, column: Column) -> Choice | None:
    assert column.part is not None
    leaf = column.part.leaf
    many = leaf.shape == "list"
    if leaf.element == "truth":
        return Choice("words", words=("TRUE", "FALSE"))
    if leaf.choices:
        return Choice("words", words=leaf.choices, strict=not many)
    match leaf.path[-1]:
        case "partnership":
            return Choice("names", table="Partnerships")
        case "ids":
            return Choice("names", table="Partnerships", strict=False)
        case "state" | "states" | "from" | "to" if leaf.element == "label":
            return Choice("states", beside=_beside(table, column), strict=not many)
    return None


def _beside(table: Table, column: Column) -> str:
    """The column of the partnership whose states a column names."""
    name = str(column.header)
    if "partnership" in table.sheet.keys:
        return "partnership"
    if name.endswith("states"):
        return f"{name.removesuffix('states')}partnership"
    return table.key
