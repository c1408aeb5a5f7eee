"""A workbook that a planner has edited, as an instance; or all that is wrong with it, by sheet and cell."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portfolioopt.errors import Fault, InvalidInput, InvalidInstance
from portfolioopt.exchange.gathering.grids import Grid, Location, Spot
from portfolioopt.exchange.gathering.headers import HEADER
from portfolioopt.exchange.gathering.placing import Imported, Told, imported
from portfolioopt.exchange.sheets.tables import SHEETS, tables
from portfolioopt.exchange.workbook import contents, lists
from portfolioopt.language.checking import did_you_mean

NAMES = {sheet.name.lower(): sheet.name for sheet in SHEETS}
OURS = {contents.SHEET.lower(), lists.SHEET.lower()}


def read_workbook(path: Path) -> Imported:
    """The instance in a workbook. Raises `InvalidInstance` with every fault, each at its sheet and cell."""
    from portfolioopt.exchange.workbook.cells import Page, pages_of

    try:
        pages: dict[str, Page] = pages_of(path, frozenset({*NAMES, contents.SHEET.lower()}))
    except InvalidInput as invalid:
        raise InvalidInstance(invalid.faults) from None
    grids: dict[str, Grid] = {}
    told: list[Told] = []
    for title, page in pages.items():
        name = NAMES.get(title.lower())
        if name is None:
            told += _not_ours(title)
            continue
        grids[name] = _renamed(page.grid, name)
        if page.hidden and grids[name].rows:
            told.append(
                (Spot(name, HEADER, 1), Fault((), "the sheet is hidden", "unhide it, so that all that counts is seen"))
            )
        for merged in page.merged:
            told.append((_corner(name, merged), _merged(merged)))
    told += _missing(pages, grids)

    def locate(spot: Spot) -> Location:
        return Location(str(path), f"{spot.table}!{letters(spot.column)}{spot.row}")

    return imported(grids, locate, told)


def letters(column: int) -> str:
    """The letters of a column counted from 1."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _not_ours(title: str) -> Iterator[Told]:
    """A sheet that is not of the language, and does not say that it is the reader's own."""
    if title.lower() in OURS or title.startswith("#"):
        return
    hint = did_you_mean(title, NAMES.values())
    hint = f"{hint}; " if hint.startswith("did") else ""
    yield Spot(title, HEADER, 1), Fault((), "there is no such sheet", f"{hint}sheets of your own begin with #")


def _renamed(grid: Grid, name: str) -> Grid:
    """The same cells under the name that the language has for them, whatever its capitals."""
    if grid.name == name:
        return grid
    renamed = Grid(name)
    for row in grid.rows.values():
        for cell in row.values():
            renamed.add(type(cell)(cell.value, cell.spot._replace(table=name), cell.trouble))
    return renamed


def _merged(cells: str) -> Fault:
    return Fault((), f"the cells {cells} are merged", "unmerge them and write the value in each")


def _corner(name: str, cells: str) -> Spot:
    found = re.match(r"\$?([A-Z]{1,3})\$?(\d{1,7})", cells)
    if found is None:
        return Spot(name, HEADER, 1)
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return Spot(name, int(found[2]), column)


def _missing(pages: Mapping[str, Any], grids: Mapping[str, Grid]) -> Iterator[Told]:
    """Sheets that the contents list, or that no instance can do without; one made before there was a sheet lacks it."""
    listed = {"Instance", "Partnerships"}
    for title, page in pages.items():
        if title.lower() == contents.SHEET.lower():
            listed |= {str(row[1].value) for row in page.grid.rows.values() if 1 in row}
    for table in tables():
        if table.name not in grids and table.name in listed:
            hint = "put it back; it may hold no more than its header"
            yield Spot(table.name, HEADER, 1), Fault((), "the sheet is missing", hint)
