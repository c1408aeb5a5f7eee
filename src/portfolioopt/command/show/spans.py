"""Intervals in a report: one number where they are settled, two where they are not."""

import math
from typing import TYPE_CHECKING

from portfolioopt.command.show.figures import figure

if TYPE_CHECKING:
    from portfolioopt.studies.interval import Interval

NO_PLAN, UNBOUNDED, NOT_KNOWN = "no plan", "unlimited", "not known"


def span(value: "Interval", decimals: int, *, signed: bool = False, scale: float = 0.0) -> str:
    """12.3, or 12.3 to 12.9 where more is not proven; `scale` is the size of the numbers it is a difference of."""
    if value.low == value.high == -math.inf:
        return NO_PLAN
    if value.low == value.high == math.inf:
        return UNBOUNDED
    if not math.isfinite(value.low):
        return NOT_KNOWN if not math.isfinite(value.high) else f"at most {figure(value.high, decimals, signed=signed)}"
    low = figure(value.low, decimals, signed=signed)
    if not math.isfinite(value.high):
        return f"at least {low}"
    high = figure(value.high, decimals, signed=signed)
    return low if low == high or value.settled_beside(scale) else f"{low} to {high}"


def finite(*values: "Interval") -> list[float]:
    """The finite ends, to choose decimals by."""
    return [end for value in values for end in (value.low, value.high) if math.isfinite(end)]
