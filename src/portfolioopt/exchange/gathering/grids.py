"""What is read of a file before anything is made of it: cells, where each stands, and why one cannot be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

Value = str | int | Decimal | bool | None


class Spot(NamedTuple):
    """A place in a table: row and column from 1."""

    table: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a cell cannot be read, whatever it should hold."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, or what is in its way, and where it stands."""

    value: Value
    spot: Spot
    trouble: Trouble | None = None

    @property
    def blank(self) -> bool:
        return self.value is None and self.trouble is None


@dataclass(slots=True)
class Grid:
    """The cells of a table by row, those that are blank left out; rows in order, each in order."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)

    def add(self, cell: Cell) -> None:
        self.rows.setdefault(cell.spot.row, {})[cell.spot.column] = cell

    def cell(self, row: int, column: int) -> Cell:
        """A cell, blank where there is none."""
        found = self.rows.get(row, {}).get(column)
        return found or Cell(None, Spot(self.name, row, column))

    def below(self, header: int) -> Iterator[int]:
        """The rows under the header, in order."""
        yield from (row for row in sorted(self.rows) if row > header)


class Location(NamedTuple):
    """Where a spot is for the reader: a file and a cell of a workbook, or a line of a text."""

    file: str
    cell: str = ""
    line: int = 0


Locate = Callable[[Spot], Location]
