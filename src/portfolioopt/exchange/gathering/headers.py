"""Which column of a file is which column of a table, told from the header."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from portfolioopt.exchange.gathering.grids import Cell, Grid, Spot
from portfolioopt.exchange.sheets.filling import CURVE, every_year
from portfolioopt.exchange.sheets.tables import Table
from portfolioopt.language.checking import did_you_mean

Tell = Callable[[Spot, str, str], None]
HEADER = 1
FAR = 20
"""Rows that are searched for a header that has slipped down."""


@dataclass(slots=True)
class Header:
    """Where the columns of a table stand, counted from 1."""

    keys: dict[str, int] = field(default_factory=dict)
    once: dict[str, int] = field(default_factory=dict)
    line: int = 0
    label: int = 0
    values: dict[str | int, int] = field(default_factory=dict)
    """By header; years in a state as year 1, year 2, calendar years as numbers."""

    @property
    def known(self) -> set[int]:
        return {*self.keys.values(), *self.once.values(), self.line, self.label, *self.values.values()} - {0}


def header_of(grid: Grid, table: Table, tell: Tell) -> Header | None:
    """The header in the first row; what is wrong with it is told. None where there is none to speak of."""
    expected = _expected(table)
    row = HEADER
    if not _hits(grid, row, expected, table):
        found = next((at for at in range(2, FAR) if _hits(grid, at, expected, table) > 1), None)
        first = Spot(table.name, HEADER, 1)
        if found is None:
            tell(first, "the header is missing", f"the first row names the columns: {', '.join(map(str, expected))}")
        else:
            tell(first, f"the header stands in row {found}, not in the first", "delete the rows above it")
        return None
    header = Header()
    seen: dict[str | int, int] = {}
    for column, cell in sorted(grid.rows.get(row, {}).items()):
        if cell.trouble is not None:
            tell(cell.spot, cell.trouble.message, cell.trouble.hint)
            continue
        name = _name(cell)
        if name is None:
            continue
        if name in seen:
            tell(cell.spot, f"there are two columns called {name}", "delete one, or begin its header with #")
            continue
        seen[name] = column
        if not _take(header, table, name, column, expected):
            known = [str(one) for one in expected]
            hint = did_you_mean(str(name), known)
            tell(cell.spot, f"there is no column called {name}", f"{hint}; columns of your own begin with #")
    _nameless(grid, seen, tell)
    _missing(header, table, expected, grid, tell)
    return header


def _expected(table: Table) -> dict[str | int, str]:
    """The headers that do not depend on the years, each with its role."""
    expected: dict[str | int, str] = dict.fromkeys(table.sheet.keys, "key")
    expected |= {part.name: "once" for part in table.columns}
    if table.line_header:
        expected[table.line_header] = "line"
    if table.label_header:
        expected[table.label_header] = "label"
    match table.spread:
        case "value":
            expected[table.sheet.value] = "value"
        case "curve":
            expected |= dict.fromkeys(CURVE, "value")
        case "years":
            expected[every_year(table)] = "value"
        case "profile":
            expected["year 1"] = "value"
    return expected


def _name(cell: Cell) -> str | int | None:
    """A header: text, or a calendar year; None for a column of the reader's own."""
    value = cell.value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = " ".join(str("" if value is None else value).split())
    if text.isdecimal() and len(text) == 4:
        return int(text)
    return None if not text or text.startswith("#") else text.lower()


def _hits(grid: Grid, row: int, expected: dict[str | int, str], table: Table) -> int:
    lowered = {str(name).lower() for name in expected}
    names = [_name(cell) for cell in grid.rows.get(row, {}).values()]
    return sum(1 for name in names if name is not None and (str(name) in lowered or _is_year(table, name)))


def _is_year(table: Table, name: str | int) -> bool:
    if table.spread == "years":
        return isinstance(name, int)
    word, _, number = str(name).partition(" ")
    return table.spread == "profile" and word == "year" and number.isdecimal() and 0 < int(number[:6]) < 20_000


def _take(header: Header, table: Table, name: str | int, column: int, expected: dict[str | int, str]) -> bool:
    """Notes where a column stands; False where the table has none of that name."""
    lowered = {str(one).lower(): one for one in expected}
    if _is_year(table, name):
        header.values[name] = column
        return True
    if str(name) not in lowered:
        return False
    own = lowered[str(name)]
    match expected[own]:
        case "key":
            header.keys[str(own)] = column
        case "once":
            header.once[str(own)] = column
        case "line":
            header.line = column
        case "label":
            header.label = column
        case _:
            header.values[own] = column
    return True


def _nameless(grid: Grid, seen: dict[str | int, int], tell: Tell) -> None:
    """Columns that hold something under no header."""
    named = set(seen.values()) | {column for column, cell in grid.rows[HEADER].items() if not cell.blank}
    for row in grid.below(HEADER):
        for column, cell in grid.rows[row].items():
            if column not in named:
                named.add(column)
                hint = "give the column its header, or clear the cell; headers of columns of your own begin with #"
                tell(cell.spot, "stands in a column without a header", hint)


def _missing(header: Header, table: Table, expected: dict[str | int, str], grid: Grid, tell: Tell) -> None:
    """Columns that rows cannot do without."""
    needed = {part.name for part in table.columns if part.leaf.required}
    gone = [
        str(name)
        for name, role in expected.items()
        if (role == "key" and name not in header.keys)
        or (role == "once" and name in needed and name not in header.once)
        or (role == "line" and not header.line)
        or (role == "label" and not header.label)
        or (role == "value" and table.spread in ("value", "curve") and name not in header.values)
    ]
    free = max(grid.rows[HEADER], default=0) + 1
    for name in gone:
        tell(Spot(table.name, HEADER, free), f"the column {name} is missing", "put it back")
