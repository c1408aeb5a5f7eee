"""From the cells of all tables to an instance as plain values, and where each of its parts stands.

What the cells alone tell to be wrong is told here; the rest is for the language to check, whose faults are then put
back to their cells.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from portfolioopt.errors import Fault
from portfolioopt.exchange.grids import Cell, Grid, Spot
from portfolioopt.exchange.headers import HEADER, Header, header_of
from portfolioopt.exchange.leaves import LABEL, MEMBER, Leaf, Path
from portfolioopt.exchange.profiles import numbers_of
from portfolioopt.exchange.tables import Part, Table, below, tables
from portfolioopt.exchange.texts import read
from portfolioopt.exchange.values import UnfitError, element_of, value_of
from portfolioopt.language.checking import did_you_mean

Where = tuple[str | int, ...]
"""A path of the instance that is read: keys and positions."""


@dataclass(slots=True)
class Gathered:
    """What a file says, and where."""

    raw: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[Spot, Fault]] = field(default_factory=list)
    spots: dict[Where, Spot] = field(default_factory=dict)
    names: dict[Where, Spot] = field(default_factory=dict)
    """Where the label of a labelled value stands; `spots` has the value."""
    series: dict[Where, list[tuple[Spot, Any, Leaf]]] = field(default_factory=dict)
    """The cells of each series of years."""
    unread: set[str] = field(default_factory=set)
    """Tables that could not be read at all."""
    refused: set[str] = field(default_factory=set)
    """Names that stand in rows that could not be used."""


@dataclass(slots=True)
class _Thing:
    """A record under construction: its values, where they will be, and the row that began it."""

    raw: dict[str, Any]
    where: Where
    row: int
    lines: dict[tuple[str, str], Spot] = field(default_factory=dict)


def gathered(grids: Mapping[str, Grid]) -> Gathered:
    """What the tables say together."""
    work = _Gathering(grids)
    for table in tables():
        if table.name in grids:
            work.read(table, grids[table.name])
    work.tell_unknown()
    return work.found


class _Gathering:
    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.found = Gathered()
        self._grids = grids
        self._unknown: dict[tuple[str, Path, tuple[str, ...]], list[Spot]] = {}
        """By table, what is named in it and declared nowhere: where."""
        self._things: dict[tuple[Path, tuple[str, ...]], _Thing] = {((), ()): _Thing(self.found.raw, (), 0)}
        self._table: Table
        self._grid: Grid
        self._header: Header

    def read(self, table: Table, grid: Grid) -> None:
        """Reads one table; those that it refers to have been read."""
        self._table, self._grid = table, grid
        header = header_of(grid, table, self._tell)
        if header is None:
            self.found.unread.add(table.name)
            return
        self._header = header
        if table.owner:
            path: Where = tuple(part for part in table.sheet.stem if part not in (MEMBER, LABEL))
            self.found.spots.setdefault(path[:1], Spot(table.name, HEADER, 1))
        for row in grid.below(HEADER):
            if any(not grid.cell(row, column).blank for column in header.known):
                self._row(row)
        stem = table.sheet.stem
        if len(stem) == 1 and self.found.raw.get(stem[0]) == {}:
            del self.found.raw[stem[0]]  # nothing is said of it

    # ---- rows --------------------------------------------------------------------------------------------------------

    def _row(self, row: int) -> None:
        table = self._table
        if table.spread == "names":
            self._name(row)
            return
        names = self._names(row)
        thing = None if names is None else self._thing(row, names)
        if thing is None:
            cells = (self._grid.cell(row, column) for column in self._header.known)
            self.found.refused |= {cell.value for cell in cells if isinstance(cell.value, str)}
            return
        self._once(row, thing)
        if table.spread == "curve":
            self._point(row, thing)
        elif table.lines:
            self._line(row, thing)

    def _names(self, row: int) -> tuple[str, ...] | None:
        """The names of what the row is about; None where one cannot be read."""
        names = []
        for key in self._table.sheet.keys:
            cell = self._at(row, self._header.keys.get(key, 0))
            try:
                name = None if cell is None or cell.blank else str(self._element(cell, self._is_text(key)))
            except UnfitError:
                return None
            if name is None:
                self._tell(self._spot(row, self._header.keys.get(key, 0)), "is blank, and must not be", f"which {key}?")
                return None
            names.append(name)
        return tuple(names)

    def _is_text_key(self) -> bool:
        """Whether the names of a list's members may be any text."""
        return any(part.name == self._table.key and part.leaf.element == "text" for part in self._table.columns)

    def _is_text(self, key: str) -> bool:
        """Whether a name may be any text: those of scenarios; all others are ids or labels."""
        return key == "scenario"

    def _thing(self, row: int, names: tuple[str, ...]) -> _Thing | None:
        """The record that a row is about: declared by it, or by a row of another table."""
        stem = self._table.sheet.stem
        if not self._table.owner:
            return self._known(row, names)
        if stem[-1:] == (MEMBER,):
            holder = self._known(row, names, _holder(stem))
            return None if holder is None else self._member(row, names, holder)
        if stem[-1:] == (LABEL,):
            holder = self._known(row, names[:-1], _holder(stem))
            return None if holder is None else self._labelled(row, names, holder)
        return self._record(row)

    def _record(self, row: int) -> _Thing:
        """The one record of a table whose rows are its keys."""
        stem = self._table.sheet.stem
        if (stem, ()) not in self._things:
            raw = self.found.raw
            for key in stem:
                raw = raw.setdefault(key, {})
            self._things[stem, ()] = _Thing(raw, stem, row)
        return self._things[stem, ()]

    def _member(self, row: int, names: tuple[str, ...], holder: _Thing) -> _Thing | None:
        """A new member of a list, or one whose other lines have come before."""
        table, stem = self._table, self._table.sheet.stem
        own: tuple[str, ...] = ()
        key = self._at(row, self._header.once.get(table.key, 0))
        if key is not None and not isinstance(key.value, bool | NoneType):
            name = read(str(key.value))
            own = (name if self._is_text_key() else name.strip(),)
        known = self._things.get((stem, (*names, *own))) if own else None
        if known is not None and table.line_header:
            return known
        members = holder.raw
        for part in stem[len(_holder(stem)) : -2]:
            members = members.setdefault(part, {})
        listed = members.setdefault(stem[-2], [])
        where = (*holder.where, *stem[len(_holder(stem)) : -1], len(listed))
        thing = _Thing({}, where, row)
        listed.append(thing.raw)
        self.found.spots[where] = self._spot(row, self._header.once.get(table.key, 0) or 1)
        if own and known is None:
            self._things[stem, (*names, *own)] = thing
        return thing

    def _labelled(self, row: int, names: tuple[str, ...], holder: _Thing) -> _Thing | None:
        """A record under a name of the author's own."""
        stem = self._table.sheet.stem
        known = self._things.get((stem, names))
        column = self._header.keys[self._table.sheet.keys[-1]]
        if known is not None:
            if self._table.line_header:
                return known
            self._tell(self._spot(row, column), f"{names[-1]} is given twice, first in row {known.row}", "keep one")
            return None
        where = (*holder.where, *stem[len(_holder(stem)) : -1], names[-1])
        thing = _Thing({}, where, row)
        holder.raw.setdefault(stem[-2], {})[names[-1]] = thing.raw
        self.found.spots[where] = self._spot(row, column)
        self._things[stem, names] = thing
        return thing

    def _known(self, row: int, names: tuple[str, ...], stem: Path | None = None) -> _Thing | None:
        """What another table has declared; told where none has."""
        stem = self._table.sheet.stem if stem is None else stem
        found = self._things.get((stem, names))
        if found is not None:
            return found
        for length in range(1, len(names) + 1):
            part = _first_stem(stem, length)
            if (part, names[:length]) not in self._things:
                self.found.refused.add(names[length - 1])
                spot = self._spot(row, self._header.keys[self._table.sheet.keys[length - 1]])
                self._unknown.setdefault((self._table.name, part, names[:length]), []).append(spot)
                break
        return None

    def tell_unknown(self) -> None:
        """Names that no table declares, each once for every table that uses it."""
        for (table, stem, names), spots in self._unknown.items():
            owner = next(other for other in tables() if other.sheet.stem == stem)
            if owner.name in self.found.unread or owner.name not in self._grids:
                continue
            key = next(other.sheet.keys for other in tables() if other.name == table)[len(names) - 1]
            known = [other[-1] for held, other in self._things if held == stem and other[:-1] == names[:-1]]
            of = f" of {names[-2]}" if len(names) > 1 else ""
            more = f", as {len(spots)} rows say" if len(spots) > 1 else ""
            hint = did_you_mean(names[-1], known) or f"declare it in {owner.name}"
            self._tell(spots[0], f"there is no {key}{of} called {names[-1]} in {owner.name}{more}", hint)

    # ---- what rows say -----------------------------------------------------------------------------------------------

    def _once(self, row: int, thing: _Thing) -> None:
        """The columns of what is said once; a further line of the same thing may leave them blank."""
        for part in self._table.columns:
            column = self._header.once.get(part.name, 0)
            cell = self._at(row, column)
            if cell is None:
                continue
            if cell.blank:
                where = self._where(thing, part)
                if thing.row == row:
                    self.found.spots.setdefault(where, cell.spot)
                continue
            self._put(thing, part, cell, row)

    def _put(self, thing: _Thing, part: Part, cell: Cell, row: int) -> None:
        """A value that is said once into its record."""
        where = self._where(thing, part)
        before = self.found.spots.get(where)
        if before is None or before.row == row:
            self.found.spots[where] = cell.spot
        try:
            value = self._value(cell, part.leaf)
        except UnfitError:
            return
        *way, key = below(part.leaf, self._table.sheet)
        holder = thing.raw
        for step in way:
            holder = holder.setdefault(step, {})
        if part.side is None:
            if key in holder and holder[key] != value:
                message = f"{part.name} is {value} here, and {holder[key]} in row {self.found.spots[where].row}"
                self._tell(cell.spot, message, "write it in one of the rows of the same thing, or the same in both")
                return
            holder[key] = value
        else:
            holder.setdefault(key, [None, None])[part.side] = value
            self.found.spots.setdefault(where[:-1], cell.spot)

    def _line(self, row: int, thing: _Thing) -> None:
        """A row's numbers."""
        part = self._which_line(row)
        if part is None:
            return
        label = self._label(row, part)
        if label is None:
            return
        where = self._where(thing, part) + ((label,) if part.leaf.labelled else ())
        spot = self._spot(row, self._header.line or self._header.label or min(self._header.values.values(), default=1))
        first = thing.lines.setdefault((part.name, label), spot)
        if first != spot:
            what = f"{part.name} of {label}" if part.leaf.labelled and label else part.name
            self._tell(spot, f"{what} is given twice for the same thing, first in row {first.row}", "keep one of them")
            return
        cells = {header: self._grid.cell(row, column) for header, column in self._header.values.items()}
        if self._table.spread == "value":
            self._single(thing, part, cells[self._table.sheet.value], where, row, label)
            return
        read_line = numbers_of(self._table, part, cells, self.found.raw)
        for at, trouble in read_line.troubles:
            self._tell(at, trouble.message, trouble.hint)
        if read_line.value is None:
            fallback = min((cell.spot for cell in cells.values()), key=lambda at: at.column, default=spot)
            self.found.spots.setdefault(where, fallback)
            if not read_line.troubles and not self._may_be_blank(part):
                self._tell(fallback, f"{part.name} has no number", "write one, or delete the row")
            return
        self._set(thing, part, label, read_line.value)
        self.found.spots[where] = read_line.cells[0][0]
        for index, (at, _) in enumerate(read_line.cells):
            self.found.spots[(*where, index)] = at
        if part.leaf.shape == "series":
            self.found.series[where] = [(at, value, part.leaf) for at, value in read_line.cells]
        if part.leaf.labelled:
            self.found.names[where] = self._spot(row, self._header.label)

    def _single(self, thing: _Thing, part: Part, cell: Cell, where: Where, row: int, label: str) -> None:
        """A line with one value."""
        self.found.spots.setdefault(where, cell.spot)
        if part.leaf.labelled:
            self.found.names[where] = self._spot(row, self._header.label)
        if cell.blank:
            if not self._may_be_blank(part):
                self._tell(cell.spot, f"{part.name} has no value", "write one, or delete the row")
            return
        if not part.leaf.labelled:
            self._put(thing, part, cell, row)
            return
        try:
            value = self._value(cell, part.leaf)
        except UnfitError:
            return
        self._set(thing, part, label, value)

    def _may_be_blank(self, part: Part) -> bool:
        """Whether a row may be there without a number: where the row is one of a list of settings, or says more."""
        table = self._table
        of_settings = table.sheet.all_lines and not {MEMBER, LABEL} & set(table.sheet.stem)
        return (of_settings and not part.leaf.labelled) or not (table.line_header or table.label_header)

    def _set(self, thing: _Thing, part: Part, label: str, value: Any) -> None:
        *way, key = below(part.leaf, self._table.sheet)
        holder = thing.raw
        for step in way:
            holder = holder.setdefault(step, {})
        if part.leaf.labelled:
            holder.setdefault(key, {})[label] = value
        else:
            holder[key] = value

    def _which_line(self, row: int) -> Part | None:
        """The line that a row is; told where none is named."""
        table = self._table
        if not table.line_header:
            return table.lines[0]
        cell = self._grid.cell(row, self._header.line)
        numbers = any(not self._grid.cell(row, column).blank for column in self._header.values.values())
        names = [part.name for part in table.lines]
        if cell.blank:
            if numbers or not table.columns:
                self._tell(cell.spot, "is blank, and must not be", f"one of: {', '.join(names)}")
            return None
        try:
            name = str(self._element(cell, False))
        except UnfitError:
            return None
        if name not in names:
            self._tell(cell.spot, f"there is no {table.line_header} called {name}", did_you_mean(name, names))
            return None
        return table.line(name)

    def _label(self, row: int, part: Part) -> str | None:
        """The name that a labelled line is for; empty for others; None where it cannot be read."""
        if not self._header.label:
            return "" if not part.leaf.labelled else None
        cell = self._grid.cell(row, self._header.label)
        if not part.leaf.labelled:
            if cell.blank:
                return ""
            self._tell(cell.spot, f"{part.name} is not by name, so {self._table.label_header} stays blank", "clear it")
            return None
        if cell.blank:
            self._tell(cell.spot, "is blank, and must not be", f"for which is this {part.name}?")
            return None
        try:
            return str(self._element(cell, False))
        except UnfitError:
            return None

    def _point(self, row: int, thing: _Thing) -> None:
        """A point of a curve."""
        part = self._table.lines[0]
        point: list[Any] = []
        spots = []
        for column in self._header.values.values():
            cell = self._grid.cell(row, column)
            spots.append(cell.spot)
            if cell.blank:
                self._tell(cell.spot, "is blank, and must not be", "a point has two numbers")
                return
            try:
                point.append(self._value(cell, part.leaf))
            except UnfitError:
                return
        *way, key = below(part.leaf, self._table.sheet)
        holder = thing.raw
        for step in way:
            holder = holder.setdefault(step, {})
        where = self._where(thing, part)
        points = holder.setdefault(key, [])
        self.found.spots.setdefault(where, spots[0])
        self.found.spots[(*where, len(points))] = spots[0]
        for side, spot in enumerate(spots):
            self.found.spots[(*where, len(points), side)] = spot
        points.append(point)

    def _name(self, row: int) -> None:
        """A member of a list of names."""
        leaf = self._table.lines[0].leaf
        cell = self._grid.cell(row, self._header.keys[self._table.sheet.keys[0]])
        try:
            name = self._element(cell, leaf.element == "text")
        except UnfitError:
            return
        listed = self.found.raw.setdefault(leaf.path[-1], [])
        self.found.spots[(*leaf.path, len(listed))] = cell.spot
        listed.append(name)

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _value(self, cell: Cell, leaf: Leaf) -> Any:
        """The value of a cell; what is in its way is told, and raised."""
        try:
            if cell.trouble is not None:
                raise UnfitError(cell.trouble.message, cell.trouble.hint)
            return value_of(cell.value, leaf)
        except UnfitError as unfit:
            self._tell(cell.spot, unfit.trouble.message, unfit.trouble.hint)
            raise

    def _element(self, cell: Cell, is_text: bool) -> Any:
        try:
            if cell.trouble is not None:
                raise UnfitError(cell.trouble.message, cell.trouble.hint)
            return element_of(cell.value, "text" if is_text else "label")
        except UnfitError as unfit:
            self._tell(cell.spot, unfit.trouble.message, unfit.trouble.hint)
            raise

    def _where(self, thing: _Thing, part: Part) -> Where:
        where: Where = (*thing.where, *below(part.leaf, self._table.sheet))
        return where if part.side is None else (*where, part.side)

    def _at(self, row: int, column: int) -> Cell | None:
        return self._grid.cell(row, column) if column else None

    def _spot(self, row: int, column: int) -> Spot:
        return Spot(self._table.name, row, column or 1)

    def _tell(self, spot: Spot, message: str, hint: str = "") -> None:
        self.found.faults.append((spot, Fault((), message, hint)))


def _holder(stem: Path) -> Path:
    """The stem of what the members of a stem belong to."""
    for length in range(len(stem) - 1, 0, -1):
        if stem[length - 1] in (MEMBER, LABEL):
            return stem[:length]
    return ()


def _first_stem(stem: Path, names: int) -> Path:
    """The beginning of a stem that runs through so many names."""
    passed = 0
    for length, part in enumerate(stem, start=1):
        passed += part in (MEMBER, LABEL)
        if passed == names:
            return stem[:length]
    return stem
