"""Lines with points: one amount against another or over the years, for a few things side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import INK, QUIET, SERIES
from portfolioopt.report.charts.lettering import SMALL, fitted, width_of
from portfolioopt.report.charts.scale import label_room, lying_axis, scale_for, upright_axis
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.content import Form

TALL = 300
DASHES = ("solid", "dashed", "dotted")
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a line."""

    x: float
    y: float
    said: str
    name: str = ""
    """Written beside it."""
    alone: bool = False
    """Not joined to the others."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line."""

    name: str
    spots: Sequence[Spot]


def lines(series: Sequence[Series], x_title: str, y_title: str, form: Form, *, years: bool = False) -> dict[str, Any]:
    """The lines, told apart by colour, dashes and symbols; `years`: x is a calendar year."""
    sheet = Sheet(form.width)
    looks = [
        (SHAPES[number % len(SHAPES)], SERIES[number % len(SERIES)], DASHES[number % len(DASHES)])
        for number in range(len(series))
    ]
    named = [(shape, colour, each.name) for (shape, colour, _), each in zip(looks, series, strict=True) if each.name]
    top = sheet.legend(named) + 2
    sheet.text(0, top + 6, f"↑ {y_title}", size=SMALL, colour=QUIET, room=form.width)
    top += 20
    bottom = top + TALL
    every = [spot for each in series for spot in each.spots]
    upright = scale_for((spot.y for spot in every), bottom, top, marks=6, zero=years, room=0 if years else 0.05)
    left = label_room(upright)
    marks = min(4 if form.narrow else 8, len({spot.x for spot in every}))
    lying = scale_for(
        (spot.x for spot in every), left + 8, form.width - 14, marks=marks, zero=False, room=0 if years else 0.05
    )
    upright_axis(sheet, upright, left, form.width)
    if years:
        _years(sheet, sorted({int(spot.x) for spot in every}), lying.at, bottom)
    else:
        lying_axis(sheet, lying, top, bottom)
        sheet.text(form.width, bottom + 28, f"{x_title} →", size=SMALL, colour=QUIET, anchor="end", room=form.width)
    for (shape, colour, dash), each in zip(looks, series, strict=True):
        joined = [(lying.at(spot.x), upright.at(spot.y)) for spot in each.spots if not spot.alone]
        if len(joined) > 1:
            sheet.path(joined, colour, dash=dash, said=each.name)
        for spot in each.spots:
            x, y = lying.at(spot.x), upright.at(spot.y)
            look = ("diamond", INK, 130) if spot.alone else (shape, colour, 60)
            sheet.symbol(x, y, look[0], look[1], size=look[2], said=spot.said)
            if spot.name:
                name = fitted(spot.name, form.width / 3, SMALL)
                inside = x + 10 + width_of(name, SMALL) <= form.width
                at, anchor = (x + 10, "start") if inside else (x - 10, "end")
                sheet.text(at, y - 10, name, size=SMALL, anchor=anchor)
    return sheet.document()


def _years(sheet: Sheet, years: list[int], at: Any, bottom: float) -> None:
    reached = -100.0
    for year in years:
        if at(year) - reached >= 36:
            middle = min(at(year), sheet.width - 14)
            sheet.text(middle, bottom + 12, str(year), size=SMALL, colour=QUIET, anchor="middle")
            reached = at(year)
