"""Small multiples: for each limit its use by year against what is allowed, or what is met of what is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import BLUE, INK, QUIET, SKY, VERMILLION
from portfolioopt.report.charts.lettering import SMALL, lines_of
from portfolioopt.report.charts.scale import label_room, scale_for, upright_axis
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import Form

COLUMNS, GUTTER = 3, 26
TALL, HEAD, FOOT = 110, 54, 30
FILLS = {"within": SKY, "binds": BLUE, "beyond": VERMILLION}


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of a limit."""

    use: float
    limit: float
    state: str
    """`within`, `binds` or `beyond`."""
    said: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """One limit over the years; years in which it asks for nothing are left out."""

    title: str
    subtitle: str
    bars: dict[int, Bar]


def multiples(parts: Sequence[Multiple], years: Sequence[int], form: Form, words: dict[str, str]) -> dict[str, Any]:
    """The limits side by side; `words` say what the states and the `limit` line mean."""
    sheet = Sheet(form.width)
    used = {bar.state for part in parts for bar in part.bars.values()}
    legend = [("area", fill, words[state]) for state, fill in FILLS.items() if state in used]
    top = sheet.legend([*legend, ("solid", INK, words["limit"])]) + 4
    columns = 1 if form.narrow else COLUMNS
    width = (form.width - GUTTER * (columns - 1)) / columns
    for number, part in enumerate(parts):
        x = (number % columns) * (width + GUTTER)
        _one(sheet, part, years, x, top + (number // columns) * (HEAD + TALL + FOOT), width)
    return sheet.document()


def _one(sheet: Sheet, part: Multiple, years: Sequence[int], x: float, y: float, width: float) -> None:
    sheet.text(x, y + 9, part.title, bold=True, room=width)
    for number, line in enumerate(lines_of(part.subtitle, width, SMALL)):
        sheet.text(x, y + 25 + 13 * number, line, size=SMALL, colour=QUIET)
    top = y + HEAD
    bottom = top + TALL
    scale = scale_for((amount for bar in part.bars.values() for amount in (bar.use, bar.limit)), bottom, top, marks=3)
    left = x + label_room(scale)
    upright_axis(sheet, scale, left, x + width)
    step = (x + width - left) / len(years)
    for position, text in year_labels(years, step).items():
        sheet.text(left + (position + 0.5) * step, bottom + 11, text, size=SMALL, colour=QUIET, anchor="middle")
    for position, year in enumerate(years):
        bar = part.bars.get(year)
        if bar is None:
            continue
        at = left + position * step
        gap = min(2.0, step / 6)
        high, low = sorted((scale.at(bar.use), scale.at(0)))
        sheet.area(at + gap, high, step - 2 * gap, max(low - high, 0.75), FILLS[bar.state], said=bar.said)
        sheet.line(at, scale.at(bar.limit), at + step, scale.at(bar.limit), INK, thick=2)
