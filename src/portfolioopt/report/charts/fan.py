"""A fan: what may happen over the years, as bands around what is expected, with the best and the worst named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import BLUE, FAINT, GREEN, INK, QUIET, VERMILLION
from portfolioopt.report.charts.lettering import SMALL
from portfolioopt.report.charts.scale import Scale, label_room, scale_for, upright_axis
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import Form

TALL = 320
LABELS = 170
"""Pixels for names at the ends of lines."""
APART = 15
"""Pixels between two names, at least."""
BANDS = ("#cfe0ee", "#9fc3e0")
STYLES = {"expected": (BLUE, 3.0, "solid"), "best": (GREEN, 2.0, "solid"), "worst": (VERMILLION, 2.0, "solid"),
          "today": (QUIET, 2.0, "dashed"), "one": (FAINT, 1.0, "solid")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An amount by year."""

    name: str
    amounts: Sequence[float]
    style: str
    """`expected`, `best`, `worst`, `today` (doing nothing), or `one` of many."""
    said: str


@dataclass(frozen=True, slots=True)
class Band:
    """Between a low and a high amount by year."""

    name: str
    low: Sequence[float]
    high: Sequence[float]
    said: str


def fan(years: Sequence[int], bands: Sequence[Band], lines: Sequence[Line], form: Form) -> dict[str, Any]:
    """Bands, the widest first, below lines; lines with a name carry it at their end, or in the legend where it is
    narrow."""
    sheet = Sheet(form.width)
    legend = [("area", colour, band.name) for band, colour in zip(bands, BANDS, strict=False)]
    if any(line.style == "one" for line in lines):
        legend.append(("solid", FAINT, "each scenario"))
    if form.narrow:
        legend += [(STYLES[line.style][2], STYLES[line.style][0], line.name) for line in lines if line.style != "one"]
    top = sheet.legend(legend) + 10
    bottom = top + TALL
    amounts = [amount for line in lines for amount in line.amounts]
    amounts += [amount for band in bands for amount in (*band.low, *band.high)]
    scale = scale_for(amounts, bottom, top, marks=6)
    left = label_room(scale)
    right = form.width - (6 if form.narrow else LABELS)
    upright_axis(sheet, scale, left, right)
    step = (right - left) / max(len(years), 1)
    middles = [left + (position + 0.5) * step for position in range(len(years))]
    for position, text in year_labels(years, step).items():
        sheet.text(middles[position], bottom + 12, text, size=SMALL, colour=QUIET, anchor="middle")
    for band, colour in zip(bands, BANDS, strict=False):
        ends = [(x, scale.at(high), scale.at(low)) for x, low, high in zip(middles, band.low, band.high, strict=True)]
        sheet.band(ends, colour, said=band.said)
    for line in lines:
        colour, thick, dash = STYLES[line.style]
        points = [(x, scale.at(amount)) for x, amount in zip(middles, line.amounts, strict=True)]
        sheet.path(points, colour, thick=thick, dash=dash, said=line.said)
        if len(points) == 1:
            sheet.symbol(*points[0], fill=colour, said=line.said)
    if not form.narrow:
        _names(sheet, lines, scale, middles[-1], right, (top, bottom))
    return sheet.document()


def _names(
    sheet: Sheet, lines: Sequence[Line], scale: Scale, last: float, right: float, ends: tuple[float, float]
) -> None:
    """Names at the ends of lines, moved apart where they would overlap."""
    named = sorted(
        ((scale.at(line.amounts[-1]), line) for line in lines if line.style != "one"), key=lambda each: each[0]
    )
    places = spread([at for at, _ in named], *ends)
    for place, (at, line) in zip(places, named, strict=True):
        colour = STYLES[line.style][0]
        sheet.line(last, at, right + 6, place, colour)
        sheet.symbol(right + 9, place, "circle", colour, size=40)
        sheet.text(right + 16, place, line.name, size=SMALL, colour=INK, room=LABELS - 18)


def spread(places: Sequence[float], low: float, high: float, apart: float = APART) -> list[float]:
    """Places in ascending order moved as little as needed to stand apart, within low and high where there is room."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + apart) if moved else max(place, low))
    if moved and moved[-1] > high:
        moved[-1] = high
        for number in range(len(moved) - 2, -1, -1):
            moved[number] = min(moved[number], moved[number + 1] - apart)
    return moved
