"""An instance as a workbook that a planner edits: a sheet for each kind of thing, years across, names in lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.exchange.saving import new_file
from portfolioopt.exchange.sheets.choices import Choice, choice_of
from portfolioopt.exchange.sheets.filling import Column, Filled, Value, filled
from portfolioopt.exchange.sheets.tables import Group
from portfolioopt.exchange.sheets.texts import written
from portfolioopt.exchange.workbook.contents import write_contents
from portfolioopt.exchange.workbook.digits import GENERAL, WHOLE, as_number
from portfolioopt.exchange.workbook.lists import Lists
from portfolioopt.language.instance import Instance

SPARE = 500
"""Rows below the last for which there are drop-downs and formats."""
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 1_048_576, 16_384, 32_767
"""Of a sheet and of a cell, by Excel's own limits."""
WIDEST = 44
FORMULA_STARTS = ("=", "+", "-", "@")
COLOURS: dict[Group, str] = {"frame": "#5B6770", "deals": "#1F5A8A", "limits": "#A65E00", "future": "#4B7B3F"}
"""Of headers and tabs, by group; dark enough for white letters."""
FRACTIONS = "#,##0.0#########"


def write_workbook(instance: Instance, path: Path) -> None:
    """Writes the workbook of an instance, whole or not at all; one that is there is replaced.

    Raises `InvalidInput` where it cannot be written, or is beyond what a workbook can hold.
    """
    import xlsxwriter

    sheets = filled(instance)
    _check_size(sheets, path)
    with new_file(path) as draft, xlsxwriter.Workbook(str(draft), {"in_memory": True}) as book:
        book.set_properties({"title": written(instance.name), "comments": "Instance of portfolioopt"})
        formats = Formats(book)
        lists = Lists(sheets)
        write_contents(book, formats, instance, sheets)
        for sheet in sheets:
            _Writing(book, formats, lists, sheet).write()
        lists.write(book)


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]

    def header(self, colour: str, *, required: bool = True, numbers: bool = False) -> Any:
        """White on a colour; bold where a column must be filled in, to the right above numbers."""
        return self.of(
            bold=required,
            font_color="#FFFFFF",
            bg_color=colour,
            text_wrap=True,
            border=1,
            border_color="#FFFFFF",
            num_format="0",
            align="right" if numbers else "left",
        )

    def text(self, text: str = "") -> Any:
        """Text that stays text when it is edited, whatever it begins with."""
        if text.startswith(FORMULA_STARTS):
            return self.of(num_format="@" if len(text) < 200 else GENERAL, quote_prefix=True)
        return self.of(num_format="@") if len(text) < 200 and "\n" not in text else self.of(text_wrap=True)


