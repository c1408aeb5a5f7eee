"""From the cells of all tables to an instance as plain values, and where each of its parts stands.

What the cells alone tell to be wrong is told here; the rest is for the language to check, whose faults are then put
back to their cells.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Any

from portfolioopt.exchange.gathering.grids import Cell, Grid, Spot
from portfolioopt.exchange.gathering.headers import HEADER, Header, header_of
from portfolioopt.exchange.gathering.numbers import Numbers, numbers_of
from portfolioopt.exchange.gathering.things import Gathered, Thing, Things, Where, holder_of
from portfolioopt.exchange.gathering.values import UnfitError, element_of, value_of
from portfolioopt.exchange.sheets.leaves import LABEL, MEMBER, Leaf
from portfolioopt.exchange.sheets.tables import Part, Table, below, tables
from portfolioopt.exchange.sheets.texts import read
from portfolioopt.language.checking import did_you_mean

BLANK = "is blank, and must not be"


def gathered(grids: Mapping[str, Grid]) -> Gathered:
    """What the tables say together."""
    found = Gathered()
    things = Things(found)
    for table in tables():
        if table.name in grids:
            _read(table, grids[table.name], found, things)
    things.tell_missed(grids)
    return found


def _read(table: Table, grid: Grid, found: Gathered, things: Things) -> None:
    """Reads one table; those that it refers to have been read."""
    header = header_of(grid, table, found.tell)
    if header is None:
        found.unread.add(table.name)
        return
    stem = table.sheet.stem
    if table.owner and stem:
        found.spots.setdefault(stem[:1], Spot(table.name, HEADER, 1))
    rows = _Rows(table, grid, header, found, things)
    for row in grid.below(HEADER):
        if any(not grid.cell(row, column).blank for column in header.known):
            rows.read(row)
    if len(stem) == 1 and found.raw.get(stem[0]) == {}:
        del found.raw[stem[0]]  # nothing is said of it


class _Rows:
    """The rows of one table."""

    def __init__(self, table: Table, grid: Grid, header: Header, found: Gathered, things: Things) -> None:
        self._table = table
        self._grid = grid
        self._header = header
        self._found = found
        self._things = things

    def read(self, row: int) -> None:
        """Everything that a row says."""
        if self._table.spread == "names":
            self._name(row)
            return
        names = self._names(row)
        thing = None if names is None else self._thing(row, names)
        if thing is None:
            cells = (self._grid.cell(row, column) for column in self._header.known)
            self._found.refused |= {cell.value for cell in cells if isinstance(cell.value, str)}
            return
        self._once(row, thing)
        if self._table.spread == "curve":
            self._point(row, thing)
        elif self._table.lines:
            self._line(row, thing)

    # ---- what a row is about -----------------------------------------------------------------------------------------

    def _names(self, row: int) -> tuple[str, ...] | None:
        """The names of what the row is about; None where one cannot be read."""
        names = []
        for key in self._table.sheet.keys:
            cell = self._grid.cell(row, self._header.keys.get(key, 0))
            if cell.blank:
                if key in self._header.keys:
                    self._found.tell(cell.spot, BLANK, f"which {key}?")
                return None
            try:
                names.append(str(self._element(cell, is_text=key == "scenario")))
            except UnfitError:
                return None
        return tuple(names)

    def _thing(self, row: int, names: tuple[str, ...]) -> Thing | None:
        """The record that a row is about: declared by it, or by a row of another table."""
        table, stem, keys = self._table, self._table.sheet.stem, self._table.sheet.keys
        spots = tuple(self._spot(row, self._header.keys[key]) for key in keys)
        if not table.owner:
            return self._things.known(stem, names, table, spots)
        if stem[-1:] == (MEMBER,):
            holder = self._things.known(holder_of(stem), names, table, spots)
            if holder is None:
                return None
            spot = self._spot(row, self._header.once.get(table.key, 0) or 1)
            return self._things.member(table, holder, names, self._own_name(row), spot)
        if stem[-1:] == (LABEL,):
            holder = self._things.known(holder_of(stem), names[:-1], table, spots)
            return None if holder is None else self._things.labelled(table, holder, names, spots[-1])
        return self._things.record(stem, row)

    def _own_name(self, row: int) -> str | None:
        """What a row calls the thing that it declares; None where nothing that other tables could name."""
        value = self._grid.cell(row, self._header.once.get(self._table.key, 0)).value
        if isinstance(value, bool | NoneType):
            return None
        is_text = any(part.name == self._table.key and part.leaf.element == "text" for part in self._table.columns)
        name = read(str(value))
        return name if is_text else name.strip()

    # ---- what is said once -------------------------------------------------------------------------------------------

    def _once(self, row: int, thing: Thing) -> None:
        """The columns of what is said once; a further line of the same thing may leave them blank."""
        for part in self._table.columns:
            if part.name not in self._header.once:
                continue
            cell = self._grid.cell(row, self._header.once[part.name])
            if not cell.blank:
                self._put(thing, part, cell, row)
            elif thing.row == row:
                self._found.spots.setdefault(self._where(thing, part), cell.spot)

    def _put(self, thing: Thing, part: Part, cell: Cell, row: int) -> None:
        """A value that is said once into its record."""
        where = self._where(thing, part)
        before = self._found.spots.get(where)
        if before is None or before.row == row:
            self._found.spots[where] = cell.spot
        try:
            value = self._value(cell, part.leaf)
        except UnfitError:
            return
        holder, key = self._holder(thing, part)
        if part.side is not None:
            holder.setdefault(key, [None, None])[part.side] = value
            self._found.spots.setdefault(where[:-1], cell.spot)
        elif key in holder and holder[key] != value:
            message = f"{part.name} is {value} here, and {holder[key]} in row {self._found.spots[where].row}"
            self._found.tell(cell.spot, message, "write it in one of the rows of the same thing, or the same in both")
        else:
            holder[key] = value

    # ---- lines -------------------------------------------------------------------------------------------------------

    def _line(self, row: int, thing: Thing) -> None:
        """A row's numbers."""
        part = self._which_line(row)
        label = None if part is None else self._label(row, part)
        if part is None or label is None:
            return
        header = self._header
        spot = self._spot(row, header.line or header.label or min(header.values.values(), default=1))
        first = thing.lines.setdefault((part.name, label), spot)
        if first != spot:
            what = f"{part.name} of {label}" if label else part.name
            message = f"{what} is given twice for the same thing, first in row {first.row}"
            self._found.tell(spot, message, "keep one of them")
            return
        where = self._where(thing, part) + ((label,) if part.leaf.labelled else ())
        if part.leaf.labelled:
            self._found.names[where] = self._spot(row, header.label)
        cells = {name: self._grid.cell(row, column) for name, column in header.values.items()}
        if self._table.spread == "value" and not part.leaf.labelled:
            cell = cells.get(self._table.sheet.value)
            if cell is not None:
                self._setting(thing, part, cell, row, where)
            return
        found = self._numbers(part, cells)
        for at, trouble in found.troubles:
            self._found.tell(at, trouble.message, trouble.hint)
        if found.value is None:
            blank = min((cell.spot for cell in cells.values()), key=lambda at: at.column, default=spot)
            self._found.spots.setdefault(where, blank)
            if not found.troubles and not self._may_be_blank(part):
                self._found.tell(blank, f"{part.name} has no number", "write one, or delete the row")
            return
        self._set(thing, part, label, found, where)

    def _numbers(self, part: Part, cells: Mapping[str | int, Cell]) -> Numbers:
        return numbers_of(self._table, part, cells, self._found.raw)

    def _set(self, thing: Thing, part: Part, label: str, numbers: Numbers, where: Where) -> None:
        """The numbers of a line into their record."""
        holder, key = self._holder(thing, part)
        if part.leaf.labelled:
            holder.setdefault(key, {})[label] = numbers.value
        else:
            holder[key] = numbers.value
        self._found.spots[where] = numbers.cells[0][0]
        for index, (at, _) in enumerate(numbers.cells):
            self._found.spots[(*where, index)] = at
        if part.leaf.shape == "series":
            self._found.series[where] = [(at, value, part.leaf) for at, value in numbers.cells]

    def _setting(self, thing: Thing, part: Part, cell: Cell, row: int, where: Where) -> None:
        """A key of a list of settings; those that are blank are not said."""
        self._found.spots.setdefault(where, cell.spot)
        if not cell.blank:
            self._put(thing, part, cell, row)

    def _may_be_blank(self, part: Part) -> bool:
        """Whether a row may be there without a number: one of a list of settings, or one that says more."""
        table = self._table
        if table.lists_settings:
            return not part.leaf.labelled
        return not (table.line_header or table.label_header)

    def _which_line(self, row: int) -> Part | None:
        """The line that a row is; told where none is named."""
        table = self._table
        if not table.line_header:
            return table.lines[0]
        if not self._header.line:
            return None
        cell = self._grid.cell(row, self._header.line)
        numbers = any(not self._grid.cell(row, column).blank for column in self._header.values.values())
        names = [part.name for part in table.lines]
        if cell.blank:
            if numbers or not table.columns:
                self._found.tell(cell.spot, BLANK, f"one of: {', '.join(names)}")
            return None
        try:
            name = str(self._element(cell))
        except UnfitError:
            return None
        if name not in names:
            self._found.tell(cell.spot, f"there is no {table.line_header} called {name}", did_you_mean(name, names))
            return None
        return table.line(name)

    def _label(self, row: int, part: Part) -> str | None:
        """The name that a labelled line is for; empty for others; None where it cannot be read."""
        if not self._header.label:
            return None if part.leaf.labelled else ""
        cell = self._grid.cell(row, self._header.label)
        if not part.leaf.labelled:
            if cell.blank:
                return ""
            message = f"{part.name} is not by name, so {self._table.label_header} stays blank"
            self._found.tell(cell.spot, message, "clear it")
            return None
        if cell.blank:
            self._found.tell(cell.spot, BLANK, f"for which is this {part.name}?")
            return None
        try:
            return str(self._element(cell))
        except UnfitError:
            return None

    # ---- points and names --------------------------------------------------------------------------------------------

    def _point(self, row: int, thing: Thing) -> None:
        """A point of a curve."""
        part = self._table.lines[0]
        point: list[Any] = []
        spots = []
        for column in self._header.values.values():
            cell = self._grid.cell(row, column)
            if cell.blank:
                self._found.tell(cell.spot, BLANK, "a point has two numbers")
                return
            try:
                point.append(self._value(cell, part.leaf))
            except UnfitError:
                return
            spots.append(cell.spot)
        holder, key = self._holder(thing, part)
        where = self._where(thing, part)
        points = holder.setdefault(key, [])
        self._found.spots.setdefault(where, spots[0])
        self._found.spots[(*where, len(points))] = spots[0]
        for side, spot in enumerate(spots):
            self._found.spots[(*where, len(points), side)] = spot
        points.append(point)

    def _name(self, row: int) -> None:
        """A member of a list of names."""
        leaf = self._table.lines[0].leaf
        cell = self._grid.cell(row, self._header.keys[self._table.sheet.keys[0]])
        try:
            name = self._element(cell, is_text=leaf.element == "text")
        except UnfitError:
            return
        listed = self._found.raw.setdefault(leaf.path[-1], [])
        self._found.spots[(*leaf.path, len(listed))] = cell.spot
        listed.append(name)

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _value(self, cell: Cell, leaf: Leaf) -> Any:
        """The value of a cell; what is in its way is told, and raised."""
        try:
            return value_of(cell, leaf)
        except UnfitError as unfit:
            self._found.tell(cell.spot, unfit.trouble.message, unfit.trouble.hint)
            raise

    def _element(self, cell: Cell, *, is_text: bool = False) -> Any:
        """A name; the same where it cannot be read."""
        try:
            return element_of(cell, "text" if is_text else "label")
        except UnfitError as unfit:
            self._found.tell(cell.spot, unfit.trouble.message, unfit.trouble.hint)
            raise

    def _holder(self, thing: Thing, part: Part) -> tuple[dict[str, Any], str]:
        """The record that holds a leaf, made where it is not yet, and the leaf's key in it."""
        *way, key = below(part.leaf, self._table.sheet)
        holder = thing.raw
        for step in way:
            holder = holder.setdefault(step, {})
        return holder, key

    def _where(self, thing: Thing, part: Part) -> Where:
        where: Where = (*thing.where, *below(part.leaf, self._table.sheet))
        return where if part.side is None else (*where, part.side)

    def _spot(self, row: int, column: int) -> Spot:
        return Spot(self._table.name, row, column)
