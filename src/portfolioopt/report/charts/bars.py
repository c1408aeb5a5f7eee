"""Lying bars with names: amounts side by side, ranges around a base, or pairs of dots joined by a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from portfolioopt.report.charts.colours import BLUE, FAINT, GRID, INK, ORANGE, QUIET, SERIES, SKY
from portfolioopt.report.charts.lettering import SMALL, width_of
from portfolioopt.report.charts.scale import lying_axis, scale_for
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.content import Form

ROW, NARROW_ROW = 26, 38
WIDEST = 290
"""Pixels of a name."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A named range of amounts, from 0 or from elsewhere."""

    name: str
    start: float
    end: float
    fill: str
    said: str
    key: str = ""
    text: str = ""
    """Written at its end."""
    extent: tuple[float, float] | None = None
    """How uncertain the end is."""
    side: Literal["", "left", "right"] = ""
    """Where the text stands; if not told, where the bar points."""

    @property
    def points_left(self) -> bool:
        return self.side == "left" or (not self.side and self.end < self.start)


@dataclass(frozen=True, slots=True)
class Dots:
    """Amounts of several things under one name, one for each of a legend; None: there is none."""

    name: str
    amounts: tuple[float | None, ...]
    said: str
    key: str = ""


def bars(
    rows: Sequence[Bar], form: Form, legend: Sequence[tuple[str, str, str]] = (), base: float | None = None
) -> dict[str, Any]:
    """A line for each name in turn; bars of one name in a row stand on one line. A line marks the base."""
    sheet = Sheet(form.width)
    top = sheet.legend(legend) + (6 if legend else 0)
    names = list(dict.fromkeys(row.name for row in rows))
    left, room = _name_room(names, form)
    amounts = [amount for row in rows for amount in (row.start, row.end, *(row.extent or ()))]
    ends = max((width_of(row.text, SMALL) for row in rows if row.text), default=0) + 8
    both = any(row.text and row.points_left for row in rows)
    scale = scale_for(
        amounts, left + (ends if both else 2), form.width - ends, marks=3 if form.narrow else 6, zero=base is None
    )
    height = NARROW_ROW if form.narrow else ROW
    for number, name in enumerate(names):
        y = top + number * height
        middle = _named(sheet, name, y, room, form)
        for row in rows:
            if row.name == name:
                first, last = sorted((scale.at(row.start), scale.at(row.end)))
                sheet.area(first, middle - 8, max(last - first, 1), 16, row.fill, said=row.said, key=row.key)
                if row.extent is not None:
                    sheet.line(scale.at(row.extent[0]), middle, scale.at(row.extent[1]), middle, INK, thick=1.5)
                beyond = [scale.at(end) for end in row.extent or ()]
                if row.points_left:
                    at = min(first, *beyond, first) - 4
                    sheet.text(at, middle, row.text, size=SMALL, colour=QUIET, anchor="end")
                else:
                    sheet.text(max(last, *beyond, last) + 4, middle, row.text, size=SMALL, colour=QUIET)
    bottom = top + len(names) * height + 4
    lying_axis(sheet, scale, top, bottom)
    at = scale.at(0 if base is None else base)
    sheet.line(at, top, at, bottom, FAINT if base is None else INK, thick=1 if base is None else 1.5)
    return sheet.document()


def dot_rows(rows: Sequence[Dots], series: Sequence[str], form: Form) -> dict[str, Any]:
    """A line for each name with a dot for each of the series, joined."""
    sheet = Sheet(form.width)
    colours = (BLUE, ORANGE, *SERIES[2:]) if len(series) == 2 else SERIES
    shapes = ("circle", "diamond", "square", "triangle-up", "cross")
    look = [(shapes[number % len(shapes)], colours[number % len(colours)]) for number in range(len(series))]
    top = sheet.legend([(*look[number], name) for number, name in enumerate(series)]) + 6
    left, room = _name_room([row.name for row in rows], form)
    amounts = [amount for row in rows for amount in row.amounts if amount is not None]
    scale = scale_for(amounts, left + 8, form.width - 12, marks=3 if form.narrow else 6, zero=False)
    height = NARROW_ROW if form.narrow else ROW
    for number, row in enumerate(rows):
        middle = _named(sheet, row.name, top + number * height, room, form)
        places = [scale.at(amount) for amount in row.amounts if amount is not None]
        sheet.grid_line(left, middle, form.width, middle, GRID)
        if len(places) > 1:
            sheet.area(min(places), middle - 2, max(max(places) - min(places), 1), 4, SKY, said=row.said, key=row.key)
        for (shape, colour), amount in zip(look, row.amounts, strict=True):
            if amount is not None:
                sheet.symbol(scale.at(amount), middle, shape, colour, size=90, said=row.said, key=row.key)
    lying_axis(sheet, scale, top, top + len(rows) * height + 2)
    return sheet.document()


def _name_room(names: Sequence[str], form: Form) -> tuple[float, float]:
    """Where bars begin, and the room for names: beside them, or above them where it is narrow."""
    if form.narrow:
        return 0.0, form.width
    widest = min(max((width_of(name) for name in names), default=0), WIDEST) + 12
    return widest, widest - 10


def _named(sheet: Sheet, name: str, y: float, room: float, form: Form) -> float:
    """Writes the name; returns the middle of its bar."""
    if form.narrow:
        sheet.text(0, y + 9, name, room=room)
        return y + 27
    sheet.text(0, y + ROW / 2, name, room=room)
    return y + ROW / 2
