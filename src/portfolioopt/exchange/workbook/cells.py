"""The cells of an .xlsx file, one by one, as far as they can be read: bounded, with what is wrong told cell by cell."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, MERGE_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.exchange.gathering.grids import Cell, Grid, Spot, Trouble
from portfolioopt.exchange.workbook.digits import GENERAL, number_of
from portfolioopt.language.files import read_bytes

MOST_UNPACKED = 150_000_000
"""Bytes of everything in the file; a workbook of two thousand partnerships has about twenty million."""
MOST_CELLS = 2_000_000
MOST_PARTS = 5_000
"""Files within the file."""
_OLD_WORKBOOK = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SAVE_AGAIN = "save it as an Excel workbook (.xlsx)"


@dataclass(slots=True)
class Page:
    """A sheet: its cells, whether it is hidden, and ranges of merged cells."""

    grid: Grid
    hidden: bool = False
    merged: list[str] = field(default_factory=list)


def pages_of(path: Path, wanted: frozenset[str]) -> dict[str, Page]:
    """The sheets of a workbook by name; cells of those that are wanted, in lower case. Raises `InvalidInput`."""
    with _opened(path) as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what else a workbook may hold: pictures, validations, extensions
                book = load_workbook(file, read_only=True, keep_links=False)
                return _pages(book, wanted, path)
        except InvalidInput:
            raise
        except Exception as error:  # whatever a broken file makes openpyxl stumble over
            said = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            message = f"is damaged, or not a workbook as Excel writes it ({said[:200]})"
            raise _refused(path, message, f"open it in Excel and {SAVE_AGAIN}") from None


def _pages(book: Any, wanted: frozenset[str], path: Path) -> dict[str, Page]:
    found = {}
    cells = 0
    for sheet in book.worksheets:
        page = Page(Grid(sheet.title), sheet.sheet_state != "visible")
        found[sheet.title] = page
        if sheet.title.lower() not in wanted or not isinstance(sheet, ReadOnlyWorksheet):
            continue
        for cell in _Parser(sheet, page).cells():
            cells += 1
            if cells > MOST_CELLS:
                where = f"{sheet.title}!{get_column_letter(cell.spot.column)}{cell.spot.row}"
                message = f"holds more than {MOST_CELLS:,} cells"
                raise InvalidInput([Fault((), message, "delete what does not belong to it", str(path), cell=where)])
            page.grid.add(cell)
    return found


class _Parser(WorkSheetParser):
    """openpyxl's parser of sheets, told apart: formulas beside their values, numbers that are none, merged cells."""

    def __init__(self, sheet: Any, page: Page) -> None:
        book = sheet.parent
        super().__init__(
            "",
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._sheet = sheet
        self._page = page

    def cells(self) -> Iterator[Cell]:
        """Every cell that is not blank, in the order of the file."""
        with self._sheet._get_source() as source:
            rows = None
            for event, element in iterparse(source, events=("start", "end")):
                if event == "start":
                    rows = element if element.tag == DATA_TAG else rows
                elif element.tag == ROW_TAG:
                    _, cells = self.parse_row(element)
                    yield from (cell["cell"] for cell in cells if not cell["cell"].blank)
                    if rows is not None:
                        rows.clear()  # a sheet of a million rows need not be kept
                elif element.tag == MERGE_TAG:
                    self._page.merged += [str(merged.get("ref")) for merged in element]

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """One cell; the row's own loop calls this."""
        try:
            found = super().parse_cell(element)
        except (ValueError, IndexError, OverflowError, ArithmeticError):
            shown = str(element.findtext(VALUE_TAG))[:40]
            trouble = Trouble(f"holds {shown!r}, which is not a value", "write the value again")
            return {"cell": Cell(None, self._spot_of(str(element.get("r") or "")), trouble)}
        return {"cell": self._cell(found, element.find(FORMULA_TAG))}

    def _cell(self, found: dict[str, Any], formula: Any) -> Cell:
        spot = Spot(self._page.grid.name, found["row"], found["column"])
        value, kind = found["value"], found["data_type"]
        if formula is not None and value is None and kind != "s":
            written = f"={formula.text or ''}"[:60]
            hint = "open the workbook in Excel and save it, or write the value itself"
            return Cell(None, spot, Trouble(f"holds the formula {written} without its value", hint))
        if kind == "e":
            return Cell(None, spot, Trouble(f"holds the error {value}", "mend the formula, or write the value itself"))
        if isinstance(value, date | datetime | time | timedelta):
            hint = "give the cell a number or text format and write it again"
            return Cell(None, spot, Trouble(f"holds a date or time ({_shown(value)})", hint))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(spot, value, found, computed=formula is not None)
        return Cell(value if isinstance(value, str | bool) and value != "" else None, spot)

    def _number(self, spot: Spot, value: float, found: dict[str, Any], *, computed: bool) -> Cell:
        if value in (float("inf"), float("-inf")) or value != value:
            return Cell(None, spot, Trouble(f"holds {value}, which is not a number", "write a number"))
        if computed:
            # the 15 digits that Excel shows: behind them stands what is left of adding binary fractions
            return Cell(_plain(Decimal(f"{value:.15g}")), spot)
        shown = GENERAL
        if found["style_id"]:
            shown = str(ReadOnlyCell(self._sheet, spot.row, spot.column, value, "n", found["style_id"]).number_format)
        return Cell(number_of(value, shown), spot)

    def _spot_of(self, coordinate: str) -> Spot:
        match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", coordinate)
        if match is None:
            return Spot(self._page.grid.name, max(1, self.row_counter), self.col_counter + 1)
        column, row, _, _ = range_boundaries(coordinate)
        self.col_counter = int(column or 1)
        return Spot(self._page.grid.name, int(row or 1), int(column or 1))


def _plain(exact: Decimal) -> int | Decimal:
    return int(exact) if exact == exact.to_integral_value() else exact


def _shown(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)


def _opened(path: Path) -> IO[bytes]:
    """The file, if it is a zip of bearable size with a workbook in it. Raises `InvalidInput`."""
    data = read_bytes(path)
    _refuse_other_kinds(path, data)
    file = io.BytesIO(data)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _refused(path, f"is damaged: {error}", f"open it in Excel and {SAVE_AGAIN}") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(path, "is protected by a password", "save it without one")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        size = sum(part.file_size for part in parts)
        message = f"unpacks to {size:,} bytes in {len(parts):,} parts; the most that is read is {MOST_UNPACKED:,}"
        raise _refused(path, message, "delete sheets, rows and pictures that do not belong to it")
    if "xl/workbook.bin" in names:
        raise _refused(path, "is a binary workbook (.xlsb)", SAVE_AGAIN)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        other = " but an OpenDocument file" if "mimetype" in names else ""
        raise _refused(path, f"is not an Excel workbook{other}", SAVE_AGAIN)
    file.seek(0)
    return file


def _refuse_other_kinds(path: Path, data: bytes) -> None:
    """Files that are called .xlsx and are not."""
    if data[:2] == b"PK":
        return
    if data[:8] == _OLD_WORKBOOK:
        if _ENCRYPTED in data:
            raise _refused(path, "is protected by a password", "save it without one")
        raise _refused(path, "is an old workbook (.xls)", SAVE_AGAIN)
    if not data:
        raise _refused(path, "is empty", SAVE_AGAIN)
    if b"\0" in data[:1000]:
        raise _refused(path, "is not an Excel workbook", SAVE_AGAIN)
    kind = "HTML" if data[:200].lstrip().lower().startswith((b"<html", b"<!doctype html", b"<table")) else "text"
    hint = f"{SAVE_AGAIN}; a folder of CSV files is read with --from csv"
    raise _refused(path, f"is not an Excel workbook but {kind}", hint)


def _refused(path: Path, message: str, hint: str = "") -> InvalidInput:
    return InvalidInput([Fault((), message, hint, file=str(path))])