@dataclass
class _Writing:
    """One sheet of a workbook."""

    book: Any
    formats: Formats
    lists: Lists
    sheet: Filled
    widths: dict[int, int] = field(default_factory=dict)

    def write(self) -> None:
        table = self.sheet.table
        page = self.book.add_worksheet(table.name)
        colour = COLOURS[table.sheet.group]
        page.set_tab_color(colour)
        for place, column in enumerate(self.sheet.columns):
            self._header(page, place, column, colour)
        for row, cells in enumerate(self.sheet.rows, start=1):
            for place, (value, column) in enumerate(zip(cells, self.sheet.columns, strict=True)):
                self.cell(page, row, place, value, column)
        last = len(self.sheet.rows) + SPARE
        self._layout(page, last)
        for place, column in enumerate(self.sheet.columns):
            self._choice(page, place, column, last)
        self._settings(page)

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _header(self, page: Any, place: int, column: Column, colour: str) -> None:
        required = column.role in ("key", "line") or (column.part is not None and column.part.leaf.required)
        shown = self.formats.header(colour, required=required, numbers=column.role == "value")
        if isinstance(column.header, int):
            page.write_number(0, place, column.header, shown)
        else:
            page.write_string(0, place, column.header, shown)
        lines = sum(1 + len(line) // 48 for line in column.note.split("\n"))
        page.write_comment(0, place, column.note, {"x_scale": 2.4, "y_scale": max(0.6, 0.24 * lines), "font_size": 9})
        self._seen(place, str(column.header), wrapped=True)

    def cell(self, page: Any, row: int, place: int, value: Value, column: Column) -> None:
        """A value as its kind: a number as one wherever that keeps its digits."""
        if value is None:
            return
        if isinstance(value, bool):
            page.write_boolean(row, place, value)
        elif isinstance(value, int):
            page.write_number(row, place, value, self.formats.of(num_format="0"))
        elif isinstance(value, Decimal):
            exact = as_number(value)
            if exact is None:
                page.write_string(row, place, str(value), self.formats.of(num_format="@", align="right"))
            else:
                page.write_number(row, place, exact[0], self.formats.of(num_format=exact[1]))
        else:
            page.write_string(row, place, value, self._text_format(value, column))
        self._seen(place, str(value))

    def _text_format(self, value: str, column: Column) -> Any:
        if column.role == "meaning":
            return self.formats.of(font_color="#777777", italic=True)
        return self.formats.text(value)

    def _seen(self, place: int, text: str, *, wrapped: bool = False) -> None:
        words = text.split() if wrapped else text.split("\n")
        self.widths[place] = max(self.widths.get(place, 0), *(len(word) for word in words or [""]))

    # ---- the page ----------------------------------------------------------------------------------------------------

    def _layout(self, page: Any, last: int) -> None:
        columns = self.sheet.columns
        for place, column in enumerate(columns):
            width = min(WIDEST, max(self.widths.get(place, 0) + 2, 8 if column.role == "value" else 11))
            wide = 80 if column.role == "meaning" else width
            page.set_column(place, place, wide, self._default(column))
        page.set_row(0, 32)
        page.freeze_panes(1, self._frozen())
        page.autofilter(0, 0, max(1, len(self.sheet.rows)), len(columns) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_footer("&L&A&R&P / &N")
        self._number_formats(page, last)
        if self.sheet.table.sheet.keys and columns[0].role == "key" and len(columns) > 1:
            border = self.book.add_format({"top": 1, "top_color": "#B0B0B0"})
            rule = {"type": "formula", "criteria": '=AND($A2<>"",$A2<>$A1)', "format": border}
            page.conditional_format(1, 0, last, len(columns) - 1, rule)

    def _default(self, column: Column) -> Any:
        """What is typed into a blank cell is shown so."""
        if column.role == "value" and not self._is_settings():
            return self.formats.of(num_format=WHOLE)
        leaf = None if column.part is None else column.part.leaf
        if column.role in ("key", "line", "label"):
            return self.formats.of(num_format="@")
        if leaf is not None and leaf.element in ("label", "choice", "text"):
            return self.formats.of(num_format="@")
        return None

    def _is_settings(self) -> bool:
        return self.sheet.columns[-1].role == "meaning" and self.sheet.table.spread == "value"

    def _number_formats(self, page: Any, last: int) -> None:
        """Whole numbers stand with thousands apart; others show as many decimals as they have, whoever wrote them."""
        rule = self.book.add_format({"num_format": FRACTIONS})
        for place, column in enumerate(self.sheet.columns):
            numbers = column.role == "value" or (column.part is not None and column.part.leaf.element == "number")
            if numbers and column.role != "meaning":
                cell = f"{_letters(place)}2"
                criteria = f"=AND(ISNUMBER({cell}),{cell}<>INT({cell}))"
                page.conditional_format(
                    1, place, last, place, {"type": "formula", "criteria": criteria, "format": rule}
                )

    def _frozen(self) -> int:
        """Columns that stay in sight: the names, and what the numbers are."""
        columns = self.sheet.columns
        roles = [column.role for column in columns]
        if "value" in roles and roles.index("value") <= 5 and len(columns) > 4:
            return roles.index("value")
        return max(1, roles.count("key")) if roles[0] == "key" or self.sheet.table.key else 1

    # ---- what may be written -----------------------------------------------------------------------------------------

    def _choice(self, page: Any, place: int, column: Column, last: int) -> None:
        choice = choice_of(self.sheet.table, column)
        if choice is not None:
            page.data_validation(1, place, last, place, self._validation(choice, column))
            return
        leaf = None if column.part is None else column.part.leaf
        if column.role == "value" and not self._is_settings():
            page.data_validation(1, place, last, place, _number(None, None))
        elif column.role == "once" and leaf is not None and leaf.shape != "list":
            if leaf.element == "number":
                page.data_validation(1, place, last, place, _number(*leaf.bounds))
            elif leaf.element == "whole":
                page.data_validation(1, place, last, place, _whole())

    def _validation(self, choice: Choice, column: Column) -> dict[str, Any]:
        names = [str(other.header) for other in self.sheet.columns]
        beside = f"${_letters(names.index(choice.beside))}2" if choice.beside else ""
        of = f"${_letters(names.index('flow'))}2" if choice.kind == "anything" and "flow" in names else ""
        rule: dict[str, Any] = {"validate": "list", "source": self.lists.source(choice, beside, of)}
        if choice.strict:
            rule["error_title"] = f"{column.header}"[:32]
            rule["error_message"] = "Choose one of the list. Names are declared in their own sheet."
        else:
            rule["show_error"] = False
        return rule

    def _settings(self, page: Any) -> None:
        """The drop-downs of a sheet whose rows are keys."""
        if not self._is_settings():
            return
        for row, part in enumerate(self.sheet.table.lines, start=1):
            if part.leaf.choices:
                page.data_validation(row, 1, row, 1, {"validate": "list", "source": list(part.leaf.choices)})
            elif part.leaf.element == "number":
                page.data_validation(row, 1, row, 1, _number(*part.leaf.bounds))


def _number(low: float | None, high: float | None) -> dict[str, Any]:
    """A warning, not a ban: a number of many digits stands as text."""
    least, most = (-1e15 if low is None else low), (1e15 if high is None else high)
    said = (
        "a number" if low is None else f"a number of {low:g} or more" if high is None else f"from {low:g} to {high:g}"
    )
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_type": "warning",
        "error_title": "Not a number",
        "error_message": f"This should be {said}, with the decimal sign of your Excel.",
    }


def _whole() -> dict[str, Any]:
    return {
        "validate": "integer",
        "criteria": "between",
        "minimum": 0,
        "maximum": 10_000,
        "error_title": "Not a whole number",
        "error_message": "This should be a whole number, such as 2028.",
    }


def _letters(column: int) -> str:
    """The letters of a column counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _check_size(sheets: Sequence[Filled], path: Path) -> None:
    """Raises `InvalidInput` where a workbook cannot hold the instance."""
    faults = [Fault((), message, "a folder of CSV can: --to csv", file=str(path)) for message in _too_large(sheets)]
    if faults:
        raise InvalidInput(faults)


def _too_large(sheets: Sequence[Filled]) -> Iterable[str]:
    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS:
            yield f"{sheet.table.name} would need {len(sheet.rows):,} rows, more than a workbook holds"
        if len(sheet.columns) > MOST_COLUMNS:
            yield f"{sheet.table.name} would need {len(sheet.columns):,} columns, more than a workbook holds"
        long = [value for row in sheet.rows for value in row if isinstance(value, str) and len(value) > MOST_LETTERS]
        if long:
            yield f"a cell of {sheet.table.name} would need {len(long[0]):,} letters, more than a workbook holds"
