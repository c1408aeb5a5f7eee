"""A heat map: how much of each limit is used in each year, with the cells that bind framed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import INK, ORANGE, QUIET, between
from portfolioopt.report.charts.lettering import SIZE, SMALL, width_of
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import Form

LABELS = 200
TALL, GAP = 26, 2
NARROWEST = 26
"""Pixels of a cell that holds three digits."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One limit in one year."""

    share: float
    """Of the limit; 1 is all of it."""
    text: str
    framed: bool
    said: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One limit."""

    title: str
    cells: dict[int, HeatCell]
    """By year; those in which nothing is used are left out."""


def heat_map(rows: Sequence[HeatRow], years: Sequence[int], form: Form, *, framed: str, beyond: str) -> dict[str, Any]:
    """The map of some limits; a horizon too long for its room is cut into blocks of years."""
    sheet = Sheet(form.width)
    cells = [cell for row in rows for cell in row.cells.values()]
    legend = [("area", between(0.0), "little"), ("area", between(0.5), "half"), ("area", between(1.0), "all of it")]
    if any(cell.framed for cell in cells):
        legend.append(("frame", INK, framed))
    if any(cell.share > 1 for cell in cells):
        legend.append(("area", ORANGE, beyond))
    y = sheet.legend(legend) + 6
    left = 0 if form.narrow else LABELS
    most = max(1, int((form.width - left) / NARROWEST))
    blocks = -(-len(years) // most)
    length = -(-len(years) // blocks)
    for start in range(0, len(years), length):
        y = _block(sheet, rows, years[start : start + length], left, (form.width - left) / length, y, form) + 12
    return sheet.document()


def _block(
    sheet: Sheet, rows: Sequence[HeatRow], years: Sequence[int], left: float, step: float, y: float, form: Form
) -> float:
    for position, text in year_labels(years, step).items():
        sheet.text(left + (position + 0.5) * step, y + 6, text, size=SMALL, colour=QUIET, anchor="middle")
    y += 16
    for row in rows:
        if form.narrow:
            sheet.text(0, y + 9, row.title, room=form.width)
            y += 18
        else:
            sheet.text(0, y + TALL / 2, row.title, room=left - 10)
        for position, year in enumerate(years):
            x = left + position * step
            cell = row.cells.get(year)
            if cell is None:
                sheet.area(x + GAP / 2, y + GAP / 2, step - GAP, TALL - GAP, between(0.0))
                continue
            fill = ORANGE if cell.share > 1 else between(cell.share)
            sheet.area(x + GAP / 2, y + GAP / 2, step - GAP, TALL - GAP, fill, said=cell.said)
            if cell.framed:
                sheet.frame(x + GAP / 2, y + GAP / 2, step - GAP, TALL - GAP, INK)
            size = SIZE if width_of(cell.text, SIZE) + 8 <= step else SMALL
            sheet.text(x + step / 2, y + TALL / 2, cell.text, size=size, anchor="middle")
        y += TALL
    return y
