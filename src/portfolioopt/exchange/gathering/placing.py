"""Putting an instance together from tables, and the faults of the language back to the cells that they come from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from portfolioopt.errors import Fault, InvalidInstance
from portfolioopt.exchange.gathering.grids import Grid, Locate, Spot
from portfolioopt.exchange.gathering.headers import HEADER
from portfolioopt.exchange.gathering.rows import gathered
from portfolioopt.exchange.gathering.things import Gathered, Where
from portfolioopt.exchange.sheets.tables import SHEETS, Table, tables
from portfolioopt.language.instance import Instance, check

Told = tuple[Spot, Fault]
_MISSING = "is missing"
_REWORDED: dict[str, str] = {
    "write [first year, last year]": "the first year stands in the first of the two columns",
    "write [at the lowest readiness, at the highest]": "from: at the lowest readiness; to: at the highest",
    "give one number for each year, or a single number for all of them": "give one for each year, or one for all",
    "write [first, second]": "fill in both cells",
    "write it between [ and ]": "",
    "put it between quotes": "",
}
"""Hints that speak of YAML, as they are for tables."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An instance, and what is odd in it but not wrong."""

    instance: Instance
    warnings: tuple[Fault, ...] = ()


def imported(grids: Mapping[str, Grid], locate: Locate, before: Iterable[Told] = ()) -> Imported:
    """The instance that tables hold. Raises `InvalidInstance` with every fault."""
    found = gathered(grids)
    told = [*before, *found.faults]
    found.unread |= {spot.table for spot, _ in told if spot.row == HEADER and spot.table not in grids}
    try:
        instance = Instance.model_validate(found.raw)
    except InvalidInstance as invalid:
        further = [] if found.unread else _of_language(invalid.faults, found, {spot for spot, _ in told})
        raise InvalidInstance(_located([*told, *further], grids, locate)) from None
    if told:
        raise InvalidInstance(_located(told, grids, locate))
    odd = [(_spot(fault, found), fault) for fault in check(instance).warnings]
    return Imported(instance, tuple(_located(odd, grids, locate)))


def _of_language(faults: Iterable[Fault], found: Gathered, told: set[Spot]) -> Iterator[Told]:
    """What the language finds wrong, without what only follows from what has been told."""
    rows = {(spot.table, spot.row) for spot in told}
    for fault in faults:
        spot = _spot(fault, found)
        follows = fault.message == _MISSING and not {(spot.table, spot.row), (spot.table, HEADER)}.isdisjoint(rows)
        if follows or spot in told or fault.sought in found.refused:
            continue
        if fault.path in found.series:
            each = list(_each_year(found.series[fault.path]))
            if each:
                yield from each
                continue
        yield spot, _reworded(fault, spot, exactly=fault.path in found.spots)


def _each_year(cells: Iterable[tuple[Spot, Any, Any]]) -> Iterator[Told]:
    """What is wrong with single numbers of a series, each at its own cell."""
    for spot, value, leaf in cells:
        try:
            TypeAdapter(leaf.annotation).validate_python(value)
        except ValidationError as error:
            # the series as a whole has faults as the number alone has them: one at most
            message = error.errors(include_url=False)[0]["msg"]
            yield spot, Fault((), message)


def _reworded(fault: Fault, spot: Spot, *, exactly: bool) -> Fault:
    """In the words of tables; a path that has no cell of its own is named."""
    if fault.message == _MISSING and spot.row == HEADER:
        return replace(fault, message="has no rows, and needs at least one", hint="")
    if fault.message == _MISSING:
        message = "is blank, and must not be" if exactly else f"{fault.path[-1]} is missing"
        return replace(fault, message=message, hint="")
    if fault.message.endswith("not empty"):
        return replace(fault, message="is blank, and the other of the two is not", hint="fill in both or neither")
    return replace(fault, hint=_REWORDED.get(fault.hint, fault.hint).replace("write format: ", "write "))


def _spot(fault: Fault, found: Gathered) -> Spot:
    """The cell that a path of the instance comes from, or the nearest there is."""
    path: Where = fault.path
    if path in found.names and (fault.sought or fault.message.startswith(repr(path[-1]))):  # it is about the name
        return found.names[path]
    if path in found.spots:
        return found.spots[path]
    below = next((spot for where, spot in found.spots.items() if where[: len(path)] == path and path), None)
    if below is not None:
        return below
    for length in range(len(path) - 1, 0, -1):
        if path[:length] in found.spots:
            return found.spots[path[:length]]
    return Spot(SHEETS[0].name, HEADER, 1)


def _located(told: Iterable[Told], grids: Mapping[str, Grid], locate: Locate) -> list[Fault]:
    """The faults where the reader finds them, in the order of tables, rows and columns; each once."""
    order = {sheet.name: number for number, sheet in enumerate(SHEETS)}
    found = []
    for spot, fault in sorted(told, key=lambda one: (order.get(one[0].table, -1), one[0].row, one[0].column)):
        file, cell, line = locate(spot)
        found.append(replace(fault, path=_named(spot, grids), file=file, cell=cell, line=line))
    return list(dict.fromkeys(found))


def _named(spot: Spot, grids: Mapping[str, Grid]) -> tuple[str, ...]:
    """How a cell is called: by its column, and by its line where a column holds several quantities."""
    if spot.table not in grids or spot.row <= HEADER:
        return ()
    grid = grids[spot.table]
    header = grid.cell(HEADER, spot.column).value
    if header is None:
        return ()
    table = next((table for table in tables() if table.name == spot.table), None)
    if table is None or not table.line_header or _is_fixed(table, str(header)):
        return (str(header),)
    at = next((column for column, cell in grid.rows[HEADER].items() if cell.value == table.line_header), 0)
    line = grid.cell(spot.row, at).value if at else None
    if line is None:
        return (str(header),)
    return (str(line),) if header == table.sheet.value else (f"{line}, {header}",)


def _is_fixed(table: Table, header: str) -> bool:
    """Whether a column holds the same quantity in every row."""
    return header in (*table.sheet.keys, *(part.name for part in table.columns), table.line_header, table.label_header)
