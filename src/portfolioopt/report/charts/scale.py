"""A number axis: where an amount stands in pixels, and at which round amounts the axis is marked."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from portfolioopt.report.charts.colours import FAINT, GRID, QUIET
from portfolioopt.report.charts.lettering import SMALL, width_of
from portfolioopt.report.charts.sheet import Sheet

ROUND = (1, 2, 2.5, 5, 10)
UNITS = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"))
"""Shorthand of amounts from ten of a unit on."""
MOST_DECIMALS = 6
"""Of amounts too small for them the power of ten is told."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts from `low` to `high` between two pixels."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, amount: float) -> float:
        """The pixel of an amount."""
        return self.start + (amount - self.low) / (self.high - self.low) * (self.end - self.start)

    def texts(self) -> list[str]:
        """What is written at the ticks."""
        return [tick_text(tick, self.ticks) for tick in self.ticks]


def scale_for(
    amounts: Iterable[float], start: float, end: float, *, marks: int = 5, zero: bool = True, room: float = 0.0
) -> Scale:
    """A scale that holds the amounts (and 0), with round ends; `room` is kept free at both ends, as a share."""
    every = [*amounts, *([0.0] if zero else [])] or [0.0]
    low, high = min(every), max(every)
    spread = (high - low) or max(abs(high), 1.0)
    low, high = (bound - side * room * spread for bound, side in ((low, 1), (high, -1)))
    rough = ((high - low) or max(abs(high), 1.0)) / max(marks, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in ROUND if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple(number * step for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def tick_text(tick: float, ticks: Iterable[float]) -> str:
    """A round amount, with as many decimals as tell it from the next."""
    every = sorted(ticks)
    largest = max(map(abs, every))
    unit, name = next(((unit, name) for unit, name in UNITS if largest >= 10 * unit), (1.0, ""))
    step = (every[1] - every[0]) / unit if len(every) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    if round(step, decimals) != round(step, decimals + 1):
        decimals += 1
    if abs(tick) < step * unit / 2:
        return "0"
    if decimals > MOST_DECIMALS:
        return f"{tick:.3g}"
    return f"{tick / unit:,.{decimals}f}{name}"


def upright_axis(sheet: Sheet, scale: Scale, left: float, right: float) -> None:
    """Numbers to the left of `left`, grid lines from there to `right`."""
    for tick, text in zip(scale.ticks, scale.texts(), strict=True):
        y = scale.at(tick)
        sheet.grid_line(left, y, right, y, FAINT if tick == 0 else GRID)
        sheet.text(left - 6, y, text, size=SMALL, colour=QUIET, anchor="end")


def lying_axis(sheet: Sheet, scale: Scale, top: float, bottom: float) -> None:
    """Grid lines from `top` to `bottom`, numbers below, those left out that would run into the one before."""
    reached = -math.inf
    for tick, text in zip(scale.ticks, scale.texts(), strict=True):
        x = scale.at(tick)
        sheet.grid_line(x, top, x, bottom, FAINT if tick == 0 else GRID)
        half = width_of(text, SMALL) / 2
        middle = min(max(x, half), sheet.width - half)
        if middle - half > reached:
            sheet.text(middle, bottom + 10, text, size=SMALL, colour=QUIET, anchor="middle")
            reached = middle + half + 8


def label_room(scale: Scale) -> float:
    """Pixels that the numbers of an upright axis need to its left."""
    return max(width_of(text, SMALL) for text in scale.texts()) + 10
