"""Workbooks as another program would make them: the same cells without colours, notes or lists; quick to make."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exchange.samples import ROOT
from portfolioopt.exchange.sheets.filling import Value, filled
from portfolioopt.language.instance import Instance
from portfolioopt.language.reading import read_instance

STARTER = ROOT / "src" / "portfolioopt" / "starter"
Edit = Callable[[Workbook], None]


@cache
def _cells() -> dict[str, list[list[Value]]]:
    return cells_of(read_instance(STARTER))


def cells_of(instance: Instance) -> dict[str, list[list[Value]]]:
    """The rows of every sheet, header first."""
    return {
        sheet.table.name: [[column.header for column in sheet.columns], *map(list, sheet.rows)]
        for sheet in filled(instance)
    }


def plain_workbook(edit: Edit | None = None, instance: Instance | None = None) -> Workbook:
    """The starter, or another instance, after an edit."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (cells_of(instance) if instance else _cells()).items():
        page = book.create_sheet(name)
        for row in rows:
            page.append([float(value) if isinstance(value, Decimal) else value for value in row])
    if edit is not None:
        edit(book)
    return book


def saved(folder: Path, edit: Edit | None = None) -> Path:
    """The edited starter as a file."""
    path = folder / "planner.xlsx"
    plain_workbook(edit).save(path)
    return path


def put(sheet: str, cell: str, value: object) -> Edit:
    """Writes one cell."""

    def edit(book: Workbook) -> None:
        book[sheet][cell] = value

    return edit


def at(sheet: str, header: str, row: int) -> str:
    """The cell of a row of the starter that stands under a header."""
    return f"{get_column_letter(_cells()[sheet][0].index(header) + 1)}{row}"
