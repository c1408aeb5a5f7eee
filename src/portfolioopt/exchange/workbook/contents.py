"""The first sheet of a workbook: what it is, how it goes back, and what stands where."""

from collections.abc import Sequence
from typing import Any

from portfolioopt.exchange.sheets.filling import Filled
from portfolioopt.exchange.sheets.texts import written
from portfolioopt.language.instance import Instance

SHEET = "Contents"
HOW = (
    "Edit, save, then: portfolioopt import FILE.xlsx -o instance.yaml   (what is wrong is named by sheet and cell)",
    "Point at a header for what its column holds. Bold headers must be filled in; blank cells mean the default.",
    "Names are declared in their own sheet (Partnerships, States, Skills, Drivers) and chosen from lists elsewhere.",
    "Keep the rows of one partnership together in States and Actions, so that the lists to choose from are complete.",
    "Do not rename sheets or headers. Sheets and columns of your own begin with # and are not read.",
)


def write_contents(book: Any, formats: Any, instance: Instance, sheets: Sequence[Filled]) -> None:
    """The sheet of contents, with a link to each sheet and how many rows it has."""
    page = book.add_worksheet(SHEET)
    page.hide_gridlines(2)
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 8)
    page.set_column(2, 2, 100)
    horizon = instance.horizon
    page.write_string(0, 0, written(instance.name), formats.of(bold=True, font_size=16))
    subtitle = f"{horizon.first_year} to {horizon.last_year}, {instance.currency}"
    page.write_string(1, 0, written(subtitle), formats.of(font_color="#555555"))
    row = 3
    for line in HOW:
        page.write_string(row, 0, line)
        row += 1
    row += 1
    for place, header in enumerate(("sheet", "rows", "what it holds")):
        page.write_string(row, place, header, formats.of(bold=True, bottom=1))
    link = formats.of(font_color="#1F5A8A", underline=1)
    for sheet in sheets:
        row += 1
        name = sheet.table.name
        page.write_url(row, 0, f"internal:{name}!A1", link, name)
        page.write_formula(row, 1, f"=COUNTA({name}!$A:$A)-1", None, len(sheet.rows))
        page.write_string(row, 2, sheet.table.sheet.about)
    page.set_landscape()
    page.fit_to_pages(1, 0)
