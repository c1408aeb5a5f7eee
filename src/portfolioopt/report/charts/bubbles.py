"""Bubbles: two properties of each thing as its place, a third as its area; names where there is room for them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import QUIET, SERIES
from portfolioopt.report.charts.lettering import SMALL, fitted, width_of
from portfolioopt.report.charts.scale import label_room, lying_axis, scale_for, upright_axis
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.content import Form

TALL = 400
LARGEST, SMALLEST = 26.0, 4.0
"""Radius in pixels of the largest amount, and of nothing."""
LONGEST = 190
"""Pixels of a name."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing."""

    name: str
    x: float
    y: float
    amount: float
    group: str
    said: str
    key: str


def bubbles(
    things: Sequence[Bubble], x_title: str, y_title: str, area_title: str, form: Form, *, x_share: bool = False
) -> dict[str, Any]:
    """The larger bubbles below; `x_share`: x is a share of 1, told as a percentage."""
    sheet = Sheet(form.width)
    groups = list(dict.fromkeys(thing.group for thing in things))
    colours = {group: SERIES[number % len(SERIES)] for number, group in enumerate(groups)}
    legend = [("circle", colours[group], group) for group in groups if group]
    top = sheet.legend([*legend, ("circle", QUIET, area_title)]) + 2
    sheet.text(0, top + 6, f"↑ {y_title}", size=SMALL, colour=QUIET, room=form.width)
    top += 20
    bottom = top + TALL
    upright = scale_for((thing.y for thing in things), bottom, top, marks=9, room=0.04)
    left = label_room(upright)
    factor = 100 if x_share else 1
    lying = scale_for(
        (factor * thing.x for thing in things), left, form.width - 4, marks=4 if form.narrow else 8, zero=False,
        room=0.08,
    )  # fmt: skip
    upright_axis(sheet, upright, left, form.width)
    lying_axis(sheet, lying, top, bottom)
    sheet.text(form.width, bottom + 28, f"{x_title} →", size=SMALL, colour=QUIET, anchor="end", room=form.width)
    largest = max((thing.amount for thing in things), default=0) or 1
    placed = []
    for thing in sorted(things, key=lambda each: -each.amount):
        radius = max(SMALLEST, LARGEST * math.sqrt(max(thing.amount, 0) / largest))
        x, y = lying.at(factor * thing.x), upright.at(thing.y)
        sheet.symbol(
            x, y, "circle", colours[thing.group], size=math.pi * radius**2, opacity=0.75, said=thing.said, key=thing.key
        )
        placed.append((x, y, radius, thing.name))
    _names(sheet, placed, left, top, bottom)
    return sheet.document()


def _names(
    sheet: Sheet, placed: Sequence[tuple[float, float, float, str]], left: float, top: float, bottom: float
) -> None:
    """Names beside their bubbles where they cover nothing; where there is no such place a name is left out."""
    taken = [(x - radius, y - radius, x + radius, y + radius) for x, y, radius, _ in placed]
    for x, y, radius, name in placed:
        text = fitted(name, LONGEST if sheet.width > 500 else 110, SMALL)
        width = width_of(text, SMALL)
        for at, middle in (
            (x + radius + 4, y), (x - radius - 4 - width, y), (x - width / 2, y - radius - 9),
            (x - width / 2, y + radius + 9), (x + radius, y - radius - 5), (x + radius, y + radius + 5),
            (x - radius - width, y - radius - 5), (x - radius - width, y + radius + 5),
        ):  # fmt: skip
            box = (at, middle - 7, at + width, middle + 7)
            inside = at >= left and at + width <= sheet.width and top <= middle - 7 and middle + 7 <= bottom
            if text and inside and not any(_overlap(box, other) for other in taken):
                sheet.text(at, middle, text, size=SMALL)
                taken.append(box)
                break


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
