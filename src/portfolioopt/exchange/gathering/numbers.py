"""The numbers of a line, across its columns: by year in the state, or by calendar year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolioopt.exchange.gathering.grids import Cell, Spot, Trouble
from portfolioopt.exchange.gathering.values import UnfitError, value_of
from portfolioopt.exchange.sheets.filling import every_year
from portfolioopt.exchange.sheets.leaves import Leaf
from portfolioopt.exchange.sheets.tables import Part, Table

Cells = Mapping[str | int, Cell]


@dataclass(slots=True)
class Numbers:
    """A number or a list of them; None where nothing can be made of the cells, or all are blank."""

    value: Any = None
    cells: list[tuple[Spot, Any]] = field(default_factory=list)
    troubles: list[tuple[Spot, Trouble]] = field(default_factory=list)

    def trouble(self, spot: Spot, message: str, hint: str = "") -> None:
        self.troubles.append((spot, Trouble(message, hint)))


def numbers_of(table: Table, part: Part, cells: Cells, raw: Mapping[str, Any]) -> Numbers:
    """What the cells of a line say; `raw` is asked for the horizon."""
    if part.leaf.shape == "series":
        return _series(table, part, cells, raw.get("horizon", {}))
    if part.leaf.shape == "profile":
        return _profile(part, cells)
    return _one(table, part, cells)


def _one(table: Table, part: Part, cells: Cells) -> Numbers:
    """A number that is the same in every year, or paid once: in the first of the columns."""
    found = Numbers()
    first = {"years": every_year(table), "value": table.sheet.value}.get(table.spread, "year 1")
    for header, cell in cells.items():
        if header != first and not cell.blank:
            found.trouble(cell.spot, f"{part.name} is one number", f"write it under {first}, and clear this cell")
    if first in cells and not cells[first].blank:
        _take(found, cells[first], part.leaf)
    if not found.troubles and found.cells:
        found.value = found.cells[0][1]
    return found


def _profile(part: Part, cells: Cells) -> Numbers:
    """By year in the state, without gaps; its last number goes on."""
    found = Numbers()
    by_year = {int(str(header).split()[1]): cell for header, cell in cells.items()}
    last = max((year for year, cell in by_year.items() if not cell.blank), default=0)
    for year in range(1, last + 1):
        cell = by_year.get(year)
        if cell is None:
            following = next(by_year[later] for later in range(year, last + 1) if later in by_year)
            found.trouble(following.spot, f"there is no column year {year} before this number", "put it back")
            return found
        if cell.blank:
            message = f"{part.name} has no number in year {year}, but has one later"
            found.trouble(cell.spot, message, "write 0 if there is nothing in that year")
        else:
            _take(found, cell, part.leaf)
    if not found.troubles and found.cells:
        found.value = [value for _, value in found.cells]
    return found


def _series(table: Table, part: Part, cells: Cells, horizon: Any) -> Numbers:
    """One number for every year, or one in each year of the horizon."""
    found = Numbers()
    every = cells.get(every_year(table))
    by_year = {header: cell for header, cell in cells.items() if isinstance(header, int) and not cell.blank}
    if every is not None and not every.blank:
        for cell in by_year.values():
            found.trouble(cell.spot, f"{part.name} has a number for every year too", "clear one of the two")
        _take(found, every, part.leaf)
        if not found.troubles:
            found.value = found.cells[0][1]
        return found
    if not by_year:
        return found
    calendar = _calendar(horizon)
    if calendar is None:  # told of the horizon itself
        for _, cell in sorted(by_year.items()):
            _take(found, cell, part.leaf)
    else:
        _by_year(found, part, cells, by_year, calendar)
    if not found.troubles:
        found.value = [value for _, value in found.cells]
    return found


def _by_year(found: Numbers, part: Part, cells: Cells, by_year: dict[int, Cell], calendar: range) -> None:
    anywhere = next(iter(by_year.values())).spot
    for year in calendar:
        if year in by_year:
            _take(found, by_year[year], part.leaf)
            continue
        spot = cells[year].spot if year in cells else anywhere
        where = "" if year in cells else ", for which there is no column"
        hint = "give a number for each year of the horizon, or one for every year"
        found.trouble(spot, f"{part.name} has no number in {year}{where}", hint)
    for year, cell in by_year.items():
        if year not in calendar:
            message = f"{year} lies outside the horizon {calendar[0]} to {calendar[-1]}"
            found.trouble(cell.spot, message, "clear the cell, or change the horizon in Instance")


def _calendar(horizon: Any) -> range | None:
    first, years = horizon.get("first_year"), horizon.get("years")
    sound = type(first) is int and type(years) is int and 1 <= years <= 100
    return range(first, first + years) if sound else None


def _take(found: Numbers, cell: Cell, leaf: Leaf) -> None:
    try:
        found.cells.append((cell.spot, value_of(cell, leaf)))
    except UnfitError as unfit:
        found.troubles.append((cell.spot, unfit.trouble))
