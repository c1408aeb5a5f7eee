"""Waterfalls: money that comes and goes, each step beginning where the one before it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import INK, QUIET
from portfolioopt.report.charts.lettering import SMALL, width_of
from portfolioopt.report.charts.scale import label_room, lying_axis, scale_for, upright_axis
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import Form
from portfolioopt.result.figures import decimals_for, figure

TALL = 300
STEP, GROUP_GAP = 10, 10
"""Pixels of a lying bar, and between two years of them."""
LINE = 26


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, from one amount to another."""

    start: float
    end: float
    fill: str
    said: str
    tick: float | None = None
    """An amount to mark on the bar."""


def yearly_waterfall(
    groups: Mapping[int, Sequence[Step]], binding: set[int], legend: Sequence[tuple[str, str, str]], form: Form
) -> dict[str, Any]:
    """A waterfall for each year, those that bind marked: upright where there is room, lying where there is not."""
    sheet = Sheet(form.width)
    top = sheet.legend(legend) + 10
    amounts = [amount for steps in groups.values() for step in steps for amount in (step.start, step.end)]
    amounts += [step.tick for steps in groups.values() for step in steps if step.tick is not None]
    draw = _lying if form.narrow else _upright
    draw(sheet, groups, binding, amounts, top)
    return sheet.document()


def _upright(
    sheet: Sheet, groups: Mapping[int, Sequence[Step]], binding: set[int], amounts: list[float], top: float
) -> None:
    bottom = top + TALL
    scale = scale_for(amounts, bottom, top)
    left = label_room(scale)
    upright_axis(sheet, scale, left, sheet.width)
    room = (sheet.width - left) / len(groups)
    labels = year_labels(list(groups), room)
    for number, (year, steps) in enumerate(groups.items()):
        thick = room * 0.84 / max(map(len, groups.values()))
        for position, step in enumerate(steps):
            x = left + number * room + room * 0.08 + position * thick
            high, low = sorted((scale.at(step.start), scale.at(step.end)))
            inner = max(thick - (2 if thick > 6 else 0.5), 1)
            if step.start != step.end:
                sheet.area(x, high, inner, max(low - high, 0.75), step.fill, said=step.said)
            if step.tick is not None:
                sheet.line(x - 2, scale.at(step.tick), x + inner + 2, scale.at(step.tick), INK, thick=2)
        middle = left + (number + 0.5) * room
        if number in labels:
            sheet.text(middle, bottom + 12, labels[number], size=SMALL, colour=QUIET, anchor="middle")
        if year in binding:
            sheet.symbol(middle, bottom + 26, "triangle-up", INK, size=50)
    if binding:
        sheet.text(0, bottom + 26, "binds", size=SMALL, colour=QUIET)


def _lying(
    sheet: Sheet, groups: Mapping[int, Sequence[Step]], binding: set[int], amounts: list[float], top: float
) -> None:
    left = 46.0
    scale = scale_for(amounts, left, sheet.width - 4, marks=3)
    y = top
    for year, steps in groups.items():
        middle = y + len(steps) * STEP / 2
        sheet.text(0, middle - (7 if year in binding else 0), str(year), size=SMALL, colour=QUIET)
        if year in binding:
            sheet.text(0, middle + 7, "binds", size=SMALL, bold=True)
        for step in steps:
            first, last = sorted((scale.at(step.start), scale.at(step.end)))
            if step.start != step.end:
                sheet.area(first, y, max(last - first, 0.75), STEP - 1, step.fill, said=step.said)
            if step.tick is not None:
                sheet.line(scale.at(step.tick), y - 1, scale.at(step.tick), y + STEP, INK, thick=2)
            y += STEP
        y += GROUP_GAP
    lying_axis(sheet, scale, top, y)


def bridge(steps: Sequence[tuple[str, float, str, str]], form: Form) -> dict[str, Any]:
    """From nothing to a total, a bar under the other: name, amount, colour and words of each step, the total last."""
    sheet = Sheet(form.width)
    left = min(max(width_of(name) for name, *_ in steps) + 12, form.width * 0.45)
    ends, at = [], 0.0
    for number, (_, amount, _, _) in enumerate(steps):
        start = 0.0 if number == len(steps) - 1 else at
        at = start + amount
        ends.append((start, at))
    texts = [figure(amount, decimals_for(each[1] for each in steps)) for _, amount, _, _ in steps]
    right = form.width - max(width_of(text, SMALL) for text in texts) - 10
    scale = scale_for((amount for pair in ends for amount in pair), left, right, marks=3 if form.narrow else 6)
    for number, ((name, _, fill, said), (start, end)) in enumerate(zip(steps, ends, strict=True)):
        y = number * LINE
        first, last = sorted((scale.at(start), scale.at(end)))
        total = number == len(steps) - 1
        sheet.text(0, y + LINE / 2, name, bold=total, room=left - 10)
        sheet.area(first, y + 4, max(last - first, 0.75), LINE - 8, fill, said=said)
        sheet.text(form.width, y + LINE / 2, texts[number], size=SMALL, anchor="end", bold=total)
        if not total:
            sheet.line(scale.at(end), y + 4, scale.at(end), y + LINE + 4, QUIET)
    lying_axis(sheet, scale, 0, len(steps) * LINE + 2)
    return sheet.document()
