"""A sheet of a workbook of results: values, and formulas beside the value that they had when it was written."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portfolioopt.exchange.sheets.texts import written

Number = Fraction | Decimal | float | int
HEADER_COLOUR = "#1F5A8A"
LIVE = "#EAF2E3"
"""Behind cells that are computed in the workbook."""


class ResultPage:
    """One sheet, filled from the top; cells are (row, column) from 0."""

    def __init__(self, book: Any, formats: Any, name: str, colour: str = HEADER_COLOUR) -> None:
        self._formats = formats
        self._colour = colour
        self.name = name
        self.page = book.add_worksheet(name)
        self.page.set_tab_color(colour)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&L&A&R&P / &N")

    def header(self, titles: Sequence[str | int], widths: Sequence[float], frozen: int, row: int = 0) -> None:
        """A header row; numbers are years. The columns to the left of `frozen` stay in sight."""
        for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
            shown = self._formats.header(self._colour, numbers=isinstance(title, int))
            if isinstance(title, int):
                self.page.write_number(row, place, title, shown)
            else:
                self.page.write_string(row, place, written(title), shown)
            self.page.set_column(place, place, width)
        self.page.freeze_panes(row + 1, frozen)
        self.page.repeat_rows(row)

    def text(self, row: int, column: int, text: str, **shown: Any) -> None:
        """Text that stays text."""
        self.page.write_string(row, column, written(text), self._formats.of(**shown) if shown else None)

    def number(self, row: int, column: int, value: Number, shape: str, **shown: Any) -> None:
        """A number as audited, to the digits that a workbook holds."""
        self.page.write_number(row, column, float(value), self._formats.of(num_format=shape, **shown))

    def formula(
        self, row: int, column: int, formula: str, value: Number | str, shape: str = "General", **shown: Any
    ) -> None:
        """A formula, with the value that it has now."""
        cached = value if isinstance(value, str) else float(value)
        live = self._formats.of(num_format=shape, bg_color=LIVE, **shown)
        self.page.write_formula(row, column, f"={formula}", live, cached)

    def filter(self, last_row: int, columns: int) -> None:
        """Arrows to filter by."""
        self.page.autofilter(0, 0, max(1, last_row), columns - 1)


def at(row: int, column: int, *, sheet: str = "", fixed: bool = True) -> str:
    """A cell as formulas name it."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cell = xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed)
    return f"{sheet}!{cell}" if sheet else str(cell)


def down(column: int, first: int, last: int, *, sheet: str = "") -> str:
    """A part of a column as formulas name it; rows from 0, both included."""
    cells = f"{at(first, column)}:{at(last, column)}"
    return f"{sheet}!{cells}" if sheet else cells


def across(row: int, first: int, last: int, *, sheet: str = "") -> str:
    """A part of a row as formulas name it."""
    cells = f"{at(row, first)}:{at(row, last)}"
    return f"{sheet}!{cells}" if sheet else cells


def shape_of(values: Iterable[Number]) -> str:
    """A number format with as many decimals as matter: none from ten thousand, one from ten, else two; 0 as a dash."""
    largest = max((abs(float(value)) for value in values), default=0.0)
    behind = "" if largest >= 10_000 else ".0" if largest >= 10 or not largest else ".00"
    return f'#,##0{behind};-#,##0{behind};"-"'
